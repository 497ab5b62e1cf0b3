#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
#
# Message ids: each SCnnnn stands in one place of the source and has one row in
# README.md's table of messages, and no row is left over.
use strict;
use warnings;

my (%source, %row, @found);

sub finding { push @found, join '', @_; return }

sub lines_of {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    my $text = do { local $/ = undef; <$in> } // '';
    close $in;
    # Comments may mention an id; strings must survive.
    $text =~ s{("(?:\\.|[^"\\\n])*")|(/\*.*?\*/)}
              {defined $1 ? $1 : $2 =~ tr/\n//cdr}egs if $file =~ /\.c$/;
    return split /\n/, $text;
}

for my $file ('mod_securechan.c', glob 'src/*/*.c') {
    my $number = 0;
    next if !-e $file;
    for my $line (lines_of($file)) {
        $number++;
        while ($line =~ /"(SC\d{4})\b|\bSCLOGNO\((\d{4})\)/g) {
            push @{ $source{ $1 // "SC$2" } }, "$file:$number";
        }
    }
}

if (-e 'README.md') {
    my $number = 0;
    for my $line (lines_of('README.md')) {
        $number++;
        push @{ $row{$1} }, $number if $line =~ /^\|\s*`?(SC\d{4})`?\s*\|/;
    }
}
else {
    finding 'README.md: missing, so no message is explained';
}

for my $id (sort keys %source) {
    my @places = @{ $source{$id} };
    finding "$id: used in more than one place: @places" if @places > 1;
    finding "$places[0]: $id has no row in README.md's table of messages"
      if !$row{$id};
}
for my $id (sort keys %row) {
    my @lines = @{ $row{$id} };
    finding "README.md:$lines[1]: $id has more than one row" if @lines > 1;
    finding "README.md:$lines[0]: no source file uses $id" if !$source{$id};
}
print "$_\n" for @found;
exit(@found ? 1 : 0);
