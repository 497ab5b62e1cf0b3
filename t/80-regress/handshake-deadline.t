# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that never finishes its handshake is kept for as long as it likes.
use SC::Test;
use SC::Hello;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=2s'));
AcceptFilter https none
AcceptFilter http none
Timeout 60
RequestReadTimeout handshake=0 header=0 body=0
Listen 127.0.0.1:$port https
CONF
my $hello = client_hello('www.example.test');
my %peers = (
    'silent'               => '',
    'one byte'             => substr($hello, 0, 1),
    'half a hello'         => substr($hello, 0, length($hello) / 2),
    'silent after a hello' => $hello,
);
# one at a time, with no other traffic that could wake the server
for my $what (sort keys %peers) {
    my $client = SC::Tcp->connect($port);
    my $begin  = time;
    $client->send($peers{$what}) if length $peers{$what};
    ok($client->eof_within(8), "$what: closed");
    my $took = time - $begin;
    ok($took > 1.5, 'not before the deadline')                  || diag("$took s");
    ok($took < 5,   'at most three seconds after the deadline') || diag("$took s");
}
good_connection(port => $port);

done_testing;
