# SPDX-License-Identifier: Apache-2.0
package Bench::Report;

# Figures as text: a line while it runs, tables in Markdown, and CSV.
use strict;
use warnings;

my %TITLE = (
    securechan => 'mod_securechan',
    httpd      => 'httpd without TLS',
    openssl    => 'OpenSSL alone',
);

sub title { return $TITLE{ $_[0] } || $_[0] }

# The middle value, undef of none.
sub median {
    my @sorted = sort { $a <=> $b } @_;
    return @sorted ? ($sorted[ $#sorted / 2 ] + $sorted[ @sorted / 2 ]) / 2 : undef;
}

sub of { my ($result, $name) = @_; return @{ $result->{figures}{$name} || [] } }

# About three significant figures.
sub number {
    my ($value) = @_;
    return '-'    if !defined $value;
    return $value if $value == int $value;
    return sprintf $value >= 100 ? '%.0f' : $value >= 10 ? '%.1f' : '%.2f', $value;
}

sub spread {
    my @sorted = sort { $a <=> $b } @_;
    return @sorted > 1 ? sprintf ' (%s..%s)', number($sorted[0]), number($sorted[-1]) : '';
}

# One server's figure over another's: the median over the rounds, because the two figures of a round
# are neighbours in time.
sub ratio {
    my ($result, $name, $other) = @_;
    my @ours   = of($result, $name);
    my @theirs = of($result, $other);
    return median(map { $ours[$_] / $theirs[$_] } grep { defined $theirs[$_] && $theirs[$_] > 0 } 0 .. $#ours);
}

# What is compared with the target, the target as text, and whether it is met.
sub verdict {
    my ($result) = @_;
    my $limit = $result->{target} || $result->{absolute};
    my $got   = $result->{absolute}
      ? median(of($result, 'securechan'))
      : ratio($result, 'securechan', 'mod_ssl');
    $limit = sprintf '%.2f', $limit if $result->{target};
    return ($got, $limit) if !defined $got || !defined $limit;
    # Of requests that are answered more is better.
    my $met = $result->{unit} eq 'requests' ? $got >= $limit : $got <= $limit + 0.0049;
    return ($got, $limit, $met);
}

sub line {
    my ($result, $servers) = @_;
    my $text = sprintf '%-15s %-15s', @$result{qw(name unit)};
    for my $name (@$servers) {
        my @all = of($result, $name);
        $text .= sprintf '  %s %s%s', $name, number(median(@all)), spread(@all) if @all;
    }
    my ($got, $limit) = verdict($result);
    $text .= sprintf '  => %s', number($got) if defined $got;
    $text .= " (target $limit)" if defined $limit;
    $text .= "\n  $_: $result->{error}{$_}" for sort keys %{ $result->{error} };
    return "$text\n";
}

sub table {
    my ($results, $servers) = @_;
    my $text = '| work | ' . join(' | ', map { title($_) } @$servers)
      . " | ours, of mod_ssl | target |\n|" . '---|' x (@$servers + 3) . "\n";
    for my $result (@$results) {
        my @cells = "$result->{title} ($result->{unit})";
        for my $name (@$servers) {
            my @all = of($result, $name);
            push @cells, $result->{error}{$name} ? 'failed' : number(median(@all)) . spread(@all);
        }
        my ($got, $limit, $met) = verdict($result);
        push @cells, $result->{absolute} ? '' : number($got);
        push @cells, !defined $limit ? '' : $limit . (!defined $got ? '' : $met ? ': met' : ': missed');
        $text .= '| ' . join(' | ', @cells) . " |\n";
    }
    return $text;
}

# Operations a second, as the client sees them.
sub rates {
    my ($results, $servers) = @_;
    my @with = grep { %{ $_->{rate} } } @$results;
    my @who  = grep { my $name = $_; grep { $_->{rate}{$name} } @with } @$servers;
    return '' if !@who;
    my $text = '| operations a second | ' . join(' | ', map { title($_) } @who) . " |\n|" . '---|' x (@who + 1) . "\n";
    for my $result (@with) {
        $text .= "| $result->{title} | "
          . join(' | ', map { number(median(@{ $result->{rate}{$_} || [] })) } @who) . " |\n";
    }
    return $text;
}

# Why there is no figure: a sentence for each server and reason.
sub reasons {
    my ($results) = @_;
    my (%rows, @order);
    for my $result (@$results) {
        my %why = (%{ $result->{absent} }, %{ $result->{error} });
        for my $name (sort grep { $why{$_} } keys %why) {
            my $key = title($name) . ": $why{$name}";
            push @order, $key if !$rows{$key};
            push @{ $rows{$key} }, $result->{name};
        }
    }
    return join '', map { "- $_ (@{ $rows{$_} })\n" } @order;
}

sub summary {
    my ($results) = @_;
    my ($met, $all) = (0, 0);
    for my $result (@$results) {
        my (undef, undef, $good) = verdict($result);
        next if !defined $good;
        $all++;
        $met++ if $good;
    }
    return "Targets met: $met of $all.\n";
}

sub csv {
    my ($results) = @_;
    my $text = "row,unit,server,median,least,most,rounds,operations_per_second,error\n";
    for my $result (@$results) {
        my %names = (%{ $result->{figures} }, %{ $result->{error} });
        for my $name (sort keys %names) {
            my @all   = sort { $a <=> $b } of($result, $name);
            my $error = ($result->{error}{$name} || '') =~ tr/"\n/' /r;
            my @cells = map { defined $_ ? sprintf '%.3f', $_ : '' } median(@all), @all[ 0, -1 ];
            my $rate  = median(@{ $result->{rate}{$name} || [] });
            $text .= join(',', @$result{qw(name unit)}, $name, @cells, scalar @all,
                defined $rate ? sprintf '%.1f', $rate : '', qq{"$error"}) . "\n";
        }
    }
    return $text;
}

1;
