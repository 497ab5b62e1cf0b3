# SPDX-License-Identifier: Apache-2.0
# If this fails, a few hundred connections without a whole request stop the whole server.
use SC::Test;
use SC::Curl;
use SC::H2;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);
need_mpm('event');

# The ordinary run has all kinds at once, 100 of each. The long one (SC_HOLD=30, the seconds for each
# kind) has them one after the other, 400 and 400.
my $HOLD = $ENV{SC_HOLD} || 6;
my $EACH = $ENV{SC_HOLD} ? 400 : 100;
my $name = 'www.example.test';
my ($port, $plain) = map { SC::Port::free() } 1 .. 2;
my $server = SC::Httpd->start(mpm => <<'MPM', config => <<"CONF" . tls_host($port, $name, extra => 'SecureChanHandshake timeout=5m head=5m'));
StartServers 2
ServerLimit 2
ThreadLimit 8
ThreadsPerChild 8
MaxRequestWorkers 16
MinSpareThreads 1
MaxSpareThreads 16
AsyncRequestWorkerFactor 64
ListenBacklog 1024
MPM
AcceptFilter https none
AcceptFilter http none
Timeout 300
KeepAliveTimeout 300
Protocols h2 http/1.1
RequestReadTimeout handshake=0 header=0 body=0
Listen 127.0.0.1:$port https
Listen 127.0.0.1:$plain http
<Location /status>
    SetHandler server-status
</Location>
CONF
my $get     = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\n\r\n";
my $long    = "GET / HTTP/1.1\r\n" . ('X: ' . 'x' x 5_000 . "\r\n") x 8;
my $headers = h2_get('/plain.txt', 3);
my $endless = substr h2_frame(1, 4, 3, "\x82" x 16_000), 0, 9;
# for speed: one context for all
my $context = IO::Socket::SSL::SSL_Context->new(SSL_verify_mode => 0);
my $context_h2 = IO::Socket::SSL::SSL_Context->new(SSL_verify_mode => 0, SSL_alpn_protocols => ['h2']);

sub http1 { return SC::Tcp->tls($port, $name, SSL_reuse_ctx => $context) }
sub http2 { return SC::Tcp->tls($port, $name, SSL_reuse_ctx => $context_h2) }

sub asked {
    my $client = http1();
    $client->send($get);
    ($client->response(5))[0] or die "no answer\n";
    return $client;
}

sub asked_h2 {
    my $client = http2();
    $client->send(h2_preface() . h2_get('/plain.txt', 1));
    h2_body($client, 1, 5) or die "no answer\n";
    return $client;
}
# How they begin who then are silent, and who then drip bytes
my @kinds = (
    [ 'a first request',         \&http1,    '',                         'GET /' ],
    [ 'another request',         \&asked,    substr($get, 0, 30),        'GET /' ],
    [ 'HTTP/2, first request',   \&http2,    substr(h2_preface(), 0, 9), h2_preface() . $endless ],
    [ 'HTTP/2, another request', \&asked_h2, substr($headers, 0, 15),    $endless ],
);

sub busy {
    my $text = curl("http://$name/status?auto", port => $plain, timeout => 5)->{body} || '';
    return $text =~ /^BusyWorkers: (\d+)$/m ? $1 : 99;
}

for my $round ($ENV{SC_HOLD} ? (map { [$_] } @kinds) : [@kinds]) {
    my $what = join ', ', map { $_->[0] } @$round;
    # httpd closes idle connections when it runs short of workers, and cannot know that these are not
    # just that.
    my $sure = 0;
    my (@silent, @slow);
    for (@$round) {
        my ($kind, $connect, $once, $begin) = @$_;
        $sure += $kind =~ /another/ ? $EACH : 2 * $EACH;
        for (1 .. $EACH) {
            push @silent, $connect->();
            $silent[-1]->send($once) if length $once;
            push @slow, $connect->();
            $slow[-1]->send($begin);
        }
    }
    ok(wait_for(sub { held($port) >= 0.95 * (@silent + @slow) }, 20), "$what: the server holds them")
      || diag(held($port));
    my $begin = time;
    my ($requests, $slowest, $failed) = (0, 0, 0);
    while (time - $begin < $HOLD && $failed < 4) {
        $_->send('A') for @slow;
        for my $http ('1.1', '2') {
            my $got = curl("https://$name/plain.txt", port => $port, timeout => 5, http => $http);
            $requests++;
            $failed++ if $got->{code} != 200;
            $slowest = $got->{seconds} if $got->{seconds} > $slowest;
        }
    }
    is($failed, 0, "all of $requests ordinary requests meanwhile are answered");
    ok($slowest < 1, 'each in under a second') || diag("slowest: $slowest s");
    my $busy = busy();
    ok($busy < 8, 'without keeping workers busy') || diag("busy: $busy");
    ok(held($port) >= 0.95 * $sure, 'the connections were held all the time');
    note(sprintf '%d requests in %d s, the slowest took %.3f s', $requests, time - $begin, $slowest);
    $_->close_raw for @silent, @slow;
    ok(wait_for(sub { held($port) < 20 }, 20), 'and they are gone when they go');
}
good_connection(port => $port);

done_testing;
