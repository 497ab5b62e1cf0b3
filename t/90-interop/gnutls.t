# SPDX-License-Identifier: Apache-2.0
# If this fails, clients built on GnuTLS (wget, git, apt, many desktop programs) cannot connect,
# verify the server or get an answer.
use SC::Test;
use SC::Talk;

my $name = 'www.example.test';
my $path = '/plain.txt';

# The same request over HTTP/1.1 and HTTP/2: the preface, SETTINGS, and HEADERS with path
# and name in clear.
sub frame {
    my ($type, $flags, $stream, $payload) = @_;
    return pack 'xnCCNa*', length $payload, $type, $flags, $stream, $payload;
}
my %request = (
    'http/1.1' => "GET $path HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n",
    'h2'       => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, '')
      . frame(1, 5, 1, pack 'CCCC/aCC/a', 0x82, 0x87, 0x04, $path, 0x41, $name),
);
my %key = (
    ECDSA => '-SIGN-ALL:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256',
    RSA   => '-SIGN-ALL:+SIGN-RSA-SHA256:+SIGN-RSA-PSS-RSAE-SHA256',
);

sub gnutls {
    my ($priority, $protocol, $ca) = @_;
    return talk([
        'gnutls-cli', '--x509cafile', pki($ca || 'root.pem'), '--sni-hostname', $name, '--verify-hostname', $name,
        '--priority', $priority, '--alpn', $protocol, '-p', port('tls'), '127.0.0.1',
    ], $request{$protocol}, qr/plain text$/m);
}

for my $version (qw(1.2 1.3)) {
    for my $key (sort keys %key) {
        for my $protocol (mpm() eq 'prefork' ? 'http/1.1' : sort keys %request) {
            my $got = gnutls("NORMAL:-VERS-ALL:+VERS-TLS$version:$key{$key}", $protocol);
            is($got->{exit}, 0, "TLS $version, $key, $protocol: gnutls-cli is content") || diag($got->{out});
            like($got->{out}, qr/^- Status: The certificate is trusted/m, 'the certificate is verified');
            like($got->{out}, qr/^- Description: \(TLS\Q$version\E-.*\(\Q$key\E-/m, 'version and kind of key');
            like($got->{out}, qr/^- Application protocol: \Q$protocol\E$/m, 'application protocol');
            like($got->{out}, qr/plain text$/m,                             'the request is answered');
        }
    }
}
unlike(gnutls('NORMAL', 'http/1.1', 'selfsigned.pem')->{out}, qr/plain text/, 'with another CA there is no connection');
good_connection();

done_testing;
