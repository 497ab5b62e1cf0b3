# SPDX-License-Identifier: Apache-2.0
# If this fails, mod_reqtimeout (on by default in Debian) kills good kept-alive connections over TLS,
# or no longer guards request bodies there.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test'));
KeepAliveTimeout 30
RequestReadTimeout handshake=5 header=5 body=2
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
Listen 127.0.0.1:$port https
CONF
my $request = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
my $body    = "POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 10\r\n\r\nhalf";
my ($used, $silent) = map { SC::Tcp->tls($port, 'www.example.test') } 1 .. 2;
for my $client ($used, $silent) {
    $client->send($request);
    is(($client->response(5))[0], 200, 'a first request');
}
allow_log(qr/\[(?:core|reqtimeout|cgid?):\w+\]/);
my $begin = time;
$silent->send($body);
ok($silent->eof_within(15), 'a silent body on a second request ends');
ok(time - $begin < 10, 'within the time that body= sets');
# longer than any of the stages
wait_for(sub { time - $begin > 7 }, 10);
$used->send($request);
is(($used->response(5))[0], 200, 'an idle connection is alive after 7 s');
good_connection(port => $port);

done_testing;
