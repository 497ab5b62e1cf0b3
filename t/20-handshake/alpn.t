# SPDX-License-Identifier: Apache-2.0
# If this fails, browsers do not get HTTP/2, or old clients get a protocol they do not know.
use SC::Test;
use SC::SClient;

my $h2 = mpm() ne 'prefork';
my $port = port('tls');
for my $version (qw(tls1_2 tls1_3)) {
    my @how = (port => $port, name => 'www.example.test');
    my $both = s_client(@how, args => [ "-$version", '-alpn', 'http/1.1,h2' ]);
    is($both->{alpn}, $h2 ? 'h2' : 'http/1.1', "$version: the server's choice of two");
    my $old = s_client(@how, args => [ "-$version", '-alpn', 'http/1.1' ]);
    is($old->{alpn}, 'http/1.1', "$version: HTTP/1.1 where only that is offered");
    my $none = s_client(@how, args => ["-$version"]);
    ok($none->{ok}, "$version: a client without ALPN is served");
    is($none->{alpn}, '', 'and nothing is chosen');
}
my $h1 = s_client(port => $port, name => 'h1.example.test', args => [ '-alpn', 'h2,http/1.1' ]);
is($h1->{alpn}, 'http/1.1', "a host without h2 chooses by its own Protocols");
good_connection(http => '2', name => 'a request with what was agreed');

done_testing;
