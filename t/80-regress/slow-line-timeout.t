# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that stops in the middle of a line holds its thread longer than Timeout says.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test'));
Timeout 2
RequestReadTimeout handshake=0 header=0 body=0
Listen 127.0.0.1:$port https
CONF
my %stop = (
    'in the request line' => 'GET /pub',
    'in a header'         => "GET /plain.txt HTTP/1.1\r\nHost: www.exam",
);
allow_log(qr/\[core:\w+\]/);
for my $where (sort keys %stop) {
    my $client = SC::Tcp->tls($port, 'www.example.test');
    my $begin  = time;
    $client->send($stop{$where});
    ok($client->eof_within(10), "a client that stops $where is cut off");
    my $took = time - $begin;
    ok($took > 1.5 && $took < 3.5, 'after Timeout') || diag("$took s");
}
good_connection(port => $port);

done_testing;
