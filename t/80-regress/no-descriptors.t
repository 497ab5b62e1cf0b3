# SPDX-License-Identifier: Apache-2.0
# If this fails, a server that runs out of descriptors never recovers.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

# httpd's own words when accept() and the like fail.
allow_log(qr/Too many open files|\(24\)|AH00485|AH03490|AH00484/);
my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=3s'));
AcceptFilter https none
AcceptFilter http none
Listen 127.0.0.1:$port https
CONF
for my $pid ($server->children, $server->pid) {
    system('prlimit', "--pid=$pid", '--nofile=40:40') == 0 or die "prlimit failed\n";
}
my @peers = map { SC::Tcp->connect($port) } 1 .. 60;
ok(1, 'more connections than descriptors');
$_->close_raw for @peers;
my $back = wait_for(sub {
    SC::Curl::curl('https://www.example.test/plain.txt', port => $port, timeout => 2)->{code} == 200;
}, 20);
ok($back, 'the server recovers when they have gone');
good_connection(port => $port);

done_testing;
