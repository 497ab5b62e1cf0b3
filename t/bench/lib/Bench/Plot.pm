# SPDX-License-Identifier: Apache-2.0
package Bench::Plot;

# A bar chart of what each row costs, mod_ssl's cost being 1: an SVG that can be
# read on a light and on a dark page.
use strict;
use warnings;
use Bench::Report;

my ($LEFT, $WIDTH, $BAR, $GAP, $TOP) = (460, 380, 11, 12, 64);
my $MOST = 1.6;    # of mod_ssl: longer bars are cut off, with their number beside them

my %CLASS = (securechan => 'ours', mod_ssl => 'theirs', nginx => 'nginx');

sub escaped {
    my ($text) = @_;
    my %name = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;');
    return $text =~ s/([&<>])/$name{$1}/gr;
}

sub text {
    my ($x, $y, $text, $class) = @_;
    return sprintf qq{<text x="%.1f" y="%.1f" class="%s">%s</text>\n}, $x, $y, $class, escaped($text);
}

sub bar {
    my ($y, $value, $class) = @_;
    my $length = $WIDTH / $MOST * ($value < $MOST ? $value : $MOST);
    return sprintf(qq{<rect x="%d" y="%.1f" width="%.1f" height="%d" class="%s"/>\n}, $LEFT, $y, $length, $BAR, $class)
      . text($LEFT + $length + 4, $y + $BAR - 2, sprintf('%.2f', $value), 'number');
}

sub mark {
    my ($x, $y, $height, $class) = @_;
    $x = $LEFT + $WIDTH / $MOST * $x;
    return sprintf qq{<line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="%s"/>\n}, $x, $x, $y, $y + $height, $class;
}

# The work without TLS plus OpenSSL's own part of it, of mod_ssl's cost.
sub least {
    my ($result) = @_;
    my @parts = grep { defined } map { Bench::Report::ratio($result, $_, 'mod_ssl') } qw(httpd openssl);
    return if !@parts || !$result->{floor};
    my $sum = 0;
    $sum += $_ for @parts;
    return $sum;
}

sub group {
    my ($result, $y, $names) = @_;
    my $svg    = text($LEFT - 10, $y + $BAR * @$names / 2 + 4, $result->{title}, 'title');
    my $height = $BAR * @$names;
    for my $i (0 .. $#$names) {
        my $ratio = Bench::Report::ratio($result, $names->[$i], 'mod_ssl');
        $svg .= bar($y + $i * $BAR, $ratio, $CLASS{ $names->[$i] }) if defined $ratio;
    }
    my $least = least($result);
    $svg .= mark($least, $y - 2, $height + 4, 'floor') if defined $least && $least < $MOST;
    $svg .= mark($result->{target}, $y - 2, $height + 4, 'target') if $result->{target};
    return $svg;
}

sub legend {
    my ($names) = @_;
    my $x   = 200;
    my $svg = '';
    for my $name (@$names) {
        $svg .= sprintf qq{<rect x="%d" y="34" width="11" height="11" class="%s"/>\n}, $x, $CLASS{$name};
        $svg .= text($x + 15, 44, Bench::Report::title($name), 'label');
        $x += 30 + 7 * length Bench::Report::title($name);
    }
    for my $mark ([ target => 'target' ], [ floor => 'httpd without TLS + OpenSSL alone' ]) {
        $svg .= sprintf qq{<line x1="%d" x2="%d" y1="33" y2="47" class="%s"/>\n}, $x + 4, $x + 4, $mark->[0];
        $svg .= text($x + 12, 44, $mark->[1], 'label');
        $x += 26 + 6.4 * length $mark->[1];
    }
    return $svg;
}

sub svg {
    my ($results, $heading) = @_;
    my @names = qw(securechan mod_ssl nginx);
    my @rows  = grep { !$_->{absolute} && !$_->{aside} && defined Bench::Report::ratio($_, 'securechan', 'mod_ssl') } @$results;
    my $step  = $BAR * @names + $GAP;
    my $full  = $TOP + $step * @rows;
    my $wide  = $LEFT + $WIDTH + 90;
    my $body  = text(10, 20, $heading, 'heading') . legend(\@names) . mark(1, $TOP - 6, $full - $TOP, 'one');
    my $y     = $TOP;
    for my $result (@rows) {
        $body .= group($result, $y, \@names);
        $y += $step;
    }
    return <<"SVG";
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $wide $full" width="$wide" height="$full" role="img">
<style>
text { font: 12px sans-serif; fill: #333; }
.title { text-anchor: end; }
.heading { font-weight: bold; font-size: 13px; }
.number { font-size: 10px; }
.ours { fill: #2f7fd6; }
.theirs { fill: #9a9a9a; }
.nginx { fill: #4c9f62; }
.one { stroke: #9a9a9a; stroke-dasharray: 2 3; }
.target { stroke: #d9480f; stroke-width: 2; }
.floor { stroke: #333; stroke-width: 2; stroke-dasharray: 3 2; }
\@media (prefers-color-scheme: dark) {
text { fill: #ddd; }
.ours { fill: #5aa2ee; }
.theirs { fill: #8a8a8a; }
.nginx { fill: #6fbf85; }
.floor { stroke: #ddd; }
.target { stroke: #ff8b4d; }
}
</style>
$body</svg>
SVG
}

1;
