# SPDX-License-Identifier: Apache-2.0
# If this fails, large downloads over HTTP/1.1 arrive damaged or not at all.
use SC::Test;
use File::Temp ();
use SC::Big;
use SC::Curl;

my $big = big_file();
for my $version (qw(1.2 1.3)) {
    my $out = File::Temp->new;
    my $got = curl('https://www.example.test/big.bin', port => port('tls'), http => '1.1',
        out => "$out", timeout => 60, args => [ '--tls-max', $version ]);
    is($got->{code}, 200, "TLS $version: status") || diag($got->{err});
    is($got->{version}, '1.1', 'protocol version');
    is(-s "$out", BIG_SIZE, 'size');
    ok(same_file($big, "$out"), 'every byte');
}
good_connection();

done_testing;
