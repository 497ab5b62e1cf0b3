# SPDX-License-Identifier: Apache-2.0
# If this fails, somebody who types http:// with the TLS port sees garbage instead of what is wrong.
use SC::Test;
use SC::Curl;
use SC::Tcp;

for my $method (qw(GET POST HEAD OPTIONS)) {
    my $client = SC::Tcp->connect(port('tls'));
    $client->send("$method /private?x=<b> HTTP/1.1\r\nHost: www.example.test:" . port('tls') . "\r\n\r\n");
    my $answer = $client->read_all(10) || '';
    like($answer, qr{^HTTP/1\.[01] 400 }, "$method: 400");
    unlike($answer, qr/^Strict-Transport-Security/mi, 'no HSTS over plain HTTP');
    unlike($answer, qr/<b>/, 'nothing of the request unescaped');
    next if $method eq 'HEAD';
    my $port = port('tls');
    like($answer, qr{https://www\.example\.test(?::$port)?/}, 'the page has the https address');
}
# What comes behind the request is not taken for another one.
my $client = SC::Tcp->connect(port('tls'));
$client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
unlike($client->read_all(10) || '', qr/plain text/, 'no document is served in clear');
good_connection();

done_testing;
