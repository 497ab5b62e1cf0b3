#!/usr/bin/env perl
# SPDX-License-Identifier: Apache-2.0
#
# The layers: what may include what. core knows APR, tls knows OpenSSL and core,
# httpd knows both and httpd; the top file knows all of these. ctl, the program,
# knows core and tls. Says what breaks that, points upward, goes in a circle, or
# has no place.
use strict;
use warnings;

my %rank     = (core => 0, tls => 1, ctl => 2, httpd => 2, top => 3);
my $of_httpd = qr{^(?:httpd\.h|(?:http|ap|util|mod)_\w+\.h|mpm_common\.h|scoreboard\.h)$};
my (%layer, %includes, @found);

sub finding { push @found, join '', @_; return }

# Layers come from the folder of the source; a header follows its source.
sub assign {
    $layer{'mod_securechan.c'} = 'top' if -e 'mod_securechan.c';
    $layer{'include/sc_base.h'} = 'core';
    $layer{'include/mod_securechan.h'} = 'core' if -e 'include/mod_securechan.h';
    for my $source (glob 'src/*/*.c') {
        my ($dir, $name) = $source =~ m{^src/([^/]+)/(.*)\.c$};
        if (!exists $rank{$dir} || $dir eq 'top') {
            finding "$source: src/$dir is no layer";
            next;
        }
        $layer{$source} = $dir;
        my $header = "include/$name.h";
        finding "$header: two sources, in $layer{$header} and in $dir"
          if exists $layer{$header};
        $layer{$header} = $dir if -e $header;
    }
    for my $header (glob 'include/*.h') {
        finding "$header: there is no source file of this name in src/"
          if !exists $layer{$header};
    }
    # Unit tests link core and tls alone.
    $layer{$_} = 'tls' for glob 't/unit/*.[ch]';
    return;
}

sub check_include {
    my ($file, $line, $name) = @_;
    my $mine = $layer{$file};
    my $at   = "$file:$line: ";
    if (exists $layer{"include/$name"}) {
        my $other = $layer{"include/$name"};
        push @{ $includes{$file} }, "include/$name";
        finding $at, "$mine must not include $name, which belongs to $other"
          if $rank{$other} > $rank{$mine} || ($other eq 'ctl') ne ($mine eq 'ctl') && $rank{$other} > 1;
    }
    finding $at, "$mine must not include httpd's $name"
      if ($rank{$mine} < $rank{httpd} || $mine eq 'ctl') && $name =~ $of_httpd && $name ne 'mod_securechan.h';
    finding $at, "$mine must not include OpenSSL's $name"
      if $mine eq 'core' && $name =~ m{^openssl/};
    return;
}

sub read_includes {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!\n";
    while (my $line = <$in>) {
        check_include($file, $., $1) if $line =~ /^\s*#\s*include\s*[<"]([^>"]+)[>"]/;
    }
    return close $in;
}

my %state;    # 1: on the way, 2: done

sub walk {
    my ($file, @way) = @_;
    return if ($state{$file} // 0) == 2;
    if (($state{$file} // 0) == 1) {
        finding 'includes go in a circle: ', join ' -> ', @way, $file;
        return;
    }
    $state{$file} = 1;
    walk($_, @way, $file) for @{ $includes{$file} // [] };
    $state{$file} = 2;
    return;
}

assign();
read_includes($_) for sort keys %layer;
walk($_)          for sort keys %includes;
print "$_\n" for @found;
exit(@found ? 1 : 0);
