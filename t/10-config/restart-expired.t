# SPDX-License-Identifier: Apache-2.0
# If this fails, a certificate that ran out overnight keeps the server from coming back after a
# graceful restart.
use SC::Test;
use File::Copy qw(copy);
use SC::Curl;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $dir  = "$ENV{SC_WORK}/servers/files.$$";
mkdir $dir or die "$dir: $!\n";
copy(pki("www-ecdsa.$_"), "$dir/www.$_") or die for qw(pem key);
chmod 0600, "$dir/www.key";
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'alt.example.test', certificate => 'alt')
      . tls_host($port, 'www.example.test', directives => "SecureChanCertificate $dir/www.pem $dir/www.key"));
good_connection(port => $port, name => 'before');

copy(pki("expired.$_"), "$dir/www.$_") or die for qw(pem key);
expect_log(qr/:warn\].*\bSC\d{4}: SecureChanCertificate \(.*www\.example\.test/);
ok($server->graceful, 'a graceful restart with an expired certificate');
good_connection(port => $port, host => 'alt.example.test', name => 'the other host is served');
is(curl('https://www.example.test/plain.txt', port => $port, ca => 0)->{code}, 200,
    'and the host itself, for those who do not mind');

done_testing;
