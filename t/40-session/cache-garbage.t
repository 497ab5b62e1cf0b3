# SPDX-License-Identifier: Apache-2.0
# If this fails, a session cache that answers nonsense, or that somebody else can write to, breaks
# handshakes or slips in a session.
use SC::Test;
use IO::Socket::INET ();
use SC::Httpd;
use SC::Port;
use SC::Returning;

# Something that looks like memcached and answers each question with the bytes the test has chosen.
sub fake_memcached {
    my ($value) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 64, Proto => 'tcp') or die;
    my $pid = fork // die "fork: $!\n";
    return { port => $listen->sockport, pid => $pid } if $pid;
    # one process for all, as many connections as come
    my %line;
    my $select = IO::Select->new($listen);
    alarm 120;
    while (my @ready = $select->can_read) {
        for my $socket (@ready) {
            if ($socket == $listen) {
                $select->add($listen->accept || next);
                next;
            }
            my $n = sysread $socket, $line{$socket}, 65_536, length($line{$socket} // '');
            if (!$n) {
                delete $line{$socket};
                $select->remove($socket);
                close $socket;
                next;
            }
            while ($line{$socket} =~ s/\A(\w+)(?: (\S+))?([^\r\n]*)\r\n//) {
                my ($command, $key, $rest) = ($1, $2, $3);
                if ($command eq 'set') {
                    my (undef, undef, undef, $bytes) = split / /, $rest;
                    substr $line{$socket}, 0, $bytes + 2, '';
                }
                my $answer = $value->($command, $key);
                syswrite $socket, $answer if defined $answer;
            }
        }
    }
    require POSIX;
    POSIX::_exit(0);
}
use IO::Select ();
$SIG{PIPE} = 'IGNORE';

sub entry {
    my ($key, $bytes) = @_;
    return "VALUE $key 0 " . length($bytes) . "\r\n$bytes\r\nEND\r\n";
}
my $random = join '', map { chr($_ * 31 % 251) } 1 .. 300;
my %ANSWERS = (
    'random bytes'      => sub { $_[0] eq 'get' ? entry($_[1], $random) : "STORED\r\n" },
    'one byte'          => sub { $_[0] eq 'get' ? entry($_[1], 'x') : "STORED\r\n" },
    'very much'         => sub { $_[0] eq 'get' ? entry($_[1], $random x 100) : "STORED\r\n" },
    'a plain session'   => sub { $_[0] eq 'get' ? entry($_[1], "0\x82\x01\x00" . 'x' x 256) : "STORED\r\n" },
    'another protocol'  => sub { "HTTP/1.1 400 Bad Request\r\n\r\n" },
    'errors'            => sub { "SERVER_ERROR out of memory\r\n" },
);
expect_log('SC0161');
allow_log(qr/AH007(?:90|91|92)/);
for my $what (sort keys %ANSWERS) {
    my $fake   = fake_memcached($ANSWERS{$what});
    my $port   = SC::Port::free();
    my $server = SC::Httpd->start(modules => ['socache_memcache'], config => <<"CONF" . tls_host($port, 'www.example.test'));
SecureChanSessionCache memcache:127.0.0.1:$fake->{port}
Listen 127.0.0.1:$port https
CONF
    my $client = SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1);
    $client->is_served(0, "$what: first");
    $client->is_served(0, "$what: again $_") for 1 .. 6;
    ok(wait_for(sub { $client->visit; $server->log =~ /SC0161/ }, 10), "$what: the log says that the cache is no good");
    my @warnings  = grep { /SC0161/ } split /\n/, $server->log;
    my %processes = map { /\[pid (\d+)/ ? ($1 => 1) : () } @warnings;
    is(scalar @warnings, scalar keys %processes, "$what: once for each child");
    good_connection(port => $port);
    $server->stop;
    kill KILL => $fake->{pid};
    waitpid $fake->{pid}, 0;
}

done_testing;
