# SPDX-License-Identifier: Apache-2.0
# If this fails, a session made with one virtual host is taken up by another: a client gets pages from a
# host whose certificate it has never seen, or with settings weaker than that host's own.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;

my $port = SC::Port::free();
my %host = (
    'www.example.test'   => [ 'www-ecdsa', '' ],
    'alt.example.test'   => [ 'alt',       '' ],
    'new.example.test'   => [ 'new',       'SecureChanPolicy modern' ],
    'old.example.test'   => [ 'old',       'SecureChanProtocol TLSv1.2-TLSv1.2' ],
    'h1.example.test'    => [ 'h1',        'SecureChanCiphers ECDHE-ECDSA-AES256-GCM-SHA384' ],
    'localhost'          => [ 'local',     'SecureChanTickets off' ],
);
my $config = join '',
  map { tls_host($port, $_, certificate => $host{$_}[0], extra => "ServerAlias alias-of-$_\n$host{$_}[1]") }
  sort { ($b eq 'www.example.test') <=> ($a eq 'www.example.test') || $a cmp $b } keys %host;
allow_log('SC0124');    # the aliases are in no certificate
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n$config");

for my $version (VERSIONS) {
    my %without = (new => 'TLSv1.2', old => 'TLSv1.3');
    my @names = grep { ($without{ (split /\./)[0] } || '') ne $version } sort keys %host;
    @names = grep { $_ ne 'localhost' } @names;
    for my $from (@names) {
        my $client = SC::Returning->new(port => $port, version => $version, name => $from);
        $client->is_served(0, "$from, first");
        for my $to (grep { $_ ne $from } @names) {
            $client->copy->is_served(0, "$to, with the session of $from", name => $to);
        }
        $client->copy->is_served(0, "its alias, with the session of $from", name => "alias-of-$from");
        $client->is_served(1, "$from, again");
    }
    # The host that has none makes none, and takes none.
    my $none = SC::Returning->new(port => $port, version => $version, name => 'www.example.test');
    $none->visit;
    $none->copy->is_served(0, 'a host with tickets off', name => 'localhost');
}
good_connection(port => $port);

done_testing;
