# SPDX-License-Identifier: Apache-2.0
package Bench::Rows;

# What is measured. A row:
#
#   name     for --rows
#   title    for people
#   unit     of the figure: us (CPU of the server an operation), us/MB (CPU of the
#            server a megabyte of bodies; 1 MB = 1048576 bytes)
#   site     how the server is set up, see Bench::Config
#   load     options of the load generator
#   plain    true: httpd without TLS can do it too
#   floor    options of the same work by OpenSSL alone
#   target   the most that mod_securechan may need, of what mod_ssl needs
use strict;
use warnings;

my @TLS13  = qw(--tls 1.3 --cipher TLS_AES_128_GCM_SHA256 --group X25519);
my @TLS12E = qw(--tls 1.2 --cipher ECDHE-ECDSA-AES128-GCM-SHA256 --group X25519);
my @TLS12R = qw(--tls 1.2 --cipher ECDHE-RSA-AES128-GCM-SHA256 --group X25519);
my @KEEP   = qw(--requests keep);

my @ROWS = (
    {
        name => 'full13-ecdsa', title => 'full handshake TLS 1.3, ECDSA P-256', unit => 'us',
        load => [ @TLS13, qw(--key ec --requests 0) ], target => 0.80,
    },
    {
        name => 'full13-rsa', title => 'full handshake TLS 1.3, RSA 2048', unit => 'us',
        site => { cert => 'rsa' }, load => [ @TLS13, qw(--key rsa --requests 0) ], target => 0.87,
    },
    {
        name => 'full12-ecdsa', title => 'full handshake TLS 1.2, ECDSA P-256', unit => 'us',
        load => [ @TLS12E, qw(--key ec --requests 0) ], target => 0.78,
    },
    {
        name => 'full12-rsa', title => 'full handshake TLS 1.2, RSA 2048', unit => 'us',
        site => { cert => 'rsa' }, load => [ @TLS12R, qw(--key rsa --requests 0) ],
    },
    {
        name => 'fetch13', title => 'handshake + 1 KB request + close, TLS 1.3', unit => 'us',
        load => [ @TLS13, qw(--requests 1) ], plain => 1, target => 0.70,
    },
    {
        name => 'resumed13', title => 'resumed + 1 KB request, TLS 1.3', unit => 'us',
        load => [ @TLS13, qw(--requests 1 --resume) ], plain => 1, target => 0.70,
    },
    {
        name => 'resumed12', title => 'resumed + 1 KB request, TLS 1.2', unit => 'us',
        load => [ @TLS12E, qw(--requests 1 --resume) ], plain => 1, target => 0.58,
    },
    {
        name => 'cached12', title => 'the same by session id', unit => 'us',
        load => [ @TLS12E, qw(--requests 1 --resume --no-tickets) ], plain => 1,
    },
    {
        name => 'request-1k', title => '1 KB request, kept alive', unit => 'us',
        load => [ @TLS13, @KEEP ], plain => 1, target => 0.78,
    },
    {
        name => 'request-100k', title => '100 KB request, kept alive', unit => 'us/MB',
        load => [ @TLS13, @KEEP, qw(--path /100k --body 102400) ], plain => 1, target => 0.55,
    },
    {
        name => 'download', title => '10 MB download', unit => 'us/MB',
        load => [ @TLS13, @KEEP, qw(--path /10m --body 10485760) ], plain => 1, target => 0.45,
    },
    {
        name => 'upload', title => '1 MB upload', unit => 'us/MB',
        load => [ @TLS13, @KEEP, qw(--path /upload --upload 1048576) ], plain => 1,
    },
    {
        name => 'h2-1k', title => 'HTTP/2: 1 KB request, 10 streams', unit => 'us',
        site => { h2 => 1 }, load => [ @TLS13, @KEEP, qw(--h2 --streams 10) ],
    },
    {
        name => 'h2-100k', title => 'HTTP/2: 100 KB request, 10 streams', unit => 'us/MB',
        site => { h2 => 1 },
        load => [ @TLS13, @KEEP, qw(--h2 --streams 10 --path /100k --body 102400) ],
    },
);

sub all { return @ROWS }

# The options of the load generator for a server.
sub load_options {
    my ($row, $server) = @_;
    return @{ $row->{load} } if $server ne 'httpd';
    my @options = @{ $row->{load} };
    my @plain;
    while (defined(my $word = shift @options)) {
        if ($word =~ /^--(?:tls|cipher|group|key)$/) {
            shift @options;
        }
        elsif ($word !~ /^--(?:resume|no-tickets)$/) {
            push @plain, $word;
        }
    }
    return ('--tls', 'none', @plain);
}

# The figure of a row from what the load generator printed.
sub figure {
    my ($row, $got) = @_;
    my $us = $got->{server_cpu} / 1000;
    return $us / $got->{operations} if $row->{unit} eq 'us';
    return $us / (($got->{bytes_in} + $got->{bytes_out}) / 1_048_576);
}

1;
