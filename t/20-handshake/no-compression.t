# SPDX-License-Identifier: Apache-2.0
# If this fails, secrets leak through the length of compressed data.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    my $got = s_client(port => port('tls'), name => 'www.example.test', args => [ "-$version", '-comp' ]);
    ok($got->{ok}, "$version: a client that offers compression is served");
    like($got->{out}, qr/^Compression: NONE/m, 'without it');
}
good_connection();

done_testing;
