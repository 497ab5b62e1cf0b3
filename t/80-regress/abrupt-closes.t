# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that vanish (every scanner, every phone in a tunnel) leave something behind.
use SC::Test;
use SC::Hello;
use SC::Tcp;

my $hello = client_hello('www.example.test');
my %stages = (
    'before any byte'         => sub { SC::Tcp->connect(port('tls')) },
    'after one byte'          => sub { my $c = SC::Tcp->connect(port('tls')); $c->send("\x16"); $c },
    'in the record header'    => sub { my $c = SC::Tcp->connect(port('tls')); $c->send(substr $hello, 0, 4); $c },
    'in the middle of the hello' => sub { my $c = SC::Tcp->connect(port('tls')); $c->send(substr $hello, 0, 100); $c },
    'right after the hello'   => sub { my $c = SC::Tcp->connect(port('tls')); $c->send($hello); $c },
    'after the server hello'  => sub {
        my $c = SC::Tcp->connect(port('tls'));
        $c->send($hello);
        $c->read_bytes(5, 5);
        $c;
    },
    'after the handshake'     => sub { SC::Tcp->tls(port('tls'), 'www.example.test') },
    'in the request'          => sub {
        my $c = SC::Tcp->tls(port('tls'), 'www.example.test');
        $c->send("GET /plain.txt HTTP/1.1\r\nHost: www");
        $c;
    },
    'in the body'             => sub {
        my $c = SC::Tcp->tls(port('tls'), 'www.example.test');
        $c->send("POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 100\r\n\r\nhalf");
        $c;
    },
    'after the request'       => sub {
        my $c = SC::Tcp->tls(port('tls'), 'www.example.test');
        $c->send("GET /index.html HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
        $c;
    },
    'in the answer'           => sub {
        my $c = SC::Tcp->tls(port('tls'), 'www.example.test');
        $c->send("GET /cgi-bin/drip?5000 HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
        $c->read_bytes(100, 10);
        $c;
    },
    'idle, kept alive'        => sub {
        my $c = SC::Tcp->tls(port('tls'), 'www.example.test');
        $c->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
        $c->response(10);
        $c;
    },
);
# httpd's own words about a body that ends early.
allow_log(qr{\[(?:cgid?|core):error\]});
for my $stage (sort keys %stages) {
    for my $how (qw(close_raw reset)) {
        for (1 .. 3) { $stages{$stage}->()->$how }
        good_connection(name => "$how $stage");
    }
}

done_testing;
