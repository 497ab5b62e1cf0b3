# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that do not know our intermediate CA cannot verify the site.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    for my $sigalgs ("ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256:ecdsa_secp256r1_sha256",
        "ed25519:ecdsa_secp256r1_sha256") {
        my $got = s_client(port => port('tls'), name => 'www.example.test',
            args => [ "-$version", '-sigalgs', $sigalgs, '-showcerts' ]);
        ok($got->{verified}, "$version $sigalgs: verified with the root alone");
        like($got->{out}, qr/^ 1 s:.*inter/m, 'the intermediate was sent');
        unlike($got->{out}, qr/^ 2 s:/m, 'and nothing else');
    }
}
good_connection();

done_testing;
