# SPDX-License-Identifier: Apache-2.0
# If this fails, a graceful restart cuts off downloads that are on their way.
use SC::Test;
use SC::Big;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

big_file();
my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
my $client = SC::Tcp->tls($port, 'www.example.test', rcvbuf => 16_384);
$client->send("GET /big.bin HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
$client->read_until(qr/\r\n\r\n/, 10);
my $got = length($client->read_bytes(100_000, 10) || '');
ok($server->graceful, 'a graceful restart in the middle of a download');
good_connection(port => $port, name => 'new connections are served');
while ($got < BIG_SIZE) {
    my $size  = BIG_SIZE - $got < 200_000 ? BIG_SIZE - $got : 200_000;
    my $piece = $client->read_bytes($size, 10);
    last if !defined $piece;
    $got += $size;
}
is($got, BIG_SIZE, 'the download is finished');
good_connection(port => $port);

done_testing;
