# SPDX-License-Identifier: Apache-2.0
# If this fails, nobody tells the administrator that browsers will reject the certificate's name.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $got  = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'shop.example.test'));
is($got->{exit}, 0, 'a warning does not stop -t');
like($got->{err}, qr/\bSC\d{4}: SecureChanCertificate .*shop\.example\.test/, 'a name not covered')
  || diag($got->{err});
my $alias = config_test("Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => 'ServerAlias shop.example.test'));
like($alias->{err}, qr/\bSC\d{4}: .*shop\.example\.test/, 'an alias not covered');
my $good = config_test("Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => 'ServerAlias example.test'));
is($good->{err}, "Syntax OK\n", 'all names covered: no word');

done_testing;
