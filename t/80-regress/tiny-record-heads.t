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
good_connection(port => $port, name => 'before');
my $before = peak_memory($server);

# Sends each byte in a record of its own; corked, they fill the segments.
sub send_bytes {
    my ($client, $bytes) = @_;
    cork($client, 1);
    my $ssl = $client->socket->_get_ssl_object;
    local $SIG{ALRM} = sub { die "the server does not read\n" };
    alarm 10;
    for (split //, $bytes) {
        last if Net::SSLeay::write($ssl, $_) != 1;
    }
    alarm 0;
    cork($client, 0);
    return taken($client, 10);
}
my @clients = map { SC::Tcp->tls($port, 'www.example.test') } 1 .. 20;
# the head in two halves, so that it lies there for a while
my $half = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nX: " . 'x' x 12_000;
is(scalar(grep { send_bytes($_, $half) } @clients), 20, 'the server reads all the records of 20 clients');
my $grown = peak_memory($server) - $before;
# under a sanitizer freed memory is kept back on purpose
ok($ENV{SC_SANITIZE} || $grown < 20, 'and takes less than 20 MB for it') || diag("$grown MB");
note(sprintf '%.1f MB', $grown);
is(scalar(grep { send_bytes($_, "\r\n\r\n"); (($_->response(5))[0] || 0) == 200 } @clients), 20, 'all are answered');
good_connection(port => $port);

done_testing;
