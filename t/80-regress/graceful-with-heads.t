# SPDX-License-Identifier: Apache-2.0
# If this fails, connections without a whole request hold up a graceful restart for minutes.
use SC::Test;
use SC::H2;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);
need_mpm('event');

my $name   = 'www.example.test';
my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Timeout 60\nKeepAliveTimeout 60\nProtocols h2 http/1.1\n"
      . "Listen 127.0.0.1:$port https\n" . tls_host($port, $name, extra => 'SecureChanHandshake head=5m'));
# httpd may look for room while the old child still has its place in the scoreboard.
allow_log('AH00288', 'AH03490');
my $get = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\n\r\n";

sub peer { my ($client, $bytes) = @_; $client->send($bytes); return $client }
my $slow  = peer(SC::Tcp->tls($port, $name), substr $get, 0, 30);
my $later = peer(SC::Tcp->tls($port, $name), $get);
is(($later->response(5))[0], 200, 'a request');
my @peers = (
    $slow,
    SC::Tcp->tls($port, $name),
    peer($later, substr $get, 0, 30),
    h2_connect($port),
    peer(h2_connect($port), h2_preface()),
    peer(h2_connect($port), h2_preface() . substr h2_get('/plain.txt', 1), 0, 12),
);
ok(taken($_, 5), 'a connection waits') for @peers;
my @old = $server->children;
ok($server->graceful, 'a graceful restart');
my $begin = time;
$slow->send(substr $get, 30);
is(($slow->response(5))[0], 200, 'a request that came before the end of the patience is answered');
good_connection(port => $port, name => 'the new children serve');
ok(wait_for(sub { !grep { -d "/proc/$_" } @old }, 15), 'the old children have gone within seconds');
note(sprintf '%.1f s', time - $begin);
ok($_->eof_within(1), 'the others were closed') for @peers[ 1 .. $#peers ];
good_connection(port => $port);

done_testing;
