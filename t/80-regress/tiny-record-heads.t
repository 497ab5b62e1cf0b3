# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that send a request head in records of one byte make the server take gigabytes.
use SC::Test;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;
use Net::SSLeay ();
need_mpm('event');

my $port   = SC::Port::free();
my $server = SC::Httpd->start(mpm => <<'MPM', config => <<"CONF" . tls_host($port, 'www.example.test'));
StartServers 1
ServerLimit 1
ThreadLimit 64
ThreadsPerChild 64
MaxRequestWorkers 64
MinSpareThreads 1
MaxSpareThreads 64
MPM
LimitRequestFieldSize 15000
Listen 127.0.0.1:$port https
CONF
# as many connections as later, so that only the records make a difference
my $get    = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
my @before = map { my $c = SC::Tcp->tls($port, 'www.example.test'); $c->send($get); $c } 1 .. 25;
is(scalar(grep { (($_->response(5))[0] || 0) == 200 } @before), 25, 'before');
$_->close_raw for @before;
my $before = peak_memory($server);

my @clients = map { SC::Tcp->tls($port, 'www.example.test') } 1 .. 25;

# Sends each byte in a record of its own, one to each client in turn, so that they come one by one; or
# corked, all at once.
sub send_bytes {
    my ($corked, $bytes, @to) = @_;
    cork($_, $corked) for @to;
    my @ssl = map { $_->socket->_get_ssl_object } @to;
    local $SIG{ALRM} = sub { die "the server does not read\n" };
    alarm 20;
    for my $byte (split //, $bytes) {
        Net::SSLeay::write($_, $byte) for @ssl;
    }
    alarm 0;
    cork($_, 0) for @to;
    return scalar grep { taken($_, 10) } @to;
}
# the head in two halves, so that it lies there for a while
my $half = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nX: " . 'x' x 13_000;
is(send_bytes(0, $half, @clients[ 0 .. 19 ]), 20, 'the server reads all records of 20 clients');
is(send_bytes(1, $half, @clients[ 20 .. 24 ]), 5, 'and of 5 that send them at once');
my $grown = peak_memory($server) - $before;
# under a sanitizer freed memory is kept back on purpose
ok($ENV{SC_SANITIZE} || $grown < 20, 'and takes less than 20 MB for it') || diag("$grown MB");
note(sprintf '%.1f MB', $grown);
send_bytes(1, "\r\n\r\n", @clients);
is(scalar(grep { (($_->response(5))[0] || 0) == 200 } @clients), 25, 'all are answered');
good_connection(port => $port);

done_testing;
