# SPDX-License-Identifier: Apache-2.0
package SC::Hello;

# Bytes that a TLS server may meet first.
use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(client_hello alert_of);

# A TLS 1.2/1.3 ClientHello record for a host name, as a modern client sends it (fixed key share:
# the handshake cannot be finished with it, and need not). Options: random, groups => [...],
# share => [group, public key], alpn => [names].
sub client_hello {
    my ($name, %opt) = @_;
    my $ext = sub { pack 'n n/a', @_ };
    my $sni = $ext->(0, pack 'n/a', pack 'C n/a', 0, $name);
    my $extensions = join '',
      defined $name ? $sni : (),
      $ext->(10, pack 'n/a', pack 'n*', @{ $opt{groups} || [ 29, 23 ] }),
      $ext->(11, pack 'C/a', "\0"),                                   # point formats
      $ext->(13, pack 'n/a', pack 'n*', 0x0403, 0x0804, 0x0807),      # signature algorithms
      $ext->(43, pack 'C/a', pack 'n*', 0x0304, 0x0303),              # versions
      $opt{alpn} ? $ext->(16, pack 'n/a', pack '(C/a)*', @{ $opt{alpn} }) : (),
      $ext->(51, pack 'n/a', pack 'n n/a', @{ $opt{share} || [ 29, "\x09" . "\0" x 31 ] });   # X25519
    my $body = pack 'n a32 C/a n/a C/a n/a', 0x0303, $opt{random} || 'r' x 32, 's' x 32,
      pack('n*', 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f), "\0", $extensions;
    my $message = pack 'C C n a*', 1, length($body) >> 16, length($body) & 0xffff, $body;
    return pack 'C n n/a', 22, 0x0301, $message;
}

# The description number of the first alert in some bytes a server sent, or undef.
sub alert_of {
    my ($bytes) = @_;
    while (defined $bytes && length $bytes >= 5) {
        my ($type, undef, $length) = unpack 'C n n', $bytes;
        return unpack 'C', substr $bytes, 6, 1 if $type == 21 && $length == 2 && length $bytes >= 7;
        return if length $bytes < 5 + $length;
        substr $bytes, 0, 5 + $length, '';
    }
    return;
}

1;
