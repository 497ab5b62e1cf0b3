# SPDX-License-Identifier: Apache-2.0
# If this fails, "unknown=reject" shows the first host's certificate to everybody who scans for names.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    my $got = s_client(port => port('reject'), name => 'nobody.example.test', args => ["-$version"]);
    ok(!$got->{ok}, "$version: an unknown name is refused");
    is($got->{alert}, 112, 'with the alert unrecognized_name') || diag($got->{err});
    ok($got->{out} !~ /BEGIN CERTIFICATE/, 'and no certificate is shown');
}
for my $host (qw(rejecting extra)) {
    good_connection(port => 'reject', host => "$host.example.test", name => "$host is served");
}

done_testing;
