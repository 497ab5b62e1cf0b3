# SPDX-License-Identifier: Apache-2.0
# If this fails, a handshake that arrives byte by byte (bad networks, strange middle boxes) fails.
use SC::Test;
use IO::Select       ();
use IO::Socket::INET ();
use SC::Curl;
use POSIX ();
use Socket qw(IPPROTO_TCP TCP_NODELAY);

# A relay in between that passes on what the client sends one byte at a time.
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5, Proto => 'tcp') or die;
my $relay = fork;
die "fork: $!" if !defined $relay;
if (!$relay) {
    $SIG{ALRM} = 'DEFAULT';
    alarm 40;
    while (my $client = $listen->accept) {
        my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => port('tls')) or last;
        setsockopt $server, IPPROTO_TCP, TCP_NODELAY, 1;
        my $select = IO::Select->new($client, $server);
      PASS: while (my @ready = $select->can_read(10)) {
            for my $from (@ready) {
                my $n = sysread $from, my $data, 16_384;
                last PASS if !$n;
                my @pieces = $from == $client ? split //, $data : $data;
                for (@pieces) { syswrite(+($from == $client ? $server : $client), $_) or last PASS }
            }
        }
    }
    POSIX::_exit(0);
}
for my $version (qw(1.2 1.3)) {
    my $got = curl('https://www.example.test/plain.txt', port => $listen->sockport,
        args => [ '--tls-max', $version ]);
    is($got->{body}, "plain text\n", "TLS $version byte by byte") || diag($got->{err});
}
kill TERM => $relay;
waitpid $relay, 0;
good_connection();

done_testing;
