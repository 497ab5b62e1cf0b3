# SPDX-License-Identifier: Apache-2.0
# If this fails, a connection that becomes HTTP/2 without ALPN stands still.
use SC::Test;
use SC::H2;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
need_mpm(qw(event worker));

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Protocols h2 http/1.1\nH2Direct on\nH2Upgrade on\n"
      . "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));

my $direct = SC::Tcp->tls($port, 'www.example.test');
$direct->send(h2_preface());
for my $stream (1, 3, 5) {
    $direct->send(h2_get('/plain.txt', $stream));
    is(h2_body($direct, $stream, 10), "plain text\n", "the preface straight away, stream $stream");
}

my $upgraded = SC::Tcp->tls($port, 'www.example.test');
$upgraded->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nConnection: Upgrade, HTTP2-Settings\r\n"
      . "Upgrade: h2\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
like($upgraded->read_until(qr/\r\n\r\n/, 10), qr{\AHTTP/1\.1 101 }, 'an upgrade');
$upgraded->send(h2_preface());
is(h2_body($upgraded, 1, 10), "plain text\n", 'with the answer to the first request');
good_connection(port => $port);

done_testing;
