# SPDX-License-Identifier: Apache-2.0
package Bench::Load;

# Runs the load generator against a server, on the other core.
#
#     my $got  = Bench::Load::run($server, \%place, @options);     # what it printed; times in ns
#     my $load = Bench::Load->hold($server, \%place, @options);    # keeps its connections open
#     $load->release;
#     my $got  = Bench::Load::floor(\%place, @arguments);          # OpenSSL alone
#
# Each dies with the reason if anything was not as it should be. place: programs
# (their directory), core, load_core, pki.
use strict;
use warnings;
use IPC::Open3 ();
use SC::Run    ();
use Symbol     ();

sub parse {
    my ($line) = @_;
    return { map { /^(\w+)=(\d+)$/ ? ($1 => $2) : () } split ' ', $line };
}

sub command {
    my ($server, $place, @options) = @_;
    return ('taskset', '-c', $place->{load_core}, "$place->{programs}/load", '--port', $server->port, @options);
}

# The first line of what a program complains about.
sub complaint {
    my ($text) = @_;
    my ($said) = $text =~ /^(?:load|floor): (.*)/m;
    return ($said || $text || 'no result') . "\n";
}

sub run {
    my ($server, $place, @options) = @_;
    my @pids = $server->pids;
    my $lost = $server->lost;
    my $ran  = SC::Run::run([ command($server, $place, '--pids', join(',', @pids), @options) ], timeout => 120);
    die complaint($ran->{err}) if !defined $ran->{exit} || $ran->{exit} != 0;
    die "the server began or ended processes meanwhile\n"
      if "@pids" ne join(' ', $server->pids) || $lost != $server->lost;
    return parse($ran->{out});
}

# One request on a connection of its own: is it answered within so many seconds?
sub answered {
    my ($server, $place, $seconds, @options) = @_;
    my $ran = SC::Run::run([
        command($server, $place, @options, qw(--cold --connections 1 --operations 1 --limit), $seconds)
    ], timeout => 30);
    return defined $ran->{exit} && $ran->{exit} == 0;
}

sub hold {
    my ($class, $server, $place, @options) = @_;
    my ($in, $out, $err) = (Symbol::gensym(), Symbol::gensym(), Symbol::gensym());
    my $pid = IPC::Open3::open3($in, $out, $err,
        command($server, $place, qw(--stay --requests keep --limit 120), @options));
    my $self = bless { pid => $pid, in => $in, out => $out, err => $err }, $class;
    # it prints its line when all connections are open, at the latest after its limit
    my $line = readline $out;
    return $self if defined $line;
    $self->release;
    die complaint(join '', readline $err);
}

sub release {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;
    close $self->{in};
    local $?;
    waitpid $pid, 0;
    return;
}

sub DESTROY { my ($self) = @_; $self->release; return }

sub floor {
    my ($place, $cert, @arguments) = @_;
    my $ran = SC::Run::run([
        'taskset', '-c', $place->{core}, "$place->{programs}/floor", $place->{pki}, $cert, @arguments
    ], timeout => 120);
    die complaint($ran->{err}) if !defined $ran->{exit} || $ran->{exit} != 0;
    return parse($ran->{out});
}

1;
