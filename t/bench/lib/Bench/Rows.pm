# SPDX-License-Identifier: Apache-2.0
package Bench::Rows;

# What is measured. A row:
#
#   name     for --rows
#   title    for people
#   unit     of the figure
#   kind     how it is measured, see Bench::Measure; "load" if nothing is said:
#            the CPU time of all processes of the server, in us for each operation
#            or for each MB of bodies (1 MB = 1048576 bytes)
#   what     for kind "start": which of its figures
#   of       for kind "ratio": the two rows
#   site     how the server is set up, see Bench::Config
#   load     options of the load generator
#   plain    true: httpd without TLS can do it, too
#   floor    the same work by OpenSSL alone: arguments of floor.c
#   target   the most that mod_securechan may need, of what mod_ssl needs
#   absolute the same for a figure that is compared with nothing
#   rounds   at most
#   slow     true: not with --quick
#   aside    true: not in the plot
use strict;
use warnings;

my @TLS13  = qw(--tls 1.3 --cipher TLS_AES_128_GCM_SHA256 --group X25519);
my @TLS12E = qw(--tls 1.2 --cipher ECDHE-ECDSA-AES128-GCM-SHA256 --group X25519);
my @TLS12R = qw(--tls 1.2 --cipher ECDHE-RSA-AES128-GCM-SHA256 --group X25519);
my @SHAKE  = qw(--requests 0);
my @KEEP   = qw(--requests keep);

my @HANDSHAKES = (
    {
        name  => 'full13-ecdsa',
        title => 'full handshake TLS 1.3, ECDSA P-256',
        unit  => 'us',
        load  => [ @TLS13, qw(--key ec), @SHAKE ],
        floor => [qw(ecdsa 1.3 full 0)],
        target => 0.80,
    },
    {
        name  => 'full13-rsa',
        title => 'full handshake TLS 1.3, RSA 2048',
        unit  => 'us',
        site  => { cert => 'rsa' },
        load  => [ @TLS13, qw(--key rsa), @SHAKE ],
        floor => [qw(rsa 1.3 full 0)],
        target => 0.87,
    },
    {
        name  => 'full12-ecdsa',
        title => 'full handshake TLS 1.2, ECDSA P-256',
        unit  => 'us',
        load  => [ @TLS12E, qw(--key ec), @SHAKE ],
        floor => [qw(ecdsa 1.2 full 0)],
        target => 0.78,
    },
    {
        name  => 'full12-rsa',
        title => 'full handshake TLS 1.2, RSA 2048',
        unit  => 'us',
        site  => { cert => 'rsa' },
        load  => [ @TLS12R, qw(--key rsa), @SHAKE ],
        floor => [qw(rsa 1.2 full 0)],
    },
    {
        name  => 'fetch13',
        title => 'handshake + 1 KB request + close, TLS 1.3',
        unit  => 'us',
        load  => [ @TLS13, qw(--requests 1) ],
        plain => 1,
        floor => [qw(ecdsa 1.3 fetch 1024)],
        target => 0.70,
    },
    {
        name  => 'resumed13',
        title => 'resumed + 1 KB request, TLS 1.3',
        unit  => 'us',
        load  => [ @TLS13, qw(--requests 1 --resume) ],
        plain => 1,
        floor => [qw(ecdsa 1.3 resumed 1024)],
        target => 0.70,
    },
    {
        name  => 'resumed12',
        title => 'resumed + 1 KB request, TLS 1.2',
        unit  => 'us',
        load  => [ @TLS12E, qw(--requests 1 --resume) ],
        plain => 1,
        floor => [qw(ecdsa 1.2 resumed 1024)],
        target => 0.58,
    },
    {
        name  => 'cached12',
        title => 'resumed by session id + 1 KB request, TLS 1.2',
        unit  => 'us',
        load  => [ @TLS12E, qw(--requests 1 --resume --no-tickets) ],
        plain => 1,
    },
);

