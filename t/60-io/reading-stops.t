# SPDX-License-Identifier: Apache-2.0
# If this fails, one client that stops reading a large answer slows down everybody.
use SC::Test;
use SC::Big;
use SC::Tcp;

big_file();
my @stuck;
for (1 .. 6) {
    my $client = SC::Tcp->tls(port('tls'), 'www.example.test', rcvbuf => 4096);
    $client->send("GET /big.bin HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    ok(defined $client->read_until(qr/\r\n\r\n/, 10), 'a large answer begins');
    push @stuck, $client;
}
for (1 .. 5) {
    good_connection(timeout => 2, name => 'others are served at once');
}
$_->reset for @stuck;
good_connection();

done_testing;
