# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that reads slowly gets a damaged file.
use SC::Test;
use Digest::MD5 ();
use SC::Big;
use SC::Run qw(slurp);
use SC::Tcp;

my $expected = Digest::MD5::md5_hex(slurp(big_file()));
my $client   = SC::Tcp->tls(port('tls'), 'www.example.test', rcvbuf => 16_384);
$client->send("GET /big.bin HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
my $head = $client->read_until(qr/\r\n\r\n/, 10);
my $md5  = Digest::MD5->new;
my $left = BIG_SIZE;
while ($left > 0) {
    my $size  = $left < 9_999 ? $left : 9_999;
    my $piece = $client->read_bytes($size, 20);
    last if !defined $piece;
    $md5->add($piece);
    $left -= $size;
}
is($left, 0, 'all bytes came');
is($md5->hexdigest, $expected, 'and they are right');
good_connection();

done_testing;
