# SPDX-License-Identifier: Apache-2.0
# If this fails, a client cannot tell a complete answer from one that somebody cut off.
use SC::Test;
use SC::Tcp;

for my $version (qw(TLSv1_2 TLSv1_3)) {
    my $client = SC::Tcp->tls(port('tls'), 'www.example.test', SSL_version => $version);
    $client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
    is(($client->response(10))[0], 200, "$version: an answer");
    ok($client->eof_within(10), 'the server ends the connection');
    ok($client->got_close_notify, 'with a close_notify');
    is($client->{error}, '', 'and no error') if defined $client->{error};
}
# Old style: no length, the end of the connection ends the body.
my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
$client->send("GET /cgi-bin/env HTTP/1.0\r\nHost: www.example.test\r\n\r\n");
like($client->read_all(10), qr/^SERVER_NAME=/m, 'HTTP/1.0: an answer');
ok($client->got_close_notify, 'ended by a close_notify');
good_connection();

done_testing;
