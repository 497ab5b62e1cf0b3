# SPDX-License-Identifier: Apache-2.0
package SC::Daemon;

# Another server that a test needs, on a loopback port of its own.
#
#     my $cache = SC::Daemon->memcached;      # or redis, or haproxy($port_to => [ports behind it])
#     $cache->port; $cache->stop; $cache->start_again; $cache->freeze; $cache->thaw;
#
# Stopped by pid when the object goes, at the latest when the test ends.
use strict;
use warnings;
use IO::Socket::INET ();
use SC::Port;
use SC::Run qw(spawn reap slurp);
use SC::Wait;

my %running;
my $count = 0;

sub start {
    my ($class, %opt) = @_;
    my $self = bless {%opt, owner => $$}, $class;
    $self->start_again;
    return $self;
}

sub start_again {
    my ($self) = @_;
    open my $null, '<', '/dev/null' or die;
    my $log = "$ENV{SC_WORK}/servers/daemon-$$-$self->{port}.log";
    open my $out, '>>', $log or die "$log: $!\n";
    $self->{pid} = spawn($self->{command}, stdin => $null, stdout => $out, stderr => $out);
    $running{ $self->{pid} } = $self;
    wait_for(sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Timeout => 1) }, 20)
      or die "$self->{command}[0] does not start:\n" . slurp($log);
    return;
}

sub port { return $_[0]{port} }

# Goes at once, whatever it was doing.
sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    delete $running{$pid};
    return if $self->{owner} != $$;
    kill CONT => $pid;
    kill KILL => $pid;
    local $?;
    reap($pid, 10);
    return;
}

sub freeze { my ($self) = @_; kill STOP => $self->{pid}; return }
sub thaw   { my ($self) = @_; kill CONT => $self->{pid}; return }

sub memcached {
    my ($class) = @_;
    my $port = SC::Port::free();
    return $class->start(port => $port,
        command => [ 'memcached', '-l', '127.0.0.1', '-p', $port, '-U', 0, '-m', 16, $> == 0 ? qw(-u nobody) : () ]);
}

sub redis {
    my ($class) = @_;
    my $port = SC::Port::free();
    return $class->start(port => $port, command => [
        'redis-server', '--port', $port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no',
        '--dir', "$ENV{SC_WORK}/servers",
    ]);
}

# In TCP mode, connections in turn to the ports behind it.
sub haproxy {
    my ($class, @ports) = @_;
    my $port = SC::Port::free();
    my $conf = sprintf '%s/servers/haproxy-%d-%d.conf', $ENV{SC_WORK}, $$, ++$count;
    open my $fh, '>', $conf or die "$conf: $!\n";
    print {$fh} <<"CONF", map { "    server s$_ 127.0.0.1:$_\n" } @ports;
defaults
    mode tcp
    timeout connect 10s
    timeout client 30s
    timeout server 30s
listen balance
    bind 127.0.0.1:$port
    balance roundrobin
CONF
    close $fh or die;
    return $class->start(port => $port, command => [ 'haproxy', '-db', '-f', $conf ]);
}

sub DESTROY { my ($self) = @_; $self->stop; return }

END { local $?; $_->stop for values %running }

1;
