# SPDX-License-Identifier: Apache-2.0
package SC::Talk;

# A client program whose standard input stays open until it has the answer: some go away when it
# ends, whatever is still to come.
#
#     my $got = talk([ 'gnutls-cli', ... ], "GET / HTTP/1.1\r\n...", qr/the answer/);
#
# A hash of exit (undef if it had to be killed) and out, both its output streams.
use strict;
use warnings;
use Exporter   qw(import);
use File::Temp ();
use POSIX      qw(:sys_wait_h);
use SC::Run    qw(spawn reap slurp);
use SC::Wait;
our @EXPORT = qw(talk);

sub talk {
    my ($command, $text, $answer, $seconds) = @_;
    my $out = File::Temp->new;
    pipe my $in, my $keyboard or die "pipe: $!\n";
    local $SIG{PIPE} = 'IGNORE';
    local $?;
    # Unbuffered: some show what they got only at their own end.
    my $pid = spawn([ 'stdbuf', '-o0', @$command ], stdin => $in, stdout => $out, stderr => $out);
    close $in;
    syswrite $keyboard, $text;
    my ($status, $ended);
    wait_for(sub {
        ($status, $ended) = ($?, 1) if waitpid($pid, WNOHANG) == $pid;
        return $ended || slurp("$out") =~ $answer;
    }, $seconds || 20);
    close $keyboard;
    $status = reap($pid, 5) if !$ended;
    return { exit => defined $status ? $status >> 8 : undef, out => slurp("$out") };
}

1;
