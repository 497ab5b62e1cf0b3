# SPDX-License-Identifier: Apache-2.0
# If this fails, the client's taste decides about the cipher, not the server's; or telephones without
# AES hardware are not given the ChaCha20 they ask for.
use SC::Test;
use SC::SClient;

my $port = port('tls');
my $aes = s_client(port => $port, name => 'www.example.test', args => [ '-tls1_3', '-ciphersuites',
    'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256' ]);
my $other = s_client(port => $port, name => 'www.example.test', args => [ '-tls1_3', '-ciphersuites',
    'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256' ]);
ok($aes->{ok}, 'a client that likes AES is served');
is($aes->{cipher}, $other->{cipher}, 'the order of its AES suites does not matter');
my $chacha = s_client(port => $port, name => 'www.example.test', args => [ '-tls1_3', '-ciphersuites',
    'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384' ]);
is($chacha->{cipher}, 'TLS_CHACHA20_POLY1305_SHA256', 'one that puts ChaCha20 first gets it');
good_connection();

done_testing;
