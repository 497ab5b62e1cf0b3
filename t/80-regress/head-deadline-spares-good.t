# SPDX-License-Identifier: Apache-2.0
# If this fails, the deadline for request heads cuts off slow uploads and slow answers.
use SC::Test;
use SC::H2;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;
use POSIX       qw(mkfifo);
use Time::HiRes qw(time);
need_mpm('event');

my $name   = 'www.example.test';
my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, $name, extra => 'SecureChanHandshake timeout=1s head=1s'));
Protocols h2 http/1.1
KeepAliveTimeout 30
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
Listen 127.0.0.1:$port https
CONF
# scripts that wait until somebody opens their FIFO
my @fifos = map { $server->dir . "/fifo$_" } 1 .. 4;
for (@fifos) {
    mkfifo $_, 0666 or die "$_: $!\n";
    chmod 0666, $_;
}
my $echo = "POST /cgi-bin/echo HTTP/1.1\r\nHost: $name\r\nConnection: close\r\nContent-Length: 6\r\n\r\n";
my $get  = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\n\r\n";

my $answer = SC::Tcp->tls($port, $name);
$answer->send("GET /cgi-bin/wait?$fifos[0] HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n");
my $upload = SC::Tcp->tls($port, $name);
$upload->send($echo . 'abc');
# over HTTP/2: the session has begun before its first request comes
my $post = pack 'CCCC/aCC/a', 0x83, 0x87, 0x04, '/cgi-bin/echo', 0x41, $name;
my ($answer_h2, $late_h2, $upload_h2, $burst_h2) = map { h2_connect($port) } 1 .. 4;
$answer_h2->send(h2_preface() . h2_get("/cgi-bin/wait?$fifos[1]", 1));
$late_h2->send(h2_preface());
ok(taken($late_h2, 5), 'the server has taken the beginning of an HTTP/2 connection');
$late_h2->send(h2_get("/cgi-bin/wait?$fifos[2]", 1));
# a first request behind so much that the session begins without it (an unknown frame is ignored)
$burst_h2->send(h2_preface() . h2_frame(0xfa, 0, 0, 'x' x 9_000) . h2_get("/cgi-bin/wait?$fifos[3]", 1));
$upload_h2->send(h2_preface() . h2_frame(1, 4, 1, $post) . substr h2_frame(0, 0, 1, 'abc'), 0, 10);
my $idle = SC::Tcp->tls($port, $name);
$idle->send($get);
is(($idle->response(5))[0], 200, 'a request');
my $idle_h2 = h2_connect($port);
$idle_h2->send(h2_preface() . h2_get('/plain.txt', 1));
is(h2_body($idle_h2, 1, 5), "plain text\n", 'a request over HTTP/2');
# longer than the deadline and its sweep
select undef, undef, undef, 3.5;
for my $fifo (@fifos) {
    open my $fh, '>', $fifo or die "$fifo: $!\n";
}
$upload->send('def');
$upload_h2->send('bc' . h2_frame(0, 1, 1, 'def'));
like($answer->read_all(10), qr/first words\n.*last words\n/s, 'a slow answer');
like($upload->read_all(10), qr/abcdef/, 'a slow upload');
like(h2_body($answer_h2, 1, 10), qr/\Afirst words\nlast words\n\z/, 'a slow answer over HTTP/2');
like(h2_body($late_h2, 1, 10), qr/\Afirst words\nlast words\n\z/, 'after a session without a request');
like(h2_body($burst_h2, 1, 10), qr/\Afirst words\nlast words\n\z/, 'to a request at the end of a burst');
is(h2_body($upload_h2, 1, 10), 'abcdef', 'a slow upload over HTTP/2');
$idle->send($get);
is(($idle->response(5))[0], 200, 'another request after idling');
$idle_h2->send(h2_get('/plain.txt', 3));
is(h2_body($idle_h2, 3, 5), "plain text\n", 'and over HTTP/2');
good_connection(port => $port);

done_testing;
