# SPDX-License-Identifier: Apache-2.0
package SC::Secret;

# Secrets for SecureChanTickets secret=, and what they lead to.
#
#     my $file = secret_file();                         # a good one, made now
#     my $file = secret_file(text => ..., mode => 0640, time => ..., bytes => 32 bytes);
#     my @epochs = epochs($bytes, $rotate, $number);    # { secret, name, cipher, mac, cache } of each
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use Exporter    qw(import);
our @EXPORT = qw(secret_file epochs);

my $count = 0;

sub secret_file {
    my (%opt) = @_;
    my $name  = sprintf '%s/servers/secret-%d-%d', $ENV{SC_WORK}, $$, ++$count;
    my $bytes = $opt{bytes} // join '', map { chr int rand 256 } 1 .. 32;
    my $text  = $opt{text} // sprintf "securechan-ticket-secret 1 %d %s\n", $opt{time} // time, unpack 'H*', $bytes;
    open my $fh, '>:raw', $name or die "$name: $!\n";
    print {$fh} $text;
    close $fh or die "$name: $!\n";
    chmod $opt{mode} // 0600, $name;
    return $name;
}

# HKDF-Expand (RFC 5869, 2.3).
sub expand {
    my ($secret, $label, $length) = @_;
    my ($out, $block) = ('', '');
    for (my $i = 1; length $out < $length; $i++) {
        $block = hmac_sha256($block . $label . chr $i, $secret);
        $out .= $block;
    }
    return substr $out, 0, $length;
}

sub epochs {
    my ($bytes, $rotate, $number) = @_;
    my $secret = expand($bytes, "securechan root, epochs of $rotate s", 32);
    my @epochs;
    for (1 .. $number) {
        my %epoch = (secret => $secret);
        @epoch{qw(name cipher mac cache)} = unpack 'a16 a32 a32 a32', expand($secret, 'securechan keys', 112);
        push @epochs, \%epoch;
        $secret = expand($secret, 'securechan next secret', 32);
    }
    return @epochs;
}

1;
