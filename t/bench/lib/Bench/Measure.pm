# SPDX-License-Identifier: Apache-2.0
package Bench::Measure;

# Measures rows: rounds over the servers, each server in turn, so that whatever
# else the machine does meets all of them alike.
#
#     my $measure = Bench::Measure->new(\%place, \%opt);
#     my $result  = $measure->row($row, \@servers);
#     $measure->finish(\@later);    # stops servers that no later row wants
#
# A result is the row with figures, rates (operations a second) and errors by
# server: { %$row, figures => { nginx => [...] }, rate => {...}, error => {...} }.
use strict;
use warnings;
use IO::Select       ();
use IO::Socket::INET ();
use SC::Hello        qw(client_hello);
use Bench::Config;
use Bench::Load;
use Bench::Rows;
use Bench::Server;

my %KIND = (
    load       => \&load,
    first_byte => \&first_byte,
    idle       => \&idle,
    held       => \&held,
    start      => \&start,
    ratio      => \&ratio,
);

sub new {
    my ($class, $place, $opt) = @_;
    return bless { place => $place, opt => $opt, servers => {}, starts => {} }, $class;
}

# ------------------------------------------------------------------ servers

sub site_of {
    my ($name, $row) = @_;
    my %site = %{ $row->{site} || {} };
    delete $site{cert} if $name eq 'httpd';
    return \%site;
}

sub key_of {
    my ($name, $row) = @_;
    my $site = site_of($name, $row);
    return join ' ', $name, map { "$_=$site->{$_}" } sort keys %$site;
}

# A server that has just started, in place of the one there was.
sub fresh {
    my ($self, $name, $row) = @_;
    my $key = key_of($name, $row);
    $self->{servers}{$key}->stop if $self->{servers}{$key};
    delete $self->{servers}{$key};
    return $self->{servers}{$key} = Bench::Server->start($name, site_of($name, $row), $self->{place});
}

sub server {
    my ($self, $name, $row) = @_;
    return $self->{servers}{ key_of($name, $row) } || $self->fresh($name, $row);
}

sub finish {
    my ($self, $later) = @_;
    my %wanted;
    for my $row (@$later) {
        $wanted{ key_of($_, $row) } = 1 for 'httpd', Bench::Config::known();
    }
    for my $key (grep { !$wanted{$_} } keys %{ $self->{servers} }) {
        (delete $self->{servers}{$key})->stop;
    }
    return;
}

# -------------------------------------------------------------------- kinds
#
# Each gives a figure and, where there is one, a rate; or dies with the reason.

sub load {
    my ($self, $name, $row) = @_;
    my $server = $self->server($name, $row);
    my $got    = Bench::Load::run($server, $self->{place}, Bench::Rows::load_options($row, $name),
        '--seconds', $self->{opt}{seconds});
    my $us   = $got->{server_cpu} / 1000;
    my $rate = $got->{operations} / ($got->{elapsed} / 1e9);
    return ($us / $got->{operations}, $rate) if $row->{unit} eq 'us';
    return ($us / (($got->{bytes_in} + $got->{bytes_out}) / 1_048_576), $rate);
}

sub openssl {
    my ($self, $row) = @_;
    my $got = Bench::Load::floor($self->{place}, @{ $row->{floor} }, $self->{opt}{seconds});
    return $got->{memory} / $got->{operations} / 1024 if $row->{kind} && $row->{kind} eq 'idle';
    return $got->{cpu} / 1000 / $got->{operations} if $row->{unit} eq 'us';
    return $got->{cpu} / 1000 / ($got->{bytes} / 1_048_576);
}

sub first_byte {
    my ($self, $name, $row) = @_;
    my $got = Bench::Load::run($self->server($name, $row), $self->{place},
        Bench::Rows::load_options($row, $name), '--seconds', $self->{opt}{seconds});
    return $got->{first50} / 1000;
}

# What each of 1,000 connections adds to the first 200. A server keeps the memory of closed ones, so
# it must be a fresh one.
sub idle {
    my ($self, $name, $row) = @_;
    my $server  = $self->fresh($name, $row);
    my @options = (Bench::Rows::load_options($row, $name), qw(--operations 1 --connections));
    my $pids    = join ',', $server->pids;
    my $few     = Bench::Load->hold($server, $self->{place}, '--pids', $pids, @options, 200);
    my $before  = $server->memory;
    my $many    = Bench::Load->hold($server, $self->{place}, '--pids', $pids, @options, 1000);
    my $figure  = ($server->memory - $before) / 1000 / 1024;
    $_->release for $few, $many;
    return $figure;
}

