# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that never sends a whole request head is kept for as long as it likes.
use SC::Test;
use SC::H2;
use SC::Httpd;
use SC::Port;
use SC::Run qw(slurp);
use SC::Tcp;
use Time::HiRes qw(time);
need_mpm('event');

my $name   = 'www.example.test';
my $port   = SC::Port::free();
# Threads for all of them at once: httpd closes idle connections when it has none. head= is inherited.
my $server = SC::Httpd->start(mpm => <<'MPM', config => <<"CONF" . tls_host($port, $name, extra => 'SecureChanHandshake timeout=20s'));
StartServers 1
ServerLimit 1
ThreadLimit 64
ThreadsPerChild 64
MaxRequestWorkers 64
MinSpareThreads 1
MaxSpareThreads 64
MPM
AcceptFilter https none
AcceptFilter http none
Timeout 60
KeepAliveTimeout 60
Protocols h2 http/1.1
RequestReadTimeout handshake=0 header=0 body=0
SecureChanHandshake head=2s
CustomLog access_log "%>s"
Listen 127.0.0.1:$port https
CONF
my $get = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\n\r\n";

sub first { my ($bytes) = @_; my $c = SC::Tcp->tls($port, $name); $c->send($bytes); return $c }

sub later {
    my ($bytes) = @_;
    my $client = first($get);
    is(($client->response(5))[0], 200, 'a request');
    $client->send($bytes);
    return $client;
}
sub first_h2 { my ($bytes) = @_; my $c = h2_connect($port); $c->send($bytes); return $c }

sub later_h2 {
    my ($bytes) = @_;
    my $client = first_h2(h2_preface() . h2_get('/plain.txt', 1));
    is(h2_body($client, 1, 5), "plain text\n", 'a request over HTTP/2');
    $client->send($bytes);
    return $client;
}

# Bytes below TLS
sub raw {
    my ($client, $bytes) = @_;
    open my $socket, '>&', fileno $client->socket or die "dup: $!\n";
    syswrite $socket, $bytes;
    return $client;
}
my $record    = "\x17\x03\x03\x00\x40";
my $half_head = "GET /plain.txt HTTP/1.1\r\nHost: ";
my $headers   = h2_get('/plain.txt', 3);
# what they sent, and what they get before the end (mod_http2 says GOAWAY, but not always when it
# has seen the beginning of a request)
my %clients = (
    'nothing'                   => [ first(''),                     qr/\A\z/ ],
    'half a record'             => [ raw(first(''), "$record xy"),  qr/\A\z/ ],
    "a record's header"         => [ raw(first(''), $record),       qr/\A\z/ ],
    'half a request line'       => [ first('GET /pla'),             qr/\A\z/ ],
    'half a head'               => [ first($half_head),             qr{\AHTTP/1\.1 408 } ],
    'empty lines'               => [ first("\r\n\r\n"),             qr/\A\z/ ],
    'half a head, later'        => [ later($half_head),             qr{\AHTTP/1\.1 408 } ],
    'half a record, later'      => [ raw(later(''), "$record xy"),  qr/\A\z/ ],
    'one and a half'            => [ later("$get$half_head"),       qr{\n\nplain text\nHTTP/1\.1 408 } ],
    'h2: nothing'               => [ first_h2(''),                  qr/\A\z/ ],
    'h2: half the preface'      => [ first_h2("PRI * HTTP/2"),      qr/\A\z/ ],
    'h2: the preface'           => [ first_h2(h2_preface()),        qr/./s ],
    'h2: half of HEADERS'       => [ first_h2(h2_preface() . substr $headers, 0, 12), qr/./s ],
    'h2: half a header block'   => [ first_h2(h2_preface() . h2_frame(1, 1, 1, "\x82")), qr/./s ],
    'h2: half of HEADERS later' => [ later_h2(substr $headers, 0, 12), qr// ],
    'h2: a PING is no request'  => [ first_h2(h2_preface()),        qr/./s, h2_frame(6, 0, 0, 'pingping') ],
    'byte by byte'              => [ first($half_head),             qr{\AHTTP/1\.1 408 }, 'x' ],
    'byte by byte, later'       => [ later($half_head),             qr{\AHTTP/1\.1 408 }, 'x' ],
    'empty lines all the time'  => [ first("\r\n"),                 qr{\AHTTP/1\.1 400 }, "\r\n" ],
    'h2: byte by byte, later'   => [ later_h2(substr $headers, 0, 9), qr//, "\x82" ],
    'plain: half a head'        => [ do { my $c = SC::Tcp->connect($port); $c->send($half_head); $c }, qr{ 408 } ],
    'plain: byte by byte'       => [ do { my $c = SC::Tcp->connect($port); $c->send($half_head); $c }, qr{ 408 }, 'x' ],
);
my $idle  = later('');
my $begin = time;
my %took;
my $drip = 0;
wait_for(sub {
    # a drop every 200 ms: the pace is what is tested
    my $now = (time - $begin) / 0.2 > $drip ? ++$drip : 0;
    for my $what (grep { !$took{$_} } keys %clients) {
        my ($client, undef, $drop) = @{ $clients{$what} };
        $client->send($drop) if $drop && $now;
        $client->fill(0);
        $took{$what} = time - $begin if $client->{eof};
    }
    return keys %took == keys %clients;
}, 12);
for my $what (sort keys %clients) {
    my ($client, $pattern) = @{ $clients{$what} };
    my $took = $took{$what} || 99;
    ok($took > 1 && $took < 6, "$what: closed at the deadline") || diag("$took s");
    (my $text = $client->{data}) =~ s/\r//g;
    like($text, $pattern, '  with the right last words');
    ok($client->got_close_notify, '  and close_notify') if $client->{tls} && $what !~ /record/;
}
$idle->send($get);
is(($idle->response(5))[0], 200, 'a connection that was idle all the time is alive');
expect_log(qr/debug.* SC0350: /, qr/info.* SC0351: /);
is(scalar(() = log_text() =~ /SC035[01]/g), scalar keys %clients, 'one line for each in the error log');
# those that sent nothing are none of the access log's business
unlike(slurp($server->dir . '/access_log'), qr/^(?!200|408|400)/m, 'nothing strange in the access log');
my $timed_out = () = slurp($server->dir . '/access_log') =~ /^408$/mg;
is($timed_out, 9, 'the timeouts of those who sent a part of a head') || diag(slurp($server->dir . '/access_log'));
good_connection(port => $port);

done_testing;
