# SPDX-License-Identifier: Apache-2.0
# If this fails, KeepAlive or MaxKeepAliveRequests has no effect over TLS, or the last answer is lost.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

my $request = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
my %answers = ('KeepAlive Off' => 1, 'MaxKeepAliveRequests 2' => 3);
for my $line (sort keys %answers) {
    my $port   = SC::Port::free();
    my $server = SC::Httpd->start(config => "$line\nListen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
    # one after the other, and pipelined
    for my $at_once (1, 5) {
        my $client = SC::Tcp->tls($port, 'www.example.test');
        my $got = 0;
        for (1 .. 5) {
            $client->send($request x $at_once) if $_ == 1 || $at_once == 1;
            $got++ if (($client->response(5))[0] || 0) == 200;
        }
        is($got, $answers{$line}, "$line, $at_once at once");
        ok($client->eof_within(5), 'then the connection ends');
        ok($client->got_close_notify, 'with close_notify');
    }
    good_connection(port => $port);
}

done_testing;
