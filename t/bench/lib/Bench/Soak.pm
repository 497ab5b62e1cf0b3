# SPDX-License-Identifier: Apache-2.0
package Bench::Soak;

# Mixed load on one server for many minutes: good clients of all kinds beside
# clients that break off and peers that say nothing.
#
#     my $soak = Bench::Soak->new($server, \%place, h2 => 1);
#     $soak->cycle;                       # some seconds of everything at once
#     $soak->{errors}; $soak->{done}; $soak->{samples};
use strict;
use warnings;
use File::Temp   ();
use IO::Socket::INET ();
use Socket       qw(SOL_SOCKET SO_LINGER);
use SC::Run      qw(spawn reap slurp);
use SC::Wait;
use Time::HiRes qw(time);
use Bench::Load;

my $CYCLE = 8;    # seconds of load in a cycle

# What good clients do. Each line is one load generator.
my %GOOD = (
    handshakes => [qw(--requests 0 --connections 2)],
    'handshakes, TLS 1.2' => [qw(--tls 1.2 --requests 0 --connections 2)],
    resumed    => [qw(--resume --requests 1 --connections 2)],
    requests   => [qw(--requests keep --connections 4)],
    'short connections' => [qw(--requests 3 --connections 2)],
    downloads  => [qw(--requests keep --path /10m --body 10485760 --connections 1)],
    uploads    => [qw(--requests keep --path /upload --upload 300000 --connections 1)],
    'HTTP/2'   => [qw(--h2 --streams 10 --requests keep --path /100k --body 102400 --connections 2)],
);

# A whole ClientHello would do; half of one is worse.
my $HALF_HELLO = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . 'r' x 32;

sub new {
    my ($class, $server, $place, %opt) = @_;
    return bless {
        server  => $server, place => $place, %opt,
        errors  => [], done => {}, samples => [], begun => time,
    }, $class;
}

sub connected {
    my ($self) = @_;
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{server}->port, Timeout => 5);
}

# ------------------------------------------------------------- bad clients

# Peers that say nothing, or half a hello, for the whole cycle.
sub silent {
    my ($self) = @_;
    my @peers = grep { $_ } map { $self->connected } 1 .. $self->{silent};
    for my $i (0 .. $#peers) {
        syswrite $peers[$i], $HALF_HELLO if $i % 2;
    }
    $self->{done}{'silent peers'} += @peers;
    return @peers;
}

# Closes with a reset.
sub break_off {
    my ($socket) = @_;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    close $socket;
    return;
}

# Garbage, half a hello, nothing at all: then a reset.
sub break_connections {
    my ($self) = @_;
    for my $bytes ('', 'x' x 100, $HALF_HELLO, "GET / HTTP/1.1\r\n", "\x80\x2e\x01") {
        my $socket = $self->connected or next;
        syswrite $socket, $bytes if length $bytes;
        break_off($socket);
        $self->{done}{aborts}++;
    }
    return;
}

# Clients that go away in the middle of downloads, handshakes and requests.
sub break_clients {
    my ($self) = @_;
    open my $null, '+<', '/dev/null' or die;
    for my $what (qw(downloads handshakes requests)) {
        my $pid = spawn([ Bench::Load::command($self->{server}, $self->{place}, '--seconds', 5, @{ $GOOD{$what} }) ],
            stdin => $null, stdout => $null, stderr => $null);
        select undef, undef, undef, 0.1 + rand 0.2;
        kill KILL => $pid;
        waitpid $pid, 0;
        $self->{done}{aborts}++;
    }
    return;
}

# ------------------------------------------------------------ good clients

sub start_good {
    my ($self, $what) = @_;
    open my $null, '<', '/dev/null' or die;
    my $out = File::Temp->new;
    my $pid = spawn([
        Bench::Load::command($self->{server}, $self->{place}, '--seconds', $CYCLE, '--limit', 60, @{ $GOOD{$what} })
    ], stdin => $null, stdout => $out, stderr => $out);
    return { what => $what, pid => $pid, out => $out };
}

sub finish_good {
    my ($self, $client) = @_;
    local $?;
    my $status = reap($client->{pid}, 90);
    my $said   = slurp("$client->{out}");
    if (defined $status && $status == 0) {
        $self->{done}{ $client->{what} } += Bench::Load::parse($said)->{operations};
    }
    else {
        push @{ $self->{errors} }, "$client->{what}: " . Bench::Load::complaint($said);
    }
    return;
}

sub kinds {
    my ($self) = @_;
    return grep { $self->{h2} || $_ ne 'HTTP/2' } sort keys %GOOD;
}

# ----------------------------------------------------------------- a cycle

sub descriptors {
    my ($self) = @_;
    my $count = 0;
    for my $pid ($self->{server}->pids) {
        opendir my $dir, "/proc/$pid/fd" or next;
        $count += grep { !/^\./ } readdir $dir;
    }
    return $count;
}

# What the server holds when nobody wants anything from it.
sub sample {
    my ($self) = @_;
    $self->{server}->settle;
    push @{ $self->{samples} }, {
        minutes     => (time - $self->{begun}) / 60,
        memory      => $self->{server}->memory,
        descriptors => $self->descriptors,
    };
    return;
}

sub cycle {
    my ($self) = @_;
    my @silent  = $self->silent;
    my @clients = map { $self->start_good($_) } $self->kinds;
    my $end     = time + $CYCLE;
    while (time < $end) {
        $self->break_connections;
        $self->break_clients;
    }
    $self->finish_good($_) for @clients;
    break_off($_) for @silent;
    # A handshake's deadline is the longest that anything of this may last.
    wait_for(sub { !$self->open_connections }, 20);
    $self->sample;
    return;
}

# Connections of the server's port, as the kernel counts them.
sub open_connections {
    my ($self) = @_;
    my $port = sprintf ':%04X', $self->{server}->port;
    return scalar grep { (split)[1] =~ /$port$/ && (split)[3] !~ /^(?:0A|06)$/ } split /\n/, slurp('/proc/net/tcp');
}

1;
