# SPDX-License-Identifier: Apache-2.0
# If this fails, mod_headers' %{...}s is empty, and applications behind get no word about TLS.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $got = curl('https://www.example.test/show/headers/plain.txt', port => port('tls'), http => $http);
    my $head = $got->{head};
    is($head->{'x-https'},    'on',               "HTTP/$http: HTTPS");
    is($head->{'x-protocol'}, 'TLSv1.3',          'SSL_PROTOCOL');
    like($head->{'x-cipher'}, qr/^TLS_/,          'SSL_CIPHER');
    like($head->{'x-bits'},   qr/^(?:128|256)$/,  'SSL_CIPHER_USEKEYSIZE');
    is($head->{'x-sni'},      'www.example.test', 'SSL_TLS_SNI');
    is($head->{'x-subject'},  'www.example.test', 'SSL_SERVER_S_DN_CN');
    like($head->{'x-group'},  qr/^X25519/i,       'SSL_GROUP');
    is($head->{'x-alpn'}, $http eq '2' ? 'h2' : 'http/1.1', 'SSL_ALPN');
}
my $plain = curl('http://www.example.test/show/headers/plain.txt', port => port('http'));
is($plain->{head}{'x-protocol'}, '(null)', 'nothing over plain HTTP');
good_connection();

done_testing;
