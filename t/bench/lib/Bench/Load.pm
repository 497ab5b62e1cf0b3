# SPDX-License-Identifier: Apache-2.0
package Bench::Load;

# Runs the load generator against a server, on the other core.
#
#     my $got = Bench::Load::run($server, \%place, @options);
#
# A hash of what it printed (times in ns), or { error => text }. place: load (the
# program), load_core.
use strict;
use warnings;
use SC::Run ();

sub parse {
    my ($line) = @_;
    return { map { /^(\w+)=(\d+)$/ ? ($1 => $2) : () } split ' ', $line };
}

sub run {
    my ($server, $place, @options) = @_;
    my @pids = $server->pids;
    my $lost = $server->lost;
    my $ran  = SC::Run::run([
        'taskset', '-c', $place->{load_core}, $place->{load}, '--port', $server->port,
        '--pids', join(',', @pids), @options
    ], timeout => 120);
    if (!defined $ran->{exit} || $ran->{exit} != 0) {
        my ($said) = grep { length } $ran->{err} =~ /load: (.*)/, $ran->{err}, 'killed after 120 s';
        return { error => $said };
    }
    return { error => 'the server has begun or ended processes meanwhile' }
      if "@pids" ne join(' ', $server->pids) || $lost != $server->lost;
    return parse($ran->{out});
}

1;
