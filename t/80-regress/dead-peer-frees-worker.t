# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that vanish keep workers busy until the server has none left.
use SC::Test;
use SC::Hello;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "AcceptFilter https none\nAcceptFilter http none\n"
      . "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=5s'));
# more of them than there are workers
for my $round (1 .. 60) {
    my $client = SC::Tcp->connect($port);
    $client->send(substr client_hello('www.example.test'), 0, $round) if $round % 2;
    $round % 3 ? $client->close_raw : $client->reset;
}
good_connection(port => $port, timeout => 5, name => 'a worker is free');

done_testing;
