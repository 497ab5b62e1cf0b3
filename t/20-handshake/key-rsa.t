# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that can verify rsa signatures only are turned away.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    my $got = s_client(port => port('tls'), name => 'www.example.test',
        args => [ "-$version", '-sigalgs', 'rsa_pss_rsae_sha256:rsa_pkcs1_sha256' ]);
    ok($got->{ok}, "$version: the handshake is completed") || diag($got->{err});
    like($got->{sigtype}, qr/RSA/i, 'with a signature of that type');
    like($got->{out}, qr/public key is 2048 bit|Peer public key: \S+, 2048 bits|2048 bit/, 'by the certificate of that type');
    is($got->{cn}, 'www.example.test', 'of the right host');
}
good_connection();

done_testing;
