# SPDX-License-Identifier: Apache-2.0
# If this fails, a damaged ClientHello can crash a child: every byte of a good one is changed in turn.
use SC::Test;
use SC::Hello;
use SC::Tcp;

my $hello = client_hello('www.example.test');
my ($ended, $total) = (0, 0);
for my $at (0 .. length($hello) - 1) {
    for my $change (0x01, 0x80) {
        my $bytes = $hello;
        substr($bytes, $at, 1) ^= chr $change;
        my $client = SC::Tcp->connect(port('tls'));
        $client->send($bytes);
        $client->half_close;
        $total++;
        $ended++ if $client->eof_within(10);
    }
}
is($ended, $total, 'all those connections ended');
good_connection();

done_testing;