my @REQUESTS = (
    {
        name  => 'request-1k',
        title => '1 KB request, kept alive',
        unit  => 'us',
        load  => [ @TLS13, @KEEP ],
        plain => 1,
        floor => [qw(ecdsa 1.3 request 1024)],
        target => 0.78,
    },
    {
        name  => 'request-100k',
        title => '100 KB request, kept alive',
        unit  => 'us/MB',
        load  => [ @TLS13, @KEEP, qw(--path /100k --body 102400) ],
        plain => 1,
        floor => [qw(ecdsa 1.3 request 102400)],
        target => 0.55,
    },
    {
        name  => 'download',
        title => '10 MB download',
        unit  => 'us/MB',
        load  => [ @TLS13, @KEEP, qw(--path /10m --body 10485760) ],
        plain => 1,
        floor => [qw(ecdsa 1.3 request 10485760)],
        target => 0.45,
    },
    {
        name  => 'upload',
        title => '1 MB upload',
        unit  => 'us/MB',
        load  => [ @TLS13, @KEEP, qw(--path /upload --upload 1048576) ],
        plain => 1,
        floor => [qw(ecdsa 1.3 upload 1048576)],
    },
    {
        name  => 'h2-1k',
        title => 'HTTP/2: 1 KB request, 10 streams',
        unit  => 'us',
        site  => { h2 => 1 },
        load  => [ @TLS13, @KEEP, qw(--h2 --streams 10) ],
    },
    {
        name  => 'h2-100k',
        title => 'HTTP/2: 100 KB request, 10 streams',
        unit  => 'us/MB',
        site  => { h2 => 1 },
        load  => [ @TLS13, @KEEP, qw(--h2 --streams 10 --path /100k --body 102400) ],
    },
    {
        name  => 'first-byte',
        title => 'time to the first byte, new connection, one at a time',
        unit  => 'us by the clock',
        kind  => 'first_byte',
        aside => 1,
        load  => [ @TLS13, qw(--requests 1 --path /100k --body 102400 --connections 1) ],
        plain => 1,
    },
    {
        name  => 'first-byte-kept',
        title => 'time to the first byte, kept alive, one at a time',
        unit  => 'us by the clock',
        kind  => 'first_byte',
        aside => 1,
        load  => [ @TLS13, @KEEP, qw(--path /100k --body 102400 --connections 1) ],
        plain => 1,
    },
    {
        name  => 'idle',
        title => 'idle kept-alive connection',
        unit  => 'KB',
        kind  => 'idle',
        site  => { crowd => 1 },
        load  => [@TLS13],
        plain => 1,
        floor => [qw(ecdsa 1.3 idle 0)],
        target => 0.70,
        rounds => 3,
    },
    {
        name  => 'held',
        title => '800 peers that hold a handshake open, 16 workers: requests answered within 1 s, of 10',
        unit  => 'requests',
        kind  => 'held',
        site  => { workers => 16 },
        load  => [@TLS13],
        absolute => 10,
        rounds   => 1,
    },
);

# Rows about so many virtual hosts.
sub hosts {
    my ($n) = @_;
    my $many   = $n == 1 ? '1 host' : $n < 10_000 ? '1,000 hosts' : '10,000 hosts';
    my %common = (site => { hosts => $n }, rounds => $n == 10_000 ? 1 : 3);
    $common{ $n == 10_000 ? 'slow' : 'aside' } = 1;
    return (
        {
            %common,
            name  => "start-$n",
            title => "start with $many, each with a certificate",
            unit  => 's of CPU',
            kind  => 'start',
            what  => 'cpu',
            plain => 1,
            $n == 10_000 ? (target => 0.10) : (),
        },
        {
            %common,
            name  => "ready-$n",
            title => "start with $many, until it answers",
            unit  => 's',
            kind  => 'start',
            what  => 'seconds',
            plain => 1,
            aside => 1,
        },
        {
            %common,
            name  => "size-$n",
            title => "memory with $many",
            unit  => 'MB',
            kind  => 'start',
            what  => 'memory',
            plain => 1,
            $n == 10_000 ? (target => 0.50) : (),
        },
        {
            %common,
            name   => "last-$n",
            title  => $n == 1 ? 'full handshake TLS 1.3 with 1 host' : "full handshake with the last of $many",
            unit   => 'us',
            load   => [ @TLS13, qw(--key ec --name), "h$n.bench.test", @SHAKE ],
            rounds => undef,
        },
        {
            %common,
            name   => "all-$n",
            title  => "full handshake with all of $many in turn",
            unit   => 'us',
            load   => [ @TLS13, qw(--key ec --name h%.bench.test --hosts), $n, @SHAKE ],
            rounds => undef,
        },
    );
}

# With one host there is no other in turn.
my @ONE      = grep { $_->{name} ne 'all-1' } hosts(1);
my @THOUSAND = hosts(1000);
my @MANY     = hosts(10_000);
my %BY_NAME  = map { $_->{name} => $_ } @ONE, @MANY;
my $RATIO    = {
    name     => 'last-ratio',
    title    => 'full handshake with the last of 10,000 hosts, over one with 1 host',
    unit     => 'ratio',
    kind     => 'ratio',
    of       => [ @BY_NAME{qw(last-10000 last-1)} ],
    site     => { hosts => 10_000 },
    slow     => 1,
    absolute => 1.05,
};

sub all { return (@HANDSHAKES, @REQUESTS, @ONE, @THOUSAND, @MANY, $RATIO) }

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

1;
