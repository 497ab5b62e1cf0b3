# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that sends its request in tiny records is not understood.
use SC::Test;
use SC::Tcp;

my $request = "POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n"
  . "Content-Length: 300\r\n\r\n" . join '', map { chr(32 + $_ % 90) } 1 .. 300;
for my $version (qw(TLSv1_2 TLSv1_3)) {
    my $client = SC::Tcp->tls(port('tls'), 'www.example.test', SSL_version => $version);
    $client->socket->autoflush(1);
    $client->send($_) for split //, $request;
    my $answer = $client->read_all(15) || '';
    like($answer, qr{^HTTP/1\.1 200 }, "$version: understood");
    like($answer, qr/\Q@{[substr $request, -300]}\E/, 'every byte of the body');
}
good_connection();

done_testing;
