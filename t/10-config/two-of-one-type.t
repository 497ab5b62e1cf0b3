# SPDX-License-Identifier: Apache-2.0
# If this fails, of two certificates of one key type one is silently never served.
use SC::Test;
use SC::BadFiles;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $pki  = "$ENV{SC_WORK}/pki";
my $first = "SecureChanCertificate $pki/www-ecdsa.pem $pki/www-ecdsa.key";
my $got  = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test',
    directives => "$first\n    SecureChanCertificate $pki/alt.pem $pki/alt.key"));
isnt($got->{exit}, 0, '-t fails');
my @lines = lines_of_ours($got->{err});
ok((grep { $_ =~ complaint_about('www.example.test', 6) } @lines), 'the second line is named')
  || diag($got->{err});
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test',
    directives => "$first\n    SecureChanCertificate $pki/www-rsa.pem $pki/www-rsa.key"));
is($good->{err}, "Syntax OK\n", 'two of different types are good');

done_testing;
