# SPDX-License-Identifier: Apache-2.0
# If this fails, anybody can harm the server, or fill its log, by sending nonsense to the TLS port.
use SC::Test;
use SC::Hello;
use SC::Tcp;

my $hello = client_hello('www.example.test');
my %first = (
    'zero bytes'             => "\0" x 200,
    'high bytes'             => "\xff" x 200,
    'a record of length 0'   => "\x16\x03\x01\0\0",
    'a record too long'      => "\x16\x03\x01\xff\xff" . 'x' x 17_000,
    'a record version 9.9'   => "\x16\x09\x09\0\x05hello",
    'application data first' => "\x17\x03\x03\0\x05hello",
    'an alert first'         => "\x15\x03\x01\0\x02\x02\x28",
    'a heartbeat'            => "\x18\x03\x02\0\x03\x01\x40\0",
    'an SSH client'          => "SSH-2.0-OpenSSH_9.2\r\n",
    'an SMTP client'         => "EHLO example.test\r\n",
    'an SSLv2 hello'         => "\x80\x2e\x01\0\x02\0\x15\0\0\0\x10" . "\x01\0\x80\x02\0\x80\x03\0\x80\x04\0\x80\x05\0\x80\x06\0\x40\x07\0\xc0" . 'c' x 16,
    'a PCT hello'            => "\x80\x3e\x01\x80\x01" . 'p' x 59,
    'a hello of all zeroes'  => substr($hello, 0, 9) . "\0" x (length($hello) - 9),
    'a hello, length lies'   => "\x16\x03\x01\0\x20\x01\xff\xff\xff" . 'x' x 28,
    'half a hello, then x'   => substr($hello, 0, 60) . 'x' x (length($hello) - 60),
    'a hello twice'          => $hello x 2,
    'a server hello'         => "\x16\x03\x03\0\x2a\x02\0\0\x26\x03\x03" . 's' x 32 . "\0\x13\x01\0",
    'UTF-16 HTTP'            => join('', map { "$_\0" } split //, "GET / HTTP/1.1\r\n\r\n"),
    'a proxy header'         => "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n",
);
for my $what (sort keys %first) {
    my $client = SC::Tcp->connect(port('tls'));
    $client->send($first{$what});
    # the end of what we send: no more is coming
    $client->half_close;
    ok($client->eof_within(10), "$what: the connection ends");
}
my @ours = grep { /\bSC\d{4}: / } split /\n/, log_text();
ok(@ours <= 2 * keys %first, 'at most one line each is logged') || diag(scalar @ours);
good_connection();

done_testing;
