# SPDX-License-Identifier: Apache-2.0
package Bench::Server;

# A server under measurement, on a core of its own.
#
#     my $server = Bench::Server->start($name, \%site, \%place);
#     $server->port; $server->pids; $server->memory; $server->stop;
#
# place: httpd (path of the program), libexec, module, core, scratch, docs, pki.
# The seconds that a start may take are in site->{patience}, 30 by default.
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

my $count = 0;
my %running;

my %COMMAND = (
    httpd => sub { my ($place, $dir) = @_; return ($place->{httpd}, '-D', 'FOREGROUND', '-f', "$dir/conf") },
    nginx => sub { my ($place, $dir) = @_; return ('nginx', '-e', "$dir/error_log", '-c', "$dir/conf") },
);
@COMMAND{qw(securechan mod_ssl)} = ($COMMAND{httpd}) x 2;

sub spew {
    my ($file, $text) = @_;
    open my $out, '>', $file or die "$file: $!\n";
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
    open my $null, '<', '/dev/null' or die;
    open my $console, '>>', "$dir/console" or die "$dir/console: $!\n";
    my $begin = time;
    my $pid = spawn([ 'taskset', '-c', $place->{core}, $COMMAND{$name}->($place, $dir) ],
        stdin => $null, stdout => $console, stderr => $console);
    my $self = bless {
        name => $name, dir => $dir, pid => $pid, port => $site{port}, owner => $$, begin => $begin,
    }, $class;
    $running{$pid} = $self;
    $self->wait_ready($site{patience} || 30);
    return $self;
}

# httpd makes its children after the last message but one; the others listen only when they are ready.
sub wait_ready {
    my ($self, $patience) = @_;
    my $gone;
    my $up = wait_for(sub {
        return $gone = 1 if waitpid($self->{pid}, WNOHANG) == $self->{pid};
        return slurp("$self->{dir}/error_log") =~ /AH00489:/
          if $self->{name} =~ /^(?:securechan|mod_ssl|httpd)$/;
        return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});
    }, $patience);
    return if $up && !$gone;
    my $said = slurp("$self->{dir}/console") . slurp("$self->{dir}/error_log");
    delete $running{ delete $self->{pid} } if $gone;
    $self->stop;
    die "$self->{name} does not start:\n$said\n";
}

sub port { return $_[0]{port} }
sub name { return $_[0]{name} }

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
    return sort { $a <=> $b } keys %mine;
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

# What it logged that is not its usual talk.
sub complaints {
    my ($self) = @_;
    return grep { /\[(?:[\w]+:)?(?:warn|error|crit|alert|emerg)\]/ } split /^/m,
      slurp("$self->{dir}/error_log");
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
