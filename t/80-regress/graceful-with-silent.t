# SPDX-License-Identifier: Apache-2.0
# If this fails, silent connections hold up a graceful restart for minutes.
use SC::Test;
use SC::Hello;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "AcceptFilter https none\nAcceptFilter http none\nTimeout 60\n"
      . "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=3s'));
# httpd may look for room while the old child still has its place in the scoreboard.
allow_log('AH00288', 'AH03490');
my @old   = $server->children;
my @peers = map { my $c = SC::Tcp->connect($port); $c->send(substr client_hello('x'), 0, 50) if $_ % 2; $c } 1 .. 5;
good_connection(port => $port, name => 'before');
ok($server->graceful, 'a graceful restart');
good_connection(port => $port, name => 'after');
ok(wait_for(sub { !grep { -d "/proc/$_" } @old }, 15), 'the old children have gone within seconds');
good_connection(port => $port);

done_testing;
