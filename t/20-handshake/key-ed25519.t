# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that can verify ed25519 signatures only are turned away.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    my $got = s_client(port => port('tls'), name => 'www.example.test',
        args => [ "-$version", '-sigalgs', 'ed25519' ]);
    ok($got->{ok}, "$version: the handshake is completed") || diag($got->{err});
    like($got->{sigtype}, qr/ed25519/i, 'with a signature of that type');
    like($got->{out}, qr/public key is 256 bit|Peer public key: \S+, 256 bits|256 bit/, 'by the certificate of that type');
    is($got->{cn}, 'www.example.test', 'of the right host');
}
good_connection();

done_testing;
