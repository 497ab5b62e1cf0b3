# SPDX-License-Identifier: Apache-2.0
# If this fails, one bad certificate file at a graceful restart takes the whole server down.
use SC::Test;
use File::Copy qw(copy);
use SC::Curl;
use SC::Httpd;
use SC::Port;
use SC::SClient;

my ($port, $plain) = map { SC::Port::free() } 1 .. 2;
my $dir = "$ENV{SC_WORK}/servers/files.$$";
mkdir $dir or die "$dir: $!\n";
copy(pki("www-ecdsa.$_"), "$dir/www.$_") or die for qw(pem key);
chmod 0600, "$dir/www.key";
my $config = "Listen 127.0.0.1:$plain\nListen 127.0.0.1:$port https\n"
  . tls_host($port, 'alt.example.test', certificate => 'alt')
  . tls_host($port, 'www.example.test', directives => "SecureChanCertificate $dir/www.pem $dir/www.key");
my $server = SC::Httpd->start(config => $config);
good_connection(port => $port, name => 'before');

allow_log(qr/\bSC\d{4}: SecureChanCertificate \(.*www\.example\.test/);
allow_log("SC0306");    # said for each connection to a host without a usable certificate
copy(pki('garbage.pem'), "$dir/www.pem") or die;
ok($server->graceful, 'a graceful restart with a bad file');
like(log_text(), qr/\bSC\d{4}: SecureChanCertificate \(.*www\.example\.test/, 'the log says so');
good_connection(port => $port, host => 'alt.example.test', name => 'the other host is served');
is(curl('http://www.example.test/plain.txt', port => $plain)->{code}, 200, 'and plain HTTP');
my $host = s_client(port => $port, name => 'www.example.test');
ok(!$host->{ok} || $host->{cn} eq 'www.example.test',
    'the host itself keeps its certificate or refuses: it does not serve another one');

copy(pki('www-ecdsa.pem'), "$dir/www.pem") or die;
ok($server->graceful, 'a graceful restart with the file mended');
good_connection(port => $port, name => 'all is well again');

done_testing;
