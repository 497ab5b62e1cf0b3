# SPDX-License-Identifier: Apache-2.0
# If this fails, requests sent without waiting for the answers get lost or mixed up.
use SC::Test;
use SC::Tcp;

my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
my @paths  = map { ('/plain.txt', '/sub/index.html', '/none.txt', '/index.html') } 1 .. 10;
$client->send(join '', map { "GET $_ HTTP/1.1\r\nHost: www.example.test\r\n\r\n" } @paths);
my @expected = map { $_ eq '/none.txt' ? 404 : 200 } @paths;
my @got = map { my ($status) = $client->response(10); $status || 0 } @expected;
is("@got", "@expected", 'all answers, in order');

# Two and a half requests in one write
$client = SC::Tcp->tls(port('tls'), 'www.example.test');
my $request = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
$client->send($request x 2 . substr $request, 0, 20);
is(($client->response(10))[2], "plain text\n", "answer $_") for 1 .. 2;
$client->send(substr $request, 20);
is(($client->response(10))[2], "plain text\n", 'the answer to the one that was cut');
good_connection();

done_testing;
