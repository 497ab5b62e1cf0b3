# SPDX-License-Identifier: Apache-2.0
package SC::Kernel;

# What the kernel knows about connections and processes.
use strict;
use warnings;
use Exporter qw(import);
use Socket   qw(IPPROTO_TCP);
use SC::Run  qw(slurp);
use SC::Wait;
our @EXPORT = qw(taken cork held peak_memory);

use constant TCP_CORK => 3;

# taken($client, $seconds): true once the server has read all that this SC::Tcp client sent.
sub taken {
    my ($client, $seconds) = @_;
    my $socket = $client->socket;
    my ($here, $there) = map { sprintf '0100007F:%04X', $_ } $socket->sockport, $socket->peerport;
    return wait_for(sub {
        my $table = slurp('/proc/net/tcp');
        # "tx_queue:rx_queue" of both ends: nothing is under way, nothing waits to be read
        return $table =~ /: $here $there \w\w 0{8}:/ && $table =~ /: $there $here \w\w \w{8}:0{8} /;
    }, $seconds);
}

# cork($client, 1): let records gather in segments, cork($client, 0): send what is left.
sub cork {
    my ($client, $on) = @_;
    setsockopt $client->socket, IPPROTO_TCP, TCP_CORK, $on or die "TCP_CORK: $!\n";
    return;
}

# held($port): how many connections to a port its server has accepted. (A child that has nothing to do
# does not bring its part of server-status up to date.)
sub held {
    my ($port) = @_;
    my $mine = sprintf '0100007F:%04X', $port;
    # state 01: established; inode 0: still in the queue of the listening socket
    my @held = grep { /^\s*\d+: $mine \S+ 01 / && (split)[9] } split /\n/, slurp('/proc/net/tcp');
    return scalar @held;
}

# The most memory each of an SC::Httpd server's children ever had, summed up, in MB.
sub peak_memory {
    my ($server) = @_;
    my $sum = 0;
    for my $pid ($server->children) {
        $sum += $1 if slurp("/proc/$pid/status") =~ /^VmHWM:\s+(\d+)/m;
    }
    return $sum / 1024;
}

1;
