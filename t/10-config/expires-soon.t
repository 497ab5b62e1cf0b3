# SPDX-License-Identifier: Apache-2.0
# If this fails, the first sign of a certificate running out is that the site is down.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $got  = config_test("Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', certificate => 'soon'));
is($got->{exit}, 0, 'a warning does not stop -t');
like($got->{err}, qr/\bSC\d{4}: SecureChanCertificate \(.*www\.example\.test.*\): .*soon\.pem/,
    'the certificate that ends within 14 days is named');
my ($id) = $got->{err} =~ /\b(SC\d{4}): SecureChanCertificate/;
expect_log($id || 'SC????');
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', certificate => 'soon'));
good_connection(port => $port, name => 'it starts and serves');

done_testing;
