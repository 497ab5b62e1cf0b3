# SPDX-License-Identifier: Apache-2.0
# If this fails, a host with both TLS modules on passes "apachectl -t", and then no client can read it.
use SC::Test;
use SC::Httpd;
use SC::Port;

my ($port, $other) = (SC::Port::free(), SC::Port::free());
my $pki    = "$ENV{SC_WORK}/pki";
my $listen = "Listen 127.0.0.1:$port https\nListen 127.0.0.1:$other https\n";
my $theirs = "SSLCertificateFile $pki/www-rsa.pem\n    SSLCertificateKeyFile $pki/www-rsa.key";
my @ssl    = (modules => ['ssl']);

my $both = $listen . tls_host($port, 'www.example.test', extra => "SSLEngine on\n    $theirs");
my $got  = config_test($both, @ssl);
isnt($got->{exit}, 0, 'both on in one host: -t fails');
like($got->{err}, qr/SC0128: SSLEngine \(.*site\.conf:\d+, www\.example\.test\)/, 'and says where');

my $inherited = "SSLEngine on\n$listen" . tls_host($port, 'www.example.test');
$got = config_test($inherited, @ssl);
like($got->{err}, qr/SC0128: SSLEngine \(.*site\.conf:1, www\.example\.test\)/, 'also when one is inherited');

my $apart = "$listen<IfModule mod_ssl.c>\nSSLEngine off\n</IfModule>\n"
  . tls_host($port, 'www.example.test', extra => 'SSLEngine off')
  . "<VirtualHost 127.0.0.1:$other>\n    ServerName alt.example.test\n    SSLEngine on\n    $theirs\n</VirtualHost>\n";
$got = config_test($apart, @ssl);
is($got->{exit}, 0, 'each on a host of its own is fine') || diag($got->{err});

done_testing;
