# SPDX-License-Identifier: Apache-2.0
# If this fails, mod_md cannot get or renew certificates over port 443: the certificate authority does
# not see the challenge certificate (RFC 8737), or other clients suffer while one waits.
use SC::Test;
use File::Path qw(make_path);
use SC::Curl;
use SC::Httpd;
use SC::Port;
use SC::Run qw(run slurp);
use SC::SClient;

my ($managed, $own, $quiet) = qw(managed.example.test www.example.test quiet.example.test);
allow_log(qr/\[md:(?:warn|error)\]/, qr/\bSC\d{4}: .*(?:managed|quiet)\.example\.test/);

# The certificate in a text.
sub pem {
    my ($text) = @_;
    my ($certificate) = $text =~ /(-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----)/s;
    return $certificate // '';
}

# What mod_md's store holds while a challenge waits (md_acme_authz.c): a key and a certificate.
sub store_challenge {
    my ($server, $name, $suffix, @key) = @_;
    my $dir = $server->dir . "/md/challenges/$name";
    make_path($dir, { mode => 0755 });
    my ($key, $certificate) = map { "$dir/acme-tls-alpn-01-$_$suffix.pem" } qw(privkey pubcert);
    my $made = run([
        qw(openssl req -x509 -nodes -days 7 -subj /CN=tls-alpn-01-challenge -newkey), @key,
        '-addext', "subjectAltName=DNS:$name",
        '-addext', '1.3.6.1.5.5.7.1.31=critical,DER:04:20:' . join(':', ('5c') x 32),
        '-keyout', $key, '-out', $certificate,
    ]);
    is($made->{exit}, 0, "a challenge waits for $name") || diag($made->{err});
    chmod 0644, $key, $certificate;
    return pem(slurp($certificate));
}

my @keys = (
    [ 'default',         ['', 'rsa:2048'] ],
    [ 'secp256r1',       [ '.secp256r1', qw(ec -pkeyopt ec_paramgen_curve:P-256) ] ],
    [ 'secp256r1 rsa2048', ['', 'rsa:2048'], [ '.secp256r1', qw(ec -pkeyopt ec_paramgen_curve:P-256) ] ],
);
for (@keys) {
    my ($keys, @challenges) = @$_;
    my ($port, $plain) = map { SC::Port::free() } 1 .. 2;
    # "manual": mod_md itself asks no CA, and so does not clear our challenges away.
    my $server = SC::Httpd->start(modules => ['md'], config => <<"CONF" . join '',
MDStoreDir "md"
MDRenewMode manual
MDPrivateKeys $keys
MDCertificateAgreement accepted
MDCertificateAuthority http://127.0.0.1:1/none
MDContactEmail webmaster\@example.test
MDPortMap http:$plain https:$port
MDomain $managed
MDomain $own
MDomain $quiet
Protocols h2 http/1.1 acme-tls/1
Listen 127.0.0.1:$plain http
Listen 127.0.0.1:$port https
CONF
        tls_host($port, $own), map { tls_host($port, $_, directives => '') } $managed, $quiet);

    # Of several kinds mod_md prefers the RSA challenge, which comes first in our list.
    my %waiting;
    for my $name ($managed, $own) {
        ($waiting{$name}) = map { store_challenge($server, $name, @$_) } @challenges;
    }
    for my $version (qw(tls1_2 tls1_3)) {
        my $what = "MDPrivateKeys $keys, $version";
        my $acme = sub {
            my ($name, %opt) = @_;
            return s_client(port => $port, name => $name, args => [ "-$version", '-alpn', 'acme-tls/1' ], %opt);
        };
        for my $name ($managed, $own) {
            my $got = $acme->($name);
            ok($got->{ok}, "$what, $name: the CA's handshake is completed") || diag($got->{err});
            is(pem($got->{out}), $waiting{$name}, 'it gets the certificate that waits');
            is($got->{alpn},     'acme-tls/1',    'the protocol is acme-tls/1');

            my $asked = $acme->($name, send => "GET /plain.txt HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n");
            my ($status) = $asked->{out} =~ m{^HTTP/1\.1 (\d+)}m;
            like($status // 'nothing', qr/^(?:503|nothing)$/, 'a request there gets 503 or nothing');
            unlike($asked->{out}, qr/plain text/, 'but not the page');
        }
        for my $name ($quiet, 'unknown.example.test', undef) {
            my $refused = $acme->($name);
            ok(!$refused->{ok}, "$what, " . ($name // 'no name') . ': nothing waits, and the handshake is refused');
            is($refused->{alert}, 120, 'with the alert no_application_protocol') || diag($refused->{err});
        }
        for my $alpn ([], [ -alpn => 'http/1.1' ], [ -alpn => 'http/1.1,acme-tls/1' ]) {
            my $got = s_client(port => $port, name => $own, args => [ "-$version", @$alpn ]);
            is(pem($got->{out}), pem(slurp(pki('www-ecdsa.pem'))), "@$alpn: others get the ordinary certificate");
        }
        good_connection(port => $port, args => [ $version eq 'tls1_2' ? qw(--tls-max 1.2) : '--tlsv1.3' ],
            name => 'and the ordinary answer');
    }
    is(curl("https://$managed/plain.txt", port => $port, ca => 0)->{code}, 503, 'the managed host has no certificate yet');
}

done_testing;
