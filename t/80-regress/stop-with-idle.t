# SPDX-License-Identifier: Apache-2.0
# If this fails, stopping the server takes ten seconds and ends in SIGKILL as soon as one visitor has a
# connection open.
# (In worker and prefork a silent peer holds a thread, which the stop has to wait for.)
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);
need_mpm(q{event});

for my $state ('silent', 'kept alive', 'half a head') {
    my $port   = SC::Port::free();
    my $server = SC::Httpd->start(config => "AcceptFilter https none\nAcceptFilter http none\n"
          . "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
    my $client = $state eq 'silent' ? SC::Tcp->connect($port) : SC::Tcp->tls($port, 'www.example.test');
    $client->send('GET /') if $state eq 'half a head';
    if ($state eq 'kept alive') {
        $client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
        $client->response(5);
    }
    good_connection(port => $port, name => "$state: before");
    my $begin = time;
    ok($server->stop, 'it stops when asked');
    my $took = time - $begin;
    ok($took < 5, 'at once') || diag("$took s");
}

done_testing;
