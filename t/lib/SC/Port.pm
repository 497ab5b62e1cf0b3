# SPDX-License-Identifier: Apache-2.0
package SC::Port;

# Free loopback ports, taken from below the range the kernel gives to outgoing connections.
use strict;
use warnings;
use IO::Socket::INET ();

my ($LOW, $HIGH) = (12_000, 31_000);

sub is_free {
    my ($port) = @_;
    return !!IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $port,
        Proto     => 'tcp',
        Listen    => 1,
        ReuseAddr => 1,
    );
}

# One free port.
sub free {
    for (1 .. 200) {
        my $port = $LOW + int rand($HIGH - $LOW);
        return $port if is_free($port);
    }
    die "no free loopback port\n";
}

# The first of $count free ports in a row.
sub base {
    my ($count) = @_;
  TRY: for (1 .. 100) {
        my $port = $LOW + int rand($HIGH - $LOW);
        for my $next ($port .. $port + $count - 1) {
            next TRY if !is_free($next);
        }
        return $port;
    }
    die "no $count free loopback ports in a row\n";
}

1;
