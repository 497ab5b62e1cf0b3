# SPDX-License-Identifier: Apache-2.0
# If this fails, some kind of OpenSSL client cannot connect, or the server's word about group, cipher
# and signature is not what was agreed, or a post-quantum demand lets the wrong clients in.
use SC::Test;
use SC::Gate;
use SC::Run qw(run);
use SC::SClient;

my $name = 'www.example.test';

# One handshake and a request for a script that prints what the server knows.
sub visit {
    my ($what, @args) = @_;
    my $got = s_client(port => port('tls'), name => $name, args => \@args,
        send => "GET /cgi-vars/env HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n");
    ok($got->{ok} && $got->{verified}, "$what: connected and verified") || diag($got->{err});
    my %env = $got->{out} =~ /^(SSL_\w+)=(.*?)\r?$/mg;
    is($env{SSL_PROTOCOL}, $got->{protocol}, 'SSL_PROTOCOL is the one the client has');
    is($env{SSL_CIPHER},   $got->{cipher},   'SSL_CIPHER is the one the client has');
    is(common($env{SSL_GROUP}), common($got->{group}), 'SSL_GROUP is the one the client has');
    return ($got, \%env);
}

# One name for each group: libraries of different age say prime256v1, secp256r1 or P-256.
sub common {
    my ($group) = @_;
    $group = lc($group // '');
    return $group =~ /^(?:prime256v1|secp256r1)$/ ? 'p-256' : $group eq 'secp384r1' ? 'p-384' : $group;
}

for my $version (qw(tls1_2 tls1_3)) {
    for my $group (qw(X25519 P-256 P-384)) {
        my ($got) = visit("$version with $group", "-$version", '-groups', $group);
        is(common($got->{group}), lc $group, 'with that group');
    }
}
for my $suite (qw(TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256)) {
    my ($got) = visit($suite, '-tls1_3', '-ciphersuites', $suite);
    is($got->{cipher}, $suite, 'with that suite');
}
# ECDHE-ECDSA is the cipher of Ed25519 certificates too.
my %type = (ECDSA => qr/^(?:id-ecPublicKey|ED25519)$/, RSA => qr/^rsaEncryption$/);
for my $key (sort keys %type) {
    for my $cipher (qw(AES128-GCM-SHA256 AES256-GCM-SHA384 CHACHA20-POLY1305)) {
        my ($got, $env) = visit("ECDHE-$key-$cipher", '-tls1_2', '-cipher', "ECDHE-$key-$cipher");
        is($got->{cipher}, "ECDHE-$key-$cipher", 'with that cipher');
        like($env->{SSL_SERVER_A_KEY}, $type{$key}, 'and a certificate for it');
    }
}
my %signature = (
    ecdsa_secp256r1_sha256 => 'id-ecPublicKey',
    rsa_pss_rsae_sha256    => 'rsaEncryption',
    ed25519                => 'ED25519',
);
for my $signature (sort keys %signature) {
    for my $version (qw(tls1_2 tls1_3)) {
        my ($got, $env) = visit("$version with $signature", "-$version", '-sigalgs', $signature);
        is($env->{SSL_SIGALG},       $signature,             'SSL_SIGALG is what the client asked for');
        is($env->{SSL_SERVER_A_KEY}, $signature{$signature}, 'with the certificate for it');
    }
}

# Post-quantum key exchange came with OpenSSL 3.5.
my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on pq
</Directory>
CONF
my $request = $site->request('/private/page.txt', tls => 1);
my $hybrid  = 'X25519MLKEM768';
my ($major, $minor) = qx(openssl version) =~ /^OpenSSL (\d+)\.(\d+)/;
my $has_pq = $major > 3 || $major == 3 && $minor >= 5;

sub asks_for_private {
    my (@args) = @_;
    my $got = s_client(port => $site->port('tls'), name => SC::Gate::HOST, send => $request, args => \@args);
    ($got->{answer}) = $got->{out} =~ m{^HTTP/1\.1 (\d+)}m;
    return $got;
}

my ($default) = visit('by default');
is(common($default->{group}), $has_pq ? lc $hybrid : 'x25519', 'by default the best group there is');
my $got = asks_for_private();
is($got->{answer}, $has_pq ? 200 : 403, 'a client as it comes asks for what demands pq');
if ($has_pq) {
    like($got->{out}, qr/\Q@{[SECRET]}\E/, 'and gets it');
    is(asks_for_private('-groups', $hybrid)->{answer}, 200, "$hybrid: served");
}
for my $group (qw(X25519 P-256 P-384)) {
    my $refused = asks_for_private('-groups', $group);
    is($refused->{answer}, 403, "$group: refused");
    unlike($refused->{out}, qr/\Q@{[SECRET]}\E/, 'without a word of the page');
}
good_connection();

done_testing;
