# SPDX-License-Identifier: Apache-2.0
# If this fails, SecureChanGroups of a host other than the first one has no effect.
use SC::Test;
use SC::SClient;

my $port = port('tls');
my $name = 'groups.example.test';
for my $version (qw(tls1_2 tls1_3)) {
    my $good = s_client(port => $port, name => $name, args => [ "-$version", '-groups', 'P-384:P-256' ]);
    ok($good->{ok}, "$version: P-384 is spoken") || diag($good->{err});
    like($good->{group}, qr/(?:secp|P-)384/, 'and it is the group used');
    my $bad = s_client(port => $port, name => $name, args => [ "-$version", '-groups', 'X25519:P-256' ]);
    ok(!$bad->{ok}, "$version: a client without it is refused");
    is($bad->{alert}, 40, 'with the alert handshake_failure') || diag($bad->{err});
    my $first = s_client(port => $port, name => 'www.example.test', args => [ "-$version", '-groups', 'P-256' ]);
    ok($first->{ok}, 'the first host is not affected');
}
good_connection(host => $name);

done_testing;
