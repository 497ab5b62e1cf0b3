# SPDX-License-Identifier: Apache-2.0
package SC::Ctl;

# The program securechanctl, and directories of the test's own to work in.
#
#     my $dir = ctl_dir();
#     my $got = ctl('request', 'www.example.test', '--dir', $dir);   # { exit, out, err, seconds }
#     my $doc = ctl_json('check', $file);                            # the decoded document
use strict;
use warnings;
use Exporter   qw(import);
use File::Temp qw(tempdir);
use JSON::PP   qw(decode_json);
use SC::Run    qw(run);
our @EXPORT = qw(ctl ctl_dir ctl_json);

# A new empty directory, which goes when the test ends.
sub ctl_dir {
    return tempdir('ctl-XXXXXX', DIR => "$ENV{SC_WORK}/servers", CLEANUP => 1);
}

# ctl(@words, \%options of SC::Run::run)
sub ctl {
    my @words = @_;
    my %opt = ref $words[-1] ? %{ pop @words } : ();
    return run(["$ENV{SC_WORK}/bin/securechanctl", @words], timeout => 60, %opt);
}

# The same with --json; dies unless stdout is one document. Its "exit" is the exit status.
sub ctl_json {
    my $got = ctl(@_, '--json');
    my $doc = eval { decode_json($got->{out}) }
      or die "securechanctl @_: no JSON: $@\n$got->{out}\n$got->{err}\n";
    $doc->{exit} = $got->{exit};
    return $doc;
}

1;
