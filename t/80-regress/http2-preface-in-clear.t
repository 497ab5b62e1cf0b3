# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that begins HTTP/2 without TLS on the TLS port gets a session in clear there.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

my @modes = qw(error redirect close);
my %port  = map { $_ => SC::Port::free() } @modes;
my $hosts = join '', map {
    "Listen 127.0.0.1:$port{$_} https\n" . tls_host($port{$_}, 'www.example.test', extra => "SecureChanPlainHTTP $_")
} @modes;
my $server = SC::Httpd->start(config => <<"CONF");
<IfModule http2_module>
    Protocols h2 h2c http/1.1
    H2Direct on
</IfModule>
$hosts
CONF
my $preface  = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
my $settings = pack 'C3 C C N', 0, 0, 0, 4, 0, 0;
for my $mode (@modes) {
    for my $bytes ($preface, "$preface$settings") {
        my $before = () = log_text() =~ /\bSC0318\b/g;
        my $client = SC::Tcp->connect($port{$mode});
        $client->send($bytes);
        my $answer = $client->read_all(10);
        is($answer, '', "SecureChanPlainHTTP $mode: closed without a word") || diag(unpack 'H*', $answer // '');
        ok(wait_for(sub { (() = log_text() =~ /\[securechan:info\].*\bSC0318\b/g) > $before }, 5), 'the log says why');
    }
}
good_connection(port => $port{error});

done_testing;
