# SPDX-License-Identifier: Apache-2.0
# If this fails, a few hundred connections that send nothing stop the whole server (as they do mod_ssl).
use SC::Test;
use SC::Curl;
use SC::Hello;
use SC::Httpd;
use SC::Kernel;
use SC::Port;
use SC::Tcp;
use Time::HiRes qw(time);
need_mpm('event');

my $HOLD = $ENV{SC_HOLD} || 8;    # seconds; the long run takes 30
my $EACH = 400;
my ($port, $plain) = map { SC::Port::free() } 1 .. 2;
my $server = SC::Httpd->start(mpm => <<'MPM', config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake timeout=1m'));
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
Timeout 120
RequestReadTimeout handshake=0 header=0 body=0
Listen 127.0.0.1:$port https
Listen 127.0.0.1:$plain http
ExtendedStatus On
<Location /status>
    SetHandler server-status
</Location>
CONF
my $hello = client_hello('www.example.test');
my @peers;
push @peers, SC::Tcp->connect($port) for 1 .. $EACH;
for (1 .. $EACH) {
    my $peer = SC::Tcp->connect($port);
    $peer->send(substr $hello, 0, length($hello) / 2);
    push @peers, $peer;
}
my $begin = time;

sub status {
    my $text = curl('http://www.example.test/status?auto', port => $plain, timeout => 5)->{body};
    return { ($text || '') =~ /^(\w+): (\S+)$/mg };
}
ok(wait_for(sub { held($port) >= 2 * $EACH }, 20), "the server holds all of them")
  || diag(held($port), " accepted");
my ($requests, $slowest, $failed) = (0, 0, 0);
while (time - $begin < $HOLD) {
    my $got = curl('https://www.example.test/plain.txt', port => $port, timeout => 5);
    $requests++;
    $failed++ if $got->{code} != 200;
    $slowest = $got->{seconds} if $got->{seconds} > $slowest;
    last if $failed > 3;
}
is($failed, 0, "all of $requests ordinary requests meanwhile are answered");
ok($slowest < 1, 'each in under a second') || diag("slowest: $slowest s");
note(sprintf 'the slowest took %.3f s', $slowest);
my $still = status();
ok(held($port) >= 2 * $EACH, 'the peers were held all the time');
my ($busy) = $still->{BusyWorkers};
ok(defined $busy && $busy < 8, 'without keeping workers busy') || diag("busy: $busy");
$_->close_raw for @peers;
ok(wait_for(sub { held($port) < 20 }, 20), 'and they are gone when they go');
good_connection(port => $port);

done_testing;
