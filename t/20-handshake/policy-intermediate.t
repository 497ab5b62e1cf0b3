# SPDX-License-Identifier: Apache-2.0
# If this fails, the default policy lets weak TLS 1.2 ciphers in.
use SC::Test;
use SC::SClient;

# no forward secrecy; CBC; no encryption
for my $cipher (qw(AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-NULL-SHA)) {
    my $got = s_client(port => port('tls'), name => 'www.example.test',
        args => [ '-tls1_2', '-cipher', "$cipher:\@SECLEVEL=0" ]);
    ok(!$got->{ok}, "$cipher is refused");
    is($got->{alert}, 40, 'with the alert handshake_failure') || diag($got->{err});
}
for my $cipher (qw(ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305)) {
    my $got = s_client(port => port('tls'), name => 'www.example.test',
        args => [ '-tls1_2', '-cipher', $cipher ]);
    is($got->{cipher}, $cipher, "$cipher is spoken");
}
good_connection();

done_testing;
