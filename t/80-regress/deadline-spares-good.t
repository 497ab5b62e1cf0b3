# SPDX-License-Identifier: Apache-2.0
# If this fails, the handshake's deadline cuts off connections that have long finished it.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\nKeepAliveTimeout 20\n"
      . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=1s'));
my $request = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
my $used    = SC::Tcp->tls($port, 'www.example.test');
my $slow    = SC::Tcp->tls($port, 'www.example.test');
$used->send($request);
is(($used->response(5))[0], 200, 'a request');
$slow->send("GET /plain.txt HTTP/1.1\r\n");
# longer than the deadline and its sweep
select undef, undef, undef, 3.5;
$used->send($request);
is(($used->response(5))[0], 200, 'another one on the same connection, after the deadline');
$slow->send("Host: www.example.test\r\n\r\n");
is(($slow->response(5))[0], 200, 'one whose head took longer than the deadline');
good_connection(port => $port);

done_testing;
