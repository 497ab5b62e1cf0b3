# SPDX-License-Identifier: Apache-2.0
# If this fails, every request needs a new handshake: pages load slowly.
use SC::Test;
use SC::Tcp;

for my $version (qw(TLSv1_2 TLSv1_3)) {
    my $client = SC::Tcp->tls(port('tls'), 'www.example.test', SSL_version => $version);
    for my $round (1 .. 20) {
        $client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
        my ($status, undef, $body) = $client->response(10);
        if (($status || 0) != 200 || $body ne "plain text\n") {
            fail("$version: request $round on one connection");
            last;
        }
    }
    pass("$version: 20 requests on one connection");
}
good_connection();

done_testing;
