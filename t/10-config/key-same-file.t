# SPDX-License-Identifier: Apache-2.0
# If this fails, key and chain in one file (as CAs hand it out) cannot be used, or clients get a chain they reject.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::SClient;

# The module may say that it put the chain in order.
allow_log(qr/\bSC\d{4}: SecureChanCertificate/);

my $port   = SC::Port::free();
my $pki    = "$ENV{SC_WORK}/pki";
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', directives => "SecureChanCertificate $pki/www-both.pem"));
my $got = s_client(port => $port, name => 'www.example.test', args => ['-showcerts']);
ok($got->{verified}, 'a client that knows only the root verifies it');
like($got->{out}, qr/ 0 s:.*www\.example\.test.* 1 s:.*inter/s, 'leaf first, then the intermediate');
unlike($got->{out}, qr/^ 2 s:/m, 'and nothing more');
good_connection(port => $port);

done_testing;
