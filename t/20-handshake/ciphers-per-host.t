# SPDX-License-Identifier: Apache-2.0
# If this fails, SecureChanCiphers of a host other than the first one has no effect.
use SC::Test;
use SC::SClient;

my $port = port('tls');
my $name = 'ciphers.example.test';
my $old = s_client(port => $port, name => $name, args => ['-tls1_2']);
is($old->{cipher}, 'ECDHE-ECDSA-AES256-GCM-SHA384', 'TLS 1.2: the cipher configured') || diag($old->{err});
my $new = s_client(port => $port, name => $name, args => ['-tls1_3']);
is($new->{cipher}, 'TLS_CHACHA20_POLY1305_SHA256', 'TLS 1.3: the suite configured') || diag($new->{err});

my $refused = s_client(port => $port, name => $name,
    args => [qw(-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256)]);
ok(!$refused->{ok}, 'TLS 1.2 with another cipher only: refused');
is($refused->{alert}, 40, 'with the alert handshake_failure');
$refused = s_client(port => $port, name => $name,
    args => [qw(-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256)]);
ok(!$refused->{ok}, 'TLS 1.3 with another suite only: refused');
is($refused->{alert}, 40, 'with the alert handshake_failure');

my $first = s_client(port => $port, name => 'www.example.test',
    args => [qw(-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256)]);
ok($first->{ok}, 'the first host is not affected');
good_connection(host => $name);

done_testing;
