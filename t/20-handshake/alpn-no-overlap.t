# SPDX-License-Identifier: Apache-2.0
# If this fails, a client for another protocol is answered in HTTP (cross-protocol attacks live on that).
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    for my $offer ("imap", "smtp,imap") {
        my $got = s_client(port => port('tls'), name => 'www.example.test',
            args => [ "-$version", '-alpn', $offer ]);
        ok(!$got->{ok}, "$version: $offer is refused");
        is($got->{alert}, 120, 'with the alert no_application_protocol') || diag($got->{err});
    }
}
my $h2 = s_client(port => port('tls'), name => 'h1.example.test', args => [qw(-alpn h2)]);
ok(!$h2->{ok}, 'h2 alone is refused by a host that does not speak it');
is($h2->{alert}, 120, 'with the same alert') || diag($h2->{err});
good_connection();

done_testing;
