# SPDX-License-Identifier: Apache-2.0
# If this fails, a few clients that send a body in records of one byte make the server take gigabytes.
use SC::Test;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;
use Net::SSLeay ();
use Time::HiRes qw(time);
need_mpm('event');

my ($port, $behind) = map { SC::Port::free() } 1 .. 2;
my $server = SC::Httpd->start(mpm => <<'MPM', config => <<"CONF" . tls_host($port, 'www.example.test'));
StartServers 1
ServerLimit 1
ThreadLimit 64
ThreadsPerChild 64
MaxRequestWorkers 64
MinSpareThreads 1
MaxSpareThreads 64
MPM
RequestReadTimeout handshake=0 header=0 body=0
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
ProxyPass /proxy/ http://127.0.0.1:$behind/cgi-bin/
Listen 127.0.0.1:$port https
Listen 127.0.0.1:$behind http
CONF
good_connection(port => $port, name => 'before');
my $before = peak_memory($server);
my $begin  = time;
my @clients;
for my $path (('/cgi-bin/echo', '/proxy/echo') x 10) {
    my $client = SC::Tcp->tls($port, 'www.example.test');
    $client->send("POST $path HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 12001\r\n\r\n");
    # not SC::Tcp's send, for speed; corked, the records fill the segments
    cork($client, 1);
    my $ssl = $client->socket->_get_ssl_object;
    local $SIG{ALRM} = sub { die "the server does not read\n" };
    alarm 10;
    for (1 .. 12_000) {
        last if Net::SSLeay::write($ssl, 'x') != 1;
    }
    alarm 0;
    cork($client, 0);
    push @clients, $client;
}
is(scalar(grep { taken($_, 10) } @clients), 20, 'the server reads all the records of 20 clients');
my $grown = peak_memory($server) - $before;
my $took  = time - $begin;
# under a sanitizer freed memory is kept back on purpose
ok($ENV{SC_SANITIZE} || $grown < 60, 'and takes less than 60 MB for it') || diag("$grown MB");
note(sprintf '%.1f MB, %.1f s', $grown, $took);
allow_log(qr/\[(?:core|cgid?|proxy|proxy_http):\w+\]/);
$_->reset for @clients;
good_connection(port => $port);

done_testing;
