# SPDX-License-Identifier: Apache-2.0
# If this fails, a client can still be talked down to a broken protocol version.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1 tls1_1)) {
    my $got = s_client(port => port('tls'), name => 'www.example.test',
        args => [ "-$version", '-cipher', 'ALL:@SECLEVEL=0' ]);
    ok(!$got->{ok}, "$version is refused");
    is($got->{alert}, 70, 'with the alert protocol_version') || diag($got->{err});
}
good_connection();

done_testing;
