# SPDX-License-Identifier: Apache-2.0
package SC::Log;

# Error logs: what each test file may leave in them, and how to wait for a line.
#
# Every log is read from where the last look ended (kept in FILE.seen), so that nothing falls
# between two test files.
use strict;
use warnings;
use SC::Run qw(slurp);
use SC::Wait;

my $MAIN = "$ENV{SC_WORK}/t/logs/error_log";

my %start;       # file => offset where this test began
my @servers;     # process ids of httpd parents, to wait for their dead children
my (@expected, @allowed);

sub seen {
    my ($file) = @_;
    my $offset = slurp("$file.seen");
    return $offset =~ /^(\d+)$/ ? $1 : 0;
}

sub set_seen {
    my ($file, $offset) = @_;
    open my $fh, '>', "$file.seen" or die "$file.seen: $!\n";
    print {$fh} $offset;
    close $fh or die "$file.seen: $!\n";
    return;
}

# Watch one more log (an extra server's), and its server's process.
sub watch {
    my ($file, $pid) = @_;
    $start{$file} = seen($file);
    push @servers, $pid if $pid;
    return;
}

# The text all watched logs (or one) got since the test began.
sub text {
    my ($file) = @_;
    return join '', map { substr slurp($_), $start{$_} } $file ? ($file) : sort keys %start;
}

# expect_log(ID or qr//, ...): each must be in the log when the test ends, and may be at any level.
sub expect_log { push @expected, map { ref $_ ? $_ : qr/\b\Q$_\E\b/ } @_; return }

# allow_log(...): the same, but it need not be there.
sub allow_log { push @allowed, map { ref $_ ? $_ : qr/\b\Q$_\E\b/ } @_; return }

# wait_log(qr//, $seconds): the first matching line since the test began, or nothing.
sub wait_log {
    my ($pattern, $seconds) = @_;
    return wait_for(sub {
        my ($line) = grep { /$pattern/ } split /\n/, text();
        return $line;
    }, $seconds || 5);
}

# The lines nobody should see: warn or worse, a dead child, anything that is not a log line.
sub bad_lines {
    my ($text, @good) = @_;
    my @bad;
    for my $line (split /\n/, $text) {
        next if $line !~ /\S/;
        my ($level) = $line =~ /^\[[^\]]+\] \[[\w-]*:(\w+)\] /;
        next
          if defined $level
          && $level =~ /^(?:notice|info|debug|trace\d)$/
          && $line !~ /child pid \d+ exit signal/;
        next if grep { $line =~ $_ } @good;
        push @bad, $line;
    }
    return @bad;
}

# A crashed child is named in the log only when the parent has fetched it: wait for that.
sub wait_for_dead_children {
    my ($main) = slurp("$ENV{SC_WORK}/t/logs/httpd.pid") =~ /^(\d+)/;
    my %parent = map { $_ => 1 } grep { $_ } @servers, $main;
    wait_for(sub {
        for my $stat (glob '/proc/[0-9]*/stat') {
            my ($state, $ppid) = slurp($stat) =~ /\) (\w) (\d+)/ or next;
            return if $state eq 'Z' && $parent{$ppid};
        }
        return 1;
    }, 10);
    return;
}

sub sanitizer_reports { return grep { !/\.shown$/ } glob "$ENV{SC_WORK}/sanitizer/*" }

# At the end of a test file: the list of complaints, empty if all is well.
sub complaints {
    wait_for_dead_children();
    my (@complaints, %count);
    my $all = "";
    for my $file (sort keys %start) {
        my $text = slurp($file);
        set_seen($file, length $text);
        $text = substr $text, $start{$file};
        $all .= $text;
        for my $line (bad_lines($text, @expected, @allowed)) {
            # the same words again, but for the time and the numbers, are only counted
            (my $words = $line) =~ s{\d+}{0}g;
            push @complaints, "unannounced: $line" if !$count{$words}++;
        }
    }
    for my $pattern (@expected) {
        push @complaints, "announced but not logged: $pattern" if $all !~ $pattern;
    }
    for my $report (sanitizer_reports()) {
        push @complaints, "sanitizer: $_" for (split /\n/, slurp($report))[0 .. 40];
        rename $report, "$report.shown";
    }
    return grep { defined } @complaints;
}

# After the last test: look at what came later. Gives an exit status.
sub final_check {
    my $status = 0;
    for my $file ($MAIN, glob "$ENV{SC_WORK}/servers/*/error_log") {
        for my $line (bad_lines(substr slurp($file), seen($file))) {
            print STDERR "after the last test: $line\n";
            $status = 1;
        }
    }
    return $status;
}

watch($MAIN);

1;
