#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
# If this fails, the benchmark does not run, or counts work that was not done as it was asked for.
#
# usage: prove t/bench/smoke.t :: HTTPD LIBEXECDIR MODULE PROGRAMS
use strict;
use warnings;
use FindBin ();
use lib "$FindBin::Bin/../lib", "$FindBin::Bin/lib";
use File::Temp ();
use SC::Run    qw(run slurp);
use Test::More;
use Bench::Load;
use Bench::Place;
use Bench::Server;

my ($httpd, $libexec, $module, $programs) = @ARGV;
die "usage: smoke.t HTTPD LIBEXECDIR MODULE PROGRAMS\n" if !$programs;
my $scratch = File::Temp->newdir('securechan-smoke.XXXXXX', TMPDIR => 1);

# The driver: a row of each kind, on our server and by OpenSSL alone.
my $rows = 'full12-rsa,request-1k,upload,h2-1k,first-byte,idle,held,start-1,ready-1,size-1';
my $ran  = run([
    "$FindBin::Bin/run", $httpd, $libexec, $module, '--rows', $rows, '--servers', 'securechan,httpd,openssl',
    '--rounds', 1, '--seconds', 0.1, '--out', "$scratch/out", '--programs', $programs
], timeout => 90);
is($ran->{exit}, 0, 'the driver runs') || diag("$ran->{out}$ran->{err}");
my $csv = slurp("$scratch/out/bench.csv");
like($csv, qr/^\Q$_\E,[^,]+,securechan,\d/m, "it has a figure for $_") for split /,/, $rows;
like($csv, qr/^request-1k,us,$_,\d/m, "and the floor: $_") for qw(httpd openssl);
like(slurp("$scratch/out/bench.svg"), qr{</svg>\n\z}, 'a plot');
like(slurp("$scratch/out/bench.md"), qr/^\| 1 KB request, kept alive \(us\) \| \d/m, 'and a table');

# The load generator: what is right passes, what is not fails.
my $place = Bench::Place::make(
    httpd    => $httpd, libexec => $libexec, module => $module,
    programs => $programs, pki => "$scratch/out/pki",
);
Bench::Server::spew("$place->{docs}/wrong", slurp("$place->{docs}/1k") =~ tr/z/Z/r);
my $server = Bench::Server->start('securechan', {}, $place);

my $got = Bench::Load::run($server, $place, qw(--operations 11 --requests 4 --connections 1 --seconds 30));
is($got->{operations}, 11,        'operations: as many as were asked for');
is($got->{bytes_in},   11 * 1024, 'with their bytes');
is($got->{handshakes}, 2,         'on connections of four requests, one of which had begun before');
cmp_ok($got->{server_cpu}, '>', 0, 'the server has worked');
my @wrong = (
    [ qr/not 1000 bytes/,         qw(--body 1000) ],
    [ qr/not 200/,                qw(--path /missing) ],
    [ qr/other bytes/,            qw(--path /wrong) ],
    [ qr/handshake/,              qw(--cipher TLS_AES_256_GCM_SHA384) ],
    [ qr/the group is/,           qw(--group P-256) ],
    [ qr/key is of another type/, qw(--key rsa) ],
    [ qr/handshake/,              qw(--h2) ],
    [ qr/not finished in/,        qw(--operations 1000000 --seconds 60 --limit 0.5) ],
);
for my $wrong (@wrong) {
    my ($why, @options) = @$wrong;
    eval { Bench::Load::run($server, $place, qw(--tls 1.3 --operations 5), @options) };
    like($@, $why, "@options: an error");
}
$server->stop;
eval { Bench::Load::run(Bench::Server->start('httpd', {}, $place), $place, qw(--tls 1.3)) };
like($@, qr/handshake/, 'and so is a server without TLS');

done_testing;
