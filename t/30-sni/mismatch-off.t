# SPDX-License-Identifier: Apache-2.0
# If this fails, an administrator cannot allow sharing connections between hosts of different policies.
use SC::Test;
use SC::Tcp;

my $client = SC::Tcp->tls(port('lax'), 'lax.example.test');
$client->send("GET /plain.txt HTTP/1.1\r\nHost: new.example.test\r\nConnection: close\r\n\r\n");
is(($client->response(10))[0], 200, 'a host with a stricter policy is served with mismatch=off');
good_connection(port => 'lax', host => 'lax.example.test');

done_testing;
