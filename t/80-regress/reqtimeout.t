# SPDX-License-Identifier: Apache-2.0
# If this fails, mod_reqtimeout (on by default in Debian) kills good idle connections over TLS, or no
# longer guards request bodies there.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test'));
KeepAliveTimeout 30
RequestReadTimeout handshake=3 header=3 body=2
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
Listen 127.0.0.1:$port https
CONF
my $request = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
my $body    = "POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 10\r\n\r\nhalf";
my ($used, $silent, $first, $new) = map { SC::Tcp->tls($port, 'www.example.test') } 1 .. 4;
for my $client ($used, $silent) {
    $client->send($request);
    is(($client->response(5))[0], 200, 'a first request');
}
allow_log(qr{\[(?:core|reqtimeout|cgid?):\w+\]|Unable to flush stdout});
my $begin = time;
$_->send($body) for $silent, $first;
ok($silent->eof_within(15), 'a silent body on a second request ends');
ok(time - $begin < 8, 'within the time that body= sets, not Timeout');
ok($first->eof_within(5), 'and on a first one');
# longer than any of the stages
wait_for(sub { time - $begin > 5 }, 10);
# (with the other MPMs its header= goes for the wait for a first request)
for my $client ($used, mpm() eq 'event' ? $new : ()) {
    $client->send($request);
    is(($client->response(5))[0], 200, 'an idle connection is alive');
}
good_connection(port => $port);

done_testing;
