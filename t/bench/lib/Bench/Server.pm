# SPDX-License-Identifier: Apache-2.0
package Bench::Server;

# A server under measurement, on a core of its own.
#
#     my $server = Bench::Server->start($name, \%site, \%place);
#     $server->port; $server->pids; $server->memory; $server->stop;
#
# place: httpd (path of the program), libexec, module, core, scratch, docs, pki.
use strict;
use warnings;
use File::Path       qw(make_path);
use IO::Socket::INET ();
use POSIX            qw(:sys_wait_h);
use SC::Port;
use SC::Run qw(spawn reap slurp);
use SC::Wait;
use Time::HiRes qw(time);
use Bench::Config;

my $PATIENCE = 300;    # seconds for a start: mod_ssl needs half a minute for 10,000 hosts

my $count = 0;
my %running;

my @HTTPD = qw(securechan mod_ssl httpd);

my %COMMAND = (
    nginx    => sub { my ($place, $dir) = @_; return ('nginx',    '-e',  "$dir/error_log", '-c', "$dir/conf") },
    haproxy  => sub { my ($place, $dir) = @_; return ('haproxy',  '-db', '-f', "$dir/conf") },
    h2o      => sub { my ($place, $dir) = @_; return ('h2o',      '-m',  'worker', '-c', "$dir/conf") },
    lighttpd => sub { my ($place, $dir) = @_; return ('lighttpd', '-D',  '-f', "$dir/conf") },
    map {
        $_ => sub { my ($place, $dir) = @_; return ($place->{httpd}, '-D', 'FOREGROUND', '-f', "$dir/conf") }
    } @HTTPD,
);

sub spew {
    my ($file, $text, $mode) = @_;
    open my $out, '>', $file or die "$file: $!\n";
    chmod $mode, $file if $mode;
    print {$out} $text or die "$file: $!\n";
    close $out         or die "$file: $!\n";
    return;
}

# The running server; dies with what it said if it does not come up.
sub start {
    my ($class, $name, $site, $place) = @_;
    my $dir = sprintf '%s/%s-%d', $place->{scratch}, $name, ++$count;
    make_path($dir, { mode => 0755 });
    my %site = (%$place, cert => 'ecdsa', %$site, dir => $dir, port => SC::Port::free());
    spew("$dir/conf", Bench::Config::text($name, \%site));
    if ($name eq 'haproxy') {
        spew("$dir/pair.pem", slurp("$site{pki}/$site{cert}.pem") . slurp("$site{pki}/$site{cert}.key"), 0600);
    }
    open my $null, '<', '/dev/null' or die;
    open my $console, '>>', "$dir/console" or die "$dir/console: $!\n";
    my $begin = time;
    my @files = ('sh', '-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh');    # as many as it may open
    my $pid = spawn([ @files, 'taskset', '-c', $place->{core}, $COMMAND{$name}->($place, $dir) ],
        stdin => $null, stdout => $console, stderr => $console);
    my $self = bless {
        name => $name, dir => $dir, pid => $pid, port => $site{port}, owner => $$,
        httpd => !!grep({ $_ eq $name } @HTTPD),
    }, $class;
    $running{$pid} = $self;
    $self->wait_ready;
    $self->{start_seconds} = time - $begin;
    $self->{start_cpu}     = $self->cpu;
    return $self;
}

# Is it ready? httpd listens long before it is, and says so when it is; the others listen when they
# are, nginx but for its worker.
sub ready {
    my ($self) = @_;
    return slurp($self->error_log) =~ /AH00(?:489|292|163):/ if $self->{httpd};
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port})
      && ($self->{name} ne 'nginx' || $self->pids > 1);
}

sub wait_ready {
    my ($self) = @_;
    my ($end, $up, $gone) = (time + $PATIENCE);
    until ($up || $gone || time > $end) {
        select undef, undef, undef, 0.002;
        $gone = waitpid($self->{pid}, WNOHANG) == $self->{pid};
        $up   = $self->ready;
    }
    return if $up && !$gone;
    my $said = slurp("$self->{dir}/console") . slurp("$self->{dir}/error_log");
    delete $running{ delete $self->{pid} } if $gone;
    $self->stop;
    die "$self->{name} does not start: " . substr($said, -2000) . "\n";
}

sub error_log { return "$_[0]{dir}/error_log" }

sub port { return $_[0]{port} }
sub name { return $_[0]{name} }

# From the command to the state in which it answers: by the clock, and CPU time.
sub start_seconds { return $_[0]{start_seconds} }
sub start_cpu     { return $_[0]{start_cpu} }

# All its processes.
sub pids {
    my ($self) = @_;
    my %parent;
    for my $file (glob '/proc/[0-9]*/stat') {
        $parent{$1} = $2 if slurp($file) =~ /^(\d+) \(.*\) \w (\d+) /s;
    }
    my %mine = ($self->{pid} => 1);
    my $before = 0;
    while ($before != keys %mine) {
        $before = keys %mine;
        exists $mine{ $parent{$_} } and $mine{$_} = 1 for keys %parent;
    }
    my @pids = sort { $a <=> $b } keys %mine;
    return @pids;
}

# CPU time of all its threads so far, and of children that have ended, in seconds.
sub cpu {
    my ($self) = @_;
    my $ns = 0;
    for my $pid ($self->pids) {
        $ns += (split ' ', slurp($_))[0] || 0 for glob "/proc/$pid/task/*/schedstat";
    }
    return $ns / 1e9 + $self->lost / POSIX::sysconf(POSIX::_SC_CLK_TCK());
}

# CPU time of children that have ended, in ticks: it must not change while we measure.
sub lost {
    my ($self) = @_;
    my @field = split ' ', slurp("/proc/$self->{pid}/stat") =~ s/^.*\) //sr;
    return $field[13] + $field[14];
}

# Memory in bytes: what its processes have for themselves, and their share of what they have together.
sub memory {
    my ($self) = @_;
    my $sum = 0;
    for my $pid ($self->pids) {
        slurp("/proc/$pid/smaps_rollup") =~ /^Pss:\s+(\d+) kB/m
          or die "$self->{name}: /proc/$pid/smaps_rollup cannot be read\n";
        $sum += $1;
    }
    return $sum * 1024;
}

# Waits until it has done what it has to do.
sub settle {
    my ($self) = @_;
    my ($last, $still) = ('', 0);
    wait_for(sub {
        my $now = join ' ', map { join ' ', (split ' ', slurp("/proc/$_/stat"))[ 13, 14 ] } $self->pids;
        $still = $now eq $last ? $still + 1 : 0;
        $last  = $now;
        return $still > 10;
    }, 20) or die "the server does not come to rest\n";
    return;
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    delete $running{$pid};
    return if $self->{owner} != $$;
    kill TERM => $pid;
    local $?;
    reap($pid, 30);
    return;
}

sub DESTROY { my ($self) = @_; $self->stop; return }

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);
END { local $?; $_->stop for values %running }

1;
