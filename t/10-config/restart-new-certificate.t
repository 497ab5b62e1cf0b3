# SPDX-License-Identifier: Apache-2.0
# If this fails, a renewed certificate is not used after a graceful restart.
use SC::Test;
use File::Copy qw(copy);
use SC::Httpd;
use SC::Port;
use SC::SClient;

my $port = SC::Port::free();
my $dir  = "$ENV{SC_WORK}/servers/files.$$";
mkdir $dir or die "$dir: $!\n";
copy(pki("www-ecdsa.$_"), "$dir/www.$_") or die for qw(pem key);
chmod 0600, "$dir/www.key";
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', directives => "SecureChanCertificate $dir/www.pem $dir/www.key"));
my $bits = sub {
    s_client(port => $port, name => 'www.example.test')->{out} =~ /^(?:Server public key is|Peer public key).* (\d+) bit/m ? $1 : 0;
};
my $before = $bits->();
copy(pki("www-rsa.$_"), "$dir/www.$_") or die for qw(pem key);
ok($server->graceful, 'a graceful restart');
ok(wait_for(sub { $bits->() == 2048 }, 10), 'the new certificate is served');
is($before, 256, 'the old one was served before');
good_connection(port => $port);

done_testing;
