# SPDX-License-Identifier: Apache-2.0
# If this fails, a site runs on outdated TLS and nothing says so.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port   = SC::Port::free();
my $config = "Listen 127.0.0.1:$port https\n"
  . tls_host($port, 'www.example.test', extra => 'SecureChanPolicy legacy');
my $got = config_test($config);
is($got->{exit}, 0, 'legacy is allowed');
my ($id) = $got->{err} =~ /\b(SC\d{4}): .*legacy/;
ok($id, 'but not without a warning') || diag($got->{err});
expect_log($id || 'SC????');
my $server = SC::Httpd->start(config => $config);
good_connection(port => $port, name => 'a modern client is served all the same');

done_testing;
