# SPDX-License-Identifier: Apache-2.0
# If this fails, requests with many cookies are refused, or heads without end fill the memory.
use SC::Test;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;

my $name = 'www.example.test';
my ($port, $wide) = map { SC::Port::free() } 1 .. 2;
my $server = SC::Httpd->start(config => <<"CONF");
Listen 127.0.0.1:$port https
Listen 127.0.0.1:$wide https
@{[ tls_host($port, $name), tls_host($wide, $name, extra => 'LimitRequestFieldSize 120000') ]}
CONF

# A head of about that many bytes, in fields of at most that many.
sub head {
    my ($size, $field) = @_;
    my $head = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\n";
    while (length($head) < $size) {
        my $left = $size - length $head;
        $head .= "X-$left: " . 'x' x ($left < $field ? $left : $field) . "\r\n";
    }
    return "$head\r\n";
}

sub status {
    my ($at, $head, $pieces) = @_;
    my $client = SC::Tcp->tls($at, $name);
    my $length = 1 + int length($head) / $pieces;
    for my $piece (unpack "(a$length)*", $head) {
        $client->send($piece) or last;
        last if !taken($client, 10);
    }
    return ($client->response(10))[0] || 0;
}
for my $pieces (1, 5) {
    is(status($port, head($_, 7000), $pieces), 200, "$_ bytes in $pieces pieces") for 9_000, 20_000, 60_000;
    is(status($port, head(12_000, 12_000), $pieces), 400, 'a longer field than httpd permits');
    is(status($wide, head(110_000, 110_000), $pieces), 200, 'where it is permitted');
}
if (mpm() eq 'event') {
    is(status($port, head(100_000, 7000), 5), 400, 'too long to wait for the end of it');
    expect_log('SC0353');
}
good_connection(port => $port);

done_testing;
