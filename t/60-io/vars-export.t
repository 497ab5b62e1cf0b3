# SPDX-License-Identifier: Apache-2.0
# If this fails, "SecureChanExport vars" does not give scripts what mod_ssl's StdEnvVars gave them.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $got = curl('https://www.example.test/cgi-vars/env', port => port('tls'), http => $http,
        args => [qw(--tlsv1.3 --tls13-ciphers TLS_AES_256_GCM_SHA384 --curves X25519)]);
    my %env = $got->{body} =~ /^(HTTPS|SSL_\w+)=(.*)$/mg;
    my %expected = (
        HTTPS                   => 'on',
        SSL_PROTOCOL            => 'TLSv1.3',
        SSL_CIPHER              => 'TLS_AES_256_GCM_SHA384',
        SSL_CIPHER_EXPORT       => 'false',
        SSL_CIPHER_USEKEYSIZE   => '256',
        SSL_CIPHER_ALGKEYSIZE   => '256',
        SSL_COMPRESS_METHOD     => 'NULL',
        SSL_SECURE_RENEG        => 'true',
        SSL_SESSION_RESUMED     => 'Initial',
        SSL_TLS_SNI             => 'www.example.test',
        SSL_CLIENT_VERIFY       => 'NONE',
        SSL_SERVER_M_VERSION    => '3',
        SSL_SERVER_S_DN_CN      => 'www.example.test',
        SSL_SERVER_S_DN_O       => 'securechan tests',
        SSL_SERVER_I_DN_CN      => 'securechan test inter',
        SSL_SERVER_A_SIG        => 'ecdsa-with-SHA256',
        SSL_SERVER_SAN_DNS_0    => 'www.example.test',
        SSL_SERVER_SAN_DNS_1    => 'example.test',
    );
    for my $name (sort keys %expected) {
        is($env{$name}, $expected{$name}, "HTTP/$http: $name");
    }
    like($env{SSL_SERVER_S_DN} || '', qr/^CN=www\.example\.test,O=securechan tests$/, 'SSL_SERVER_S_DN');
    like($env{SSL_SERVER_M_SERIAL} || '', qr/^[0-9A-F]+$/, 'SSL_SERVER_M_SERIAL');
    like($env{"SSL_SERVER_V_$_"} || '', qr/^\w{3} .*\d{4} GMT$/, "SSL_SERVER_V_$_") for qw(START END);
    is(lc($env{SSL_GROUP} || ""), "x25519", "SSL_GROUP");
    like($env{SSL_VERSION_INTERFACE} || '', qr/^mod_securechan\//, 'SSL_VERSION_INTERFACE');
    like($env{SSL_VERSION_LIBRARY}   || '', qr/^OpenSSL\/3/,       'SSL_VERSION_LIBRARY');
    is($env{SSL_SERVER_CERT}, undef, 'the certificate itself is not exported');
    is($env{SSL_ALPN}, $http eq '2' ? 'h2' : 'http/1.1', 'SSL_ALPN');
}
good_connection();

done_testing;
