# SPDX-License-Identifier: Apache-2.0
# If this fails, "SecureChanPlainHTTP redirect" does not bring people to the https address, or brings
# them where an attacker wants.
use SC::Test;
use SC::Tcp;

my $port = port('redirect');

sub ask {
    my ($request) = @_;
    my $client = SC::Tcp->connect($port);
    $client->send($request);
    my $answer = $client->read_all(10) || '';
    my ($status)   = $answer =~ m{^HTTP/1\.[01] (\d+)};
    my ($location) = $answer =~ /^Location: ([^\r\n]*)/mi;
    return ($status || 0, defined $location ? $location : '');
}

my $base = "https://www.example.test:$port";
for my $method (qw(GET HEAD)) {
    my ($status, $location) = ask("$method /a/b?c=d HTTP/1.1\r\nHost: www.example.test:$port\r\n\r\n");
    is($status, 308, "$method: 308");
    is($location, "$base/a/b?c=d", 'to the same address with https');
}
my ($status, $location) = ask("POST /a HTTP/1.1\r\nHost: www.example.test:$port\r\nContent-Length: 2\r\n\r\nhi");
isnt($status, 308, 'POST is not sent on: its body went in clear');
is($location, '', 'and has no Location');
($status, $location) = ask("GET /x HTTP/1.1\r\nHost: evil.test\r\n\r\n");
unlike($location, qr/evil/, 'the Host header of a stranger is not followed');
($status, $location) = ask("GET http://evil.test/x HTTP/1.1\r\nHost: evil.test\r\n\r\n");
unlike($location, qr/evil/, 'nor that of an absolute request line');
($status, $location) = ask("GET /x\r\nSet-Cookie: a HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
unlike($location, qr/Set-Cookie/, 'no header can be smuggled in');
good_connection(port => 'redirect');

done_testing;
