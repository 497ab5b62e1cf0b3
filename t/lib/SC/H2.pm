# SPDX-License-Identifier: Apache-2.0
package SC::H2;

# HTTP/2 by hand: bytes to send over an SC::Tcp connection, and the frames that come back.
use strict;
use warnings;
use Exporter    qw(import);
use SC::Tcp;
use Time::HiRes qw(time);
our @EXPORT = qw(h2_connect h2_frame h2_preface h2_get h2_body);

my $NAME = 'www.example.test';

# A connection on which h2 has been agreed on. Further options are IO::Socket::SSL's.
sub h2_connect {
    my ($port, %opt) = @_;
    return SC::Tcp->tls($port, $NAME, SSL_alpn_protocols => ['h2'], %opt);
}

sub h2_frame {
    my ($type, $flags, $stream, $payload) = @_;
    return pack 'xnCCNa*', length $payload, $type, $flags, $stream, $payload;
}

# The client preface and the SETTINGS that follow it.
sub h2_preface { return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . h2_frame(4, 0, 0, '') }

# HEADERS for a GET, all in clear; with pieces => N in N frames, CONTINUATIONs but for the first.
sub h2_get {
    my ($path, $stream, %opt) = @_;
    my $block  = pack 'CCCC/aCC/a', 0x82, 0x87, 0x04, $path, 0x41, $NAME;
    my $pieces = $opt{pieces} || 1;
    my $size   = 1 + int length($block) / $pieces;
    my @blocks = $block =~ /(.{1,$size})/gs;
    return join '', map {
        h2_frame($_ ? 9 : 1, ($_ ? 0 : 1) | ($_ == $#blocks ? 4 : 0), $stream, $blocks[$_])
    } 0 .. $#blocks;
}

# The body of the response on a stream, or undef if it does not come to its end.
sub h2_body {
    my ($client, $stream, $seconds) = @_;
    my $end  = time + $seconds;
    my $body = '';
    while (1) {
        my $header = $client->read_bytes(9, $end - time);
        return if !defined $header;
        my ($high, $low, $type, $flags, $number) = unpack 'CnCCN', $header;
        my $payload = $client->read_bytes($high << 16 | $low, $end - time);
        return if !defined $payload || $type == 7 || $type == 3;
        next if $number != $stream;
        $body .= $payload if $type == 0;
        return $body if $type <= 1 && $flags & 1;
    }
}

1;