# Half of them say nothing, half of them half a hello.
sub held {
    my ($self, $name, $row) = @_;
    my $server = $self->fresh($name, $row);
    my $hello  = client_hello('www.bench.test');
    my @peers;
    for my $i (1 .. 800) {
        my $peer = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->port, Timeout => 20)
          or die "peer $i is not let in: $!\n";
        syswrite $peer, substr $hello, 0, length($hello) / 2 if $i % 2;
        push @peers, $peer;
    }
    $server->settle;
    my @options  = Bench::Rows::load_options($row, $name);
    my $answered = grep { Bench::Load::answered($server, $self->{place}, 1, @options) } 1 .. 10;
    my $gone     = IO::Select->new(@peers)->can_read(0);
    die "the server has let $gone of the peers go\n" if $gone;
    return $answered;
}

# One start gives the figures of several rows: CPU time, time by the clock, memory.
sub start {
    my ($self, $name, $row) = @_;
    my $starts = $self->{starts}{ key_of($name, $row) } ||= {};
    if (!@{ $starts->{ $row->{what} } || [] }) {
        my $server = $self->fresh($name, $row);
        $server->settle;
        push @{ $starts->{cpu} },     $server->start_cpu;
        push @{ $starts->{seconds} }, $server->start_seconds;
        push @{ $starts->{memory} },  $server->memory / 1_048_576;
    }
    return shift @{ $starts->{ $row->{what} } };
}

# One row over another, both measured anew, one right after the other.
sub ratio {
    my ($self, $name, $row) = @_;
    my ($above) = $self->load($name, $row->{of}[0]);
    my ($below) = $self->load($name, $row->{of}[1]);
    return $above / $below;
}

# ------------------------------------------------------------------- rounds

# Why a server has no part in a row, or nothing.
sub absent {
    my ($row, $name) = @_;
    return $row->{floor} ? undef : '' if $name eq 'openssl';
    return $row->{plain} ? undef : '' if $name eq 'httpd';
    return Bench::Config::cannot($name, $row);
}

sub round {
    my ($self, $row, $names, $result) = @_;
    for my $name (@$names) {
        next if $result->{error}{$name};
        my @got = eval {
            $name eq 'openssl' ? $self->openssl($row) : $KIND{ $row->{kind} || 'load' }->($self, $name, $row);
        };
        if ($@) {
            ($result->{error}{$name}) = $@ =~ /^(.*)/;
            next;
        }
        push @{ $result->{figures}{$name} }, $got[0];
        push @{ $result->{rate}{$name} }, $got[1] if defined $got[1];
    }
    return;
}

# Do the figures of ours or mod_ssl's differ so much that the median says little?
sub noisy {
    my ($result) = @_;
    for my $name (qw(securechan mod_ssl)) {
        my @all = sort { $a <=> $b } @{ $result->{figures}{$name} || [] };
        my @middle = @all[ @all / 4 .. $#all - @all / 4 ] or next;
        return 1 if $middle[-1] > 1.1 * $middle[0];
    }
    return 0;
}

# The first requests of a server find everything cold.
sub warm {
    my ($self, $row, $names) = @_;
    return if $row->{kind};
    local $self->{opt}{seconds} = 0.1;
    for my $name (grep { $_ ne 'openssl' } @$names) {
        eval { $self->load($name, $row) };    # what is wrong shows in the rounds
    }
    return;
}

sub row {
    my ($self, $row, $servers) = @_;
    my $result = { %$row, figures => {}, rate => {}, error => {}, absent => {} };
    my @names  = grep { !defined($result->{absent}{$_} = absent($row, $_)) } @$servers;
    my $rounds = $row->{rounds} && $row->{rounds} < $self->{opt}{rounds} ? $row->{rounds} : $self->{opt}{rounds};
    $self->warm($row, \@names) if $self->{opt}{patient};
    for my $i (1 .. $rounds) {
        # OpenSSL alone is not disturbed by anything: twice will do.
        $self->round($row, [ grep { $_ ne 'openssl' || $i < 3 } @names ], $result);
    }
    @names = grep { $_ ne 'openssl' } @names;
    if (!$row->{rounds} && $self->{opt}{patient}) {
        for (1 .. $rounds) {
            $self->round($row, \@names, $result) if noisy($result);
        }
    }
    return $result;
}

1;
