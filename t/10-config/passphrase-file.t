# SPDX-License-Identifier: Apache-2.0
# If this fails, an encrypted key cannot be used with its pass phrase in a file.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $pki  = "$ENV{SC_WORK}/pki";
my $host = tls_host($port, 'www.example.test',
    directives => "SecureChanCertificate $pki/www-ecdsa.pem $pki/encrypted.key");
my $server = SC::Httpd->start(
    config => "SecureChanPassPhrase file:$pki/encrypted.pass\nListen 127.0.0.1:$port https\n$host");
good_connection(port => $port, name => 'the key is used');
ok($server->graceful, 'a graceful restart');
good_connection(port => $port, name => 'the key is used after it');

done_testing;
