# SPDX-License-Identifier: Apache-2.0
# If this fails, a name that no host can have gets past "unknown=reject" and is shown the first host.
use SC::Test;
use SC::Hello;
use SC::SClient;
use SC::Tcp;

for my $version (qw(tls1_2 tls1_3)) {
    my $got = s_client(port => port('reject'), name => 'bad!name', args => ["-$version"]);
    ok(!$got->{ok}, "$version: bad!name is refused");
    is($got->{alert}, 112, 'with the alert unrecognized_name') || diag($got->{err});
    ok($got->{out} !~ /BEGIN CERTIFICATE/, 'and no certificate is shown');
}
my %names = (
    'a space'          => 'rejecting example.test',
    'a format string'  => '%s%n.example.test',
    'an asterisk'      => '*.example.test',
    'high bytes'       => "\xff\xfe\x80",
    'only dots'        => '....',
    'a host and more'  => 'rejecting.example.test/x',
    'a host and a port' => 'rejecting.example.test:443',
    'an address'      => '127.0.0.1',
    '255 letters'      => 'a' x 255,
);
for my $what (sort keys %names) {
    my $client = SC::Tcp->connect(port('reject'));
    $client->send(client_hello($names{$what}));
    is(alert_of($client->read_all(10)), 112, "$what: unrecognized_name");
}
good_connection(port => 'reject', host => 'rejecting.example.test');

done_testing;
