# SPDX-License-Identifier: Apache-2.0
package Bench::Place;

# Where a measurement happens: the cores, a scratch directory, the files that are
# served, the certificates.
#
#     my $place = Bench::Place::make(
#         httpd => $path, libexec => $directory, module => $path,
#         programs => $directory, pki => $directory);
#     Bench::Place::make_certificates($place, $how_many_hosts);
#
# The scratch directory goes when the place goes.
use strict;
use warnings;
use File::Path qw(make_path remove_tree);
use File::Spec ();
use File::Temp ();
use SC::Run    qw(slurp);
use Bench::Server;

my $PATTERN = 'abcdefghijklmnopqrstuvwxyz012345';    # load_http1.c looks for the same

# The cores we may use: the server's and the load's.
sub cores {
    my ($list) = slurp('/proc/self/status') =~ /^Cpus_allowed_list:\s*(\S+)/m;
    my @cores = map { /(\d+)-(\d+)/ ? $1 .. $2 : $_ } split /,/, $list;
    warn "bench: there is one core only; server and load share it\n" if @cores < 2;
    return @cores[ 0, $#cores > 0 ? 1 : 0 ];
}

sub make {
    my (%place) = @_;
    # An object: its text is the path.
    my $scratch = File::Temp->newdir('securechan-bench.XXXXXX', TMPDIR => 1);
    chmod 0755, $scratch or die "$scratch: $!\n";
    @place{qw(core load_core)} = cores();
    @place{qw(scratch docs)}   = ($scratch, "$scratch/docs");
    $place{$_} = File::Spec->rel2abs($place{$_}) for qw(module pki programs);
    make_path($place{docs}, { mode => 0755 });
    my %size = ('1k' => 1024, upload => 1024, '100k' => 102_400, '10m' => 10_485_760);
    Bench::Server::spew("$place{docs}/$_", $PATTERN x ($size{$_} / length $PATTERN)) for keys %size;
    Bench::Server::spew("$place{docs}/mime.types", "text/plain txt\n");
    return \%place;
}

# Those of www and of hosts 1 to $many; made once in a month.
sub make_certificates {
    my ($place, $many) = @_;
    my ($pki, $certs) = ($place->{pki}, "$place->{programs}/certs");
    if (!-e "$pki/rsa.pem" || -M "$pki/rsa.pem" > 30) {
        remove_tree($pki);
        make_path($pki);
        system($certs, $pki) == 0 or die "no certificates\n";
    }
    my ($first) = grep { !-e "$pki/$_.pem" } 1, 2, 1001;
    return if !$first || $first > $many;
    system($certs, $pki, $first, $many) == 0 or die "no certificates\n";
    return;
}

1;
