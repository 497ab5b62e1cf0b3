# SPDX-License-Identifier: Apache-2.0
# If this fails, a host without any certificate starts, and every client sees only an alert.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $got  = config_test("Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', directives => ''));
isnt($got->{exit}, 0, '-t fails');
like($got->{err}, qr/\bSC\d{4}: .*www\.example\.test/, 'and names the host');
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($good->{exit}, 0, 'with a certificate it is good');

done_testing;
