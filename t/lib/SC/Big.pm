# SPDX-License-Identifier: Apache-2.0
package SC::Big;

# A large document of random bytes, /big.bin of the test site (not a multiple of any buffer's size).
use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(big_file BIG_SIZE same_file);
use constant BIG_SIZE => 20 * 1024 * 1024 + 12_345;
use File::Compare ();

# Its path; made when first asked for.
sub big_file {
    my $file = "$ENV{SC_WORK}/t/htdocs/big.bin";
    if (!-e $file) {
        system('openssl', 'rand', '-out', "$file.$$", BIG_SIZE) == 0 or die "openssl rand failed\n";
        chmod 0644, "$file.$$";
        rename "$file.$$", $file or die "$file: $!\n";
    }
    return $file;
}

# True if two files hold the same bytes.
sub same_file { return File::Compare::compare(@_) == 0 }

1;
