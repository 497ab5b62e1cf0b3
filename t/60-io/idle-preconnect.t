# SPDX-License-Identifier: Apache-2.0
# If this fails, a connection opened ahead of time (browsers do that) is dead when it is needed.
use SC::Test;
use SC::Tcp;

my @clients = map { SC::Tcp->tls(port('tls'), 'www.example.test') } 1 .. 5;
good_connection(name => 'others are served meanwhile');
# The time the server may mistake for a hang; nothing to wait for but time itself.
select undef, undef, undef, 3;
for my $client (@clients) {
    $client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    is(($client->response(10))[2], "plain text\n", 'a late first request is answered');
}
good_connection();

done_testing;
