# SPDX-License-Identifier: Apache-2.0
package Bench::Report;

# Figures as text: a line while it runs, a table in Markdown, and CSV.
use strict;
use warnings;

my %TITLE = (
    securechan => 'mod_securechan', mod_ssl => 'mod_ssl', nginx => 'nginx',
    httpd => 'httpd without TLS',
);

sub title { return $TITLE{ $_[0] } || $_[0] }

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return if !@sorted;
    return ($sorted[ $#sorted / 2 ] + $sorted[ @sorted / 2 ]) / 2;
}

# Three significant figures, more for large numbers.
sub number {
    my ($value) = @_;
    return '-' if !defined $value;
    return sprintf $value >= 100 ? '%.0f' : $value >= 10 ? '%.1f' : '%.2f', $value;
}

sub spread {
    my @sorted = sort { $a <=> $b } @_;
    return @sorted > 1 ? sprintf '%s..%s', number($sorted[0]), number($sorted[-1]) : '';
}

# Ours of mod_ssl's, round by round, since rounds are neighbours in time: the median.
sub ratio {
    my ($result) = @_;
    my $ours = $result->{figures}{securechan} || [];
    my $theirs = $result->{figures}{mod_ssl} || [];
    return median(map { $ours->[$_] / $theirs->[$_] } grep { defined $theirs->[$_] } 0 .. $#$ours);
}

sub line {
    my ($result, $servers) = @_;
    my $text = sprintf '%-14s %-6s', @$result{qw(name unit)};
    for my $name (@$servers) {
        my @all = @{ $result->{figures}{$name} || [] };
        $text .= sprintf ' %s %s (%s)', $name, number(median(@all)), spread(@all) if @all;
    }
    my $ratio = ratio($result);
    return $text if !defined $ratio;
    return $text . sprintf ' ratio %.2f%s', $ratio, $result->{target} ? " target $result->{target}" : '';
}

sub table {
    my ($results, $servers) = @_;
    my $text = '| work | ' . join(' | ', map { title($_) } @$servers)
      . " | ours, of mod_ssl | at most |\n|" . '---|' x (@$servers + 3) . "\n";
    for my $result (@$results) {
        my @cells = ("$result->{title} ($result->{unit})");
        for my $name (@$servers) {
            my @all = @{ $result->{figures}{$name} || [] };
            my $cell = $result->{error}{$name} || '-';
            $cell = number(median(@all)) . (@all > 1 ? ' (' . spread(@all) . ')' : '') if @all;
            push @cells, $cell;
        }
        my $ratio = ratio($result);
        push @cells, defined $ratio ? sprintf '%.2f', $ratio : '-', $result->{target} || '-';
        $text .= '| ' . join(' | ', @cells) . " |\n";
    }
    return $text;
}

sub csv {
    my ($results) = @_;
    my $text = "row,unit,server,median,least,most,operations_per_second,error\n";
    for my $result (@$results) {
        my %names = (%{ $result->{figures} }, %{ $result->{error} });
        for my $name (sort keys %names) {
            my @all = sort { $a <=> $b } @{ $result->{figures}{$name} || [] };
            my $error = ($result->{error}{$name} || '') =~ tr/"\n/' /r;
            $text .= sprintf qq{%s,%s,%s,%s,%s,%s,%s,"%s"\n}, @$result{qw(name unit)}, $name,
              (map { defined $_ ? sprintf '%.3f', $_ : '' } median(@all), $all[0], $all[-1],
                median(@{ $result->{rate}{$name} || [] })), $error;
        }
    }
    return $text;
}

1;
