# SPDX-License-Identifier: Apache-2.0
# If this fails, a server that runs out of descriptors never recovers.
use SC::Test;
use SC::Curl;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
# (the other MPMs run out of threads before)
need_mpm(q{event});

# httpd's own words when accept() and the like fail.
allow_log(qr/Too many open files|\(24\)|AH03490|AH0048[45]/);
my $port   = SC::Port::free();
my $server = SC::Httpd->start(files => 64, config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=3s'));
AcceptFilter https none
AcceptFilter http none
<IfModule event.c>
AsyncRequestWorkerFactor 64
</IfModule>
Listen 127.0.0.1:$port https
CONF
good_connection(port => $port, name => 'before');
my @peers = map { SC::Tcp->connect($port) } 1 .. 100;
ok(wait_log(qr/Too many open files|\(24\)/, 10), 'the server runs out of descriptors');
$_->close_raw for @peers;
my $back = wait_for(sub {
    curl('https://www.example.test/plain.txt', port => $port, timeout => 2)->{code} == 200;
}, 20);
ok($back, 'it recovers when they have gone');
good_connection(port => $port);

done_testing;
