# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that sends its hello a byte at a time is never cut off.
use SC::Test;
use SC::Hello;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "AcceptFilter https none\nAcceptFilter http none\n"
      . "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=2s'));
my $client = SC::Tcp->connect($port);
my $begin  = time;
my $sent   = 0;
# a byte every 200 ms: the pace is what is tested
my $closed = wait_for(sub {
    if ($sent < (time - $begin) / 0.2) {
        return 1 if !$client->send(substr client_hello('www.example.test'), $sent++, 1);
    }
    $client->fill(0);
    return $client->{eof};
}, 8);
my $took = time - $begin;
ok($closed, 'it is cut off');
ok($took > 1.5 && $took < 5, 'at the deadline') || diag("$took s");
good_connection(port => $port);

done_testing;
