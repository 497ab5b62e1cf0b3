# SPDX-License-Identifier: Apache-2.0
# If this fails, ticket keys are kept for ever, so that whoever seizes one reads all traffic of the past;
# or clients that come back regularly are sent to full handshakes when keys change.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test'));
SecureChanTickets on rotate=4s
Listen 127.0.0.1:$port https
CONF
my @regular = map { SC::Returning->new(port => $port, version => $_) } VERSIONS;
my @late;
for my $client (@regular) {
    $client->is_served(0, 'first');
    push @late, $client->copy;
}
my %count = map { $_ => [ 0, 0 ] } VERSIONS;
my $over = wait_for(sub {
    for my $client (@regular) {
        my $got = $client->visit;
        $count{ $client->{version} }[0]++;
        $count{ $client->{version} }[1]++ if $client->is_page($got) && $got->{resumed};
    }
    # Each of the late ones tries its first ticket again and again.
    return !grep { $_->copy->visit->{resumed} } @late;
}, 30);
ok($over, 'the first tickets are of no use any more, in time');
is($count{$_}[1], $count{$_}[0], "$_: the $count{$_}[0] visits of a regular client were all resumed") for VERSIONS;
for my $client (@late) {
    $client->is_served(0, 'with an expired ticket');
    $client->is_served(1, 'with the new one');
}
good_connection(port => $port);

done_testing;
