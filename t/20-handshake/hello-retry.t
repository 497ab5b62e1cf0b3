# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that guessed another group first (most, where a host wants P-384) cannot connect.
use SC::Test;
use SC::SClient;

my $got = s_client(port => port('tls'), name => 'groups.example.test',
    args => [ '-tls1_3', '-groups', 'X25519:P-256:P-384', '-msg' ]);
ok($got->{ok}, 'the handshake is completed') || diag($got->{err});
like($got->{group}, qr/(?:secp|P-)384/, 'with the group the host wants');
my $hellos = () = $got->{out} =~ /^>>> TLS 1\.\d, Handshake \[length \w+\], ClientHello/mg;
is($hellos, 2, 'after the client was asked again');
good_connection(host => 'groups.example.test');

done_testing;
