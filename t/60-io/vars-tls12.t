# SPDX-License-Identifier: Apache-2.0
# If this fails, the variables are wrong for connections with TLS 1.2.
use SC::Test;
use SC::Curl;

my $got = curl('https://www.example.test/cgi-vars/env', port => port('tls'),
    args => [qw(--tls-max 1.2 --ciphers ECDHE-RSA-AES128-GCM-SHA256 --curves P-256)]);
my %env = $got->{body} =~ /^(SSL_\w+)=(.*)$/mg;
is($env{SSL_PROTOCOL},          'TLSv1.2',                     'SSL_PROTOCOL');
is($env{SSL_CIPHER},            'ECDHE-RSA-AES128-GCM-SHA256', 'SSL_CIPHER');
is($env{SSL_CIPHER_USEKEYSIZE}, '128',                         'SSL_CIPHER_USEKEYSIZE');
is($env{SSL_SERVER_A_KEY},      'rsaEncryption',               'the certificate in use, of several');
like($env{SSL_GROUP} || '', qr/^(?:P-256|prime256v1|secp256r1)$/i, 'SSL_GROUP');
good_connection();

done_testing;
