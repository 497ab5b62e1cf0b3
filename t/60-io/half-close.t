# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that says "I have sent everything" gets no answer.
use SC::Test;
use SC::SClient;
use SC::Tcp;

# A request, then close_notify, then reading: s_client cannot, so do it by hand and read the socket
# through OpenSSL, which goes on reading after it sent close_notify.
for my $version (qw(TLSv1_2 TLSv1_3)) {
    my $client = SC::Tcp->tls(port('tls'), 'www.example.test', SSL_version => $version);
    $client->send("GET /big-enough?$version HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    $client->half_close;
    my $text = $client->read_all(10);
    like($text, qr{^HTTP/1\.1 404 }, "$version: the answer came after our close_notify");
    like($text, qr{</html>\s*\z}, 'all of it');
}
# Half a head, and no more to come; and nothing at all
for my $half ("GET /plain.txt HTTP/1.1\r\nHost: www.exam", 'GET /plain', '') {
    for my $end (qw(half_close truncate)) {
        my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
        $client->send($half) if length $half;
        $client->$end;
        ok($client->eof_within(5), "the connection ends after $end and \"" . substr($half, 0, 12) . '"');
    }
}
good_connection();

done_testing;
