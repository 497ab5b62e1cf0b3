# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that speak TLS 1.2 cannot connect.
use SC::Test;
use SC::SClient;

my $got = s_client(port => port('tls'), name => 'www.example.test', args => ['-tls1_2']);
ok($got->{ok}, 'the handshake is completed') || diag($got->{err});
is($got->{protocol}, 'TLSv1.2', 'with TLS 1.2');
ok($got->{verified}, 'and a chain that can be verified');
good_connection(args => [qw(--tlsv1.2 --tls-max 1.2)], name => 'a request over TLS 1.2');

done_testing;
