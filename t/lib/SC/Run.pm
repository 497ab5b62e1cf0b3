# SPDX-License-Identifier: Apache-2.0
package SC::Run;

# Run a program with a deadline; stop it by its process group when the deadline passes.
use strict;
use warnings;
use Exporter    qw(import);
use File::Temp  ();
use POSIX       qw(:sys_wait_h setpgid _exit);
use Time::HiRes qw(time);
use SC::Wait;
our @EXPORT_OK = qw(run spawn reap slurp);

sub slurp {
    my ($file) = @_;
    open my $fh, '<:raw', $file or return '';
    local $/;
    my $text = <$fh>;
    return defined $text ? $text : '';
}

# spawn(\@command, stdin => FH, stdout => FH, stderr => FH, env => {}): the child's process id;
# it leads a process group of its own.
sub spawn {
    my ($command, %opt) = @_;
    my $pid = fork;
    die "fork: $!\n" if !defined $pid;
    if (!$pid) {
        setpgid(0, 0);
        open STDIN,  '<&', $opt{stdin}  or _exit(126);
        open STDOUT, '>&', $opt{stdout} or _exit(126);
        open STDERR, '>&', $opt{stderr} or _exit(126);
        $ENV{$_} = $opt{env}{$_} for keys %{ $opt{env} || {} };
        { no warnings 'exec'; exec { $command->[0] } @$command; }
        _exit(127);
    }
    return $pid;
}

# reap($pid, $seconds): wait for a child; kill its group when it does not end. Gives the wait
# status, or undef when it had to be killed.
sub reap {
    my ($pid, $seconds) = @_;
    my $status;
    my $done = wait_for(sub {
        return if waitpid($pid, WNOHANG) != $pid;
        $status = $?;
        return 1;
    }, $seconds);
    return $status if $done;
    kill KILL => -$pid, $pid;
    waitpid $pid, 0;
    return;
}

# run(\@command, stdin => TEXT, timeout => SECONDS, env => {}): a hash of exit (undef after a
# timeout), out, err, seconds.
sub run {
    my ($command, %opt) = @_;
    my ($in, $out, $err) = map { File::Temp->new } 1 .. 3;
    binmode $in;
    print {$in} defined $opt{stdin} ? $opt{stdin} : '';
    $in->flush;
    seek $in, 0, 0;
    my $begin = time;
    local $?;
    my $pid = spawn($command, stdin => $in, stdout => $out, stderr => $err, env => $opt{env});
    my $status = reap($pid, $opt{timeout} || 30);
    return {
        exit    => defined $status ? ($status & 127 ? 128 + ($status & 127) : $status >> 8) : undef,
        out     => slurp("$out"),
        err     => slurp("$err"),
        seconds => time - $begin,
    };
}

1;
