# SPDX-License-Identifier: Apache-2.0
# If this fails, HTTPS is gone (or the server is) after a graceful restart.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(
    config => "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
good_connection(port => $port, name => 'before');
for my $round (1 .. 3) {
    ok($server->graceful, "graceful restart $round");
    good_connection(port => $port, name => "after restart $round");
}
ok($server->stop, 'it stops when asked');

done_testing;
