#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
#
# Mistakes that no tool looks for. Names of files come on stdin; the argument is
# the list of exceptions: function, file, number of uses.
use strict;
use warnings;

my $FILE_LINES     = 600;
my $FUNCTION_LINES = 60;

my @banned = qw(alloca atoi atol gets memcpy rand sprintf strcat strcpy strtok
  vsprintf);
my @impure = qw(getenv rand secure_getenv srand time);    # in core and tls
my $unfinished = join '|', 'FIX' . 'ME', 'X' . 'XX', 'TO' . 'DO';

my (%allowed, %used, @found);

sub finding { push @found, join '', @_; return }

sub read_allowed {
    my ($name) = @_;
    open my $in, '<', $name or die "$name: $!\n";
    while (my $line = <$in>) {
        $line =~ s/#.*//;
        my ($function, $file, $count) = split ' ', $line or next;
        $allowed{"$file $function"} = $count;
    }
    return close $in;
}

# The text without comments, strings and characters; lines keep their numbers.
sub code_only {
    my ($text) = @_;
    $text =~ s{(/\*.*?\*/)|("(?:\\.|[^"\\\n])*")|('(?:\\.|[^'\\\n])*')}
              {defined $1 ? $1 =~ tr/\n//cdr : defined $2 ? '""' : '0'}egs;
    return $text;
}

sub check_text {
    my ($file, $text) = @_;
    my $number = 0;
    for my $line (split /\n/, $text) {
        $number++;
        finding "$file:$number: space at the end of the line" if $line =~ /\s$/;
        finding "$file:$number: tab" if $line =~ /\t/;
        finding "$file:$number: unfinished: $1" if $line =~ /\b($unfinished)\b/;
    }
    finding "$file: no newline at the end" if $text ne '' && $text !~ /\n\z/;
    return;
}

sub check_source {
    my ($file, $text) = @_;
    my $lines = $text =~ tr/\n//;
    finding "$file: $lines lines; $FILE_LINES are allowed" if $lines > $FILE_LINES;
    my $head = join "\n", (split /\n/, $text, 4)[0 .. 2];
    finding "$file:1: no line 'SPDX-License-Identifier: Apache-2.0'"
      if $head !~ m{SPDX-License-Identifier: Apache-2\.0\b};
    return;
}

sub check_calls {
    my ($file, $code) = @_;
    my $number = 0;
    for my $line (split /\n/, $code) {
        $number++;
        finding "$file:$number: code switched off" if $line =~ /^\s*#\s*if\s+0\b/;
        for my $name (@banned) {
            my $count = () = $line =~ /(?<![\w>.])\Q$name\E\s*\(/g;
            push @{ $used{"$file $name"} }, ($number) x $count if $count;
        }
        next if $file !~ m{^src/(?:core|tls)/};
        for my $name (@impure) {
            finding "$file:$number: $name() has no place in core or tls"
              if $line =~ /(?<![\w>.])\Q$name\E\s*\(/;
        }
    }
    return;
}

# Functions begin and end with a brace in the first column.
sub check_functions {
    my ($file, $code) = @_;
    my ($number, $begun) = (0, 0);
    for my $line (split /\n/, $code) {
        $number++;
        $begun = $number if $line =~ /^\{/;
        if ($line =~ /^\}/ && $begun) {
            my $length = $number - $begun - 1;
            finding "$file:$begun: a function of $length lines; ",
              "$FUNCTION_LINES are allowed"
              if $length > $FUNCTION_LINES;
            $begun = 0;
        }
    }
    return;
}

sub check_guard {
    my ($file, $code) = @_;
    my ($name) = $file =~ m{([^/]+)\.h$};
    my $guard = uc "${name}_h";
    finding "$file: the header guard is not $guard"
      if $code !~ /\A\s*#ifndef \Q$guard\E\n#define \Q$guard\E\n.*\n#endif\s*\z/s;
    return;
}

# A count that is too high hides the next use.
sub check_allowed {
    my %both = (%allowed, %used);
    for my $key (sort keys %both) {
        my ($file, $name) = split ' ', $key;
        my @lines = @{ $used{$key} // [] };
        my $limit = $allowed{$key} // 0;
        if (@lines > $limit) {
            finding "$file:$lines[-1]: $name() is used ", scalar @lines,
              " times; $limit allowed in $ARGV[0]";
        }
        elsif (@lines < $limit) {
            finding "$ARGV[0]: $name() in $file: $limit allowed, used ", scalar @lines,
              ' times';
        }
    }
    return;
}

sub check_file {
    my ($file) = @_;
    return if $file eq 'LICENSE' || -B $file && -s $file;
    open my $in, '<', $file or die "$file: $!\n";
    my $text = do { local $/ = undef; <$in> } // '';
    close $in;
    check_text($file, $text) if $file !~ /\.(?:pem|key|crt|der|bin)$/;
    my $is_c = $file =~ /\.[ch]$/;
    check_source($file, $text)
      if $is_c || $file =~ /\.(?:pl|pm|t|sh|PL)$/ || $text =~ /\A#!/;
    return if !$is_c;
    my $code = code_only($text);
    check_functions($file, $code);
    check_guard($file, $code) if $file =~ /\.h$/;
    check_calls($file, $code) if $file !~ m{^t/};
    return;
}

read_allowed($ARGV[0]);
while (my $file = <STDIN>) {
    chomp $file;
    check_file($file);
}
check_allowed();
print "$_\n" for @found;
exit(@found ? 1 : 0);
