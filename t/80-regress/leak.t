# SPDX-License-Identifier: Apache-2.0
# If this fails, every connection leaves something behind: the server grows until it falls over.
use SC::Test;
use SC::Hello;
use SC::Httpd;
use SC::Port;
use SC::Run qw(slurp);
use SC::Tcp;
need_mpm(qw(event worker));

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Protocols h2 http/1.1\nListen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
my ($child) = $server->children;

my @context = map { IO::Socket::SSL::SSL_Context->new(SSL_verify_mode => 0, SSL_alpn_protocols => [$_]) } qw(http/1.1 h2);

sub descriptors { my @all = glob "/proc/$child/fd/*"; return scalar @all }
sub resident    { return slurp("/proc/$child/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0 }

sub work {
    my ($rounds) = @_;
    for (1 .. $rounds) {
        my $good = SC::Tcp->tls($port, 'www.example.test');
        $good->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
        $good->read_all(5);
        my $bad = SC::Tcp->connect($port);
        $bad->send("garbage\n");
        $bad->read_all(5);
        my $cut = SC::Tcp->connect($port);
        $cut->send(client_hello('www.example.test'));
        $cut->close_raw;
        my $half = SC::Tcp->tls($port, 'www.example.test', SSL_reuse_ctx => $context[ $_ % 2 ]);
        $half->send($_ % 2 ? "PRI * HTTP/2.0" : "GET / HTTP/1.1\r\n") if $_ % 3;
        $_ % 4 ? $half->close_raw : $half->reset;
    }
    return;
}
work(150);
my ($fds, $before) = (descriptors(), resident());
work(400);
my $same = wait_for(sub { descriptors() <= $fds + 2 }, 10);
ok($same, 'no descriptor is left open') || diag("$fds before, @{[descriptors()]} after");
my $grown = resident() - $before;
# under a sanitizer freed memory is kept back on purpose
ok($ENV{SC_SANITIZE} || $grown < 3000, 'memory does not grow by 2.5 KB a connection') || diag("$grown KB");
good_connection(port => $port);

done_testing;
