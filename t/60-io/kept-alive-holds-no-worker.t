# SPDX-License-Identifier: Apache-2.0
# If this fails, visitors who keep a connection open (all browsers do) use up the server's threads.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
need_mpm('event');

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Timeout 30\nKeepAliveTimeout 30\nListen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test'));
# more connections than the 8 threads
my @clients;
for (1 .. 20) {
    my $client = eval { SC::Tcp->tls($port, 'www.example.test', Timeout => 5) } or last;
    push @clients, $client;
    $client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
    last if (($client->response(5))[0] || 0) != 200;
}
# (httpd itself may close idle ones when threads run short)
is(scalar @clients, 20, q{20 connections are served, one after the other});
good_connection(port => $port, timeout => 5, name => 'another one is served at once');

done_testing;
