# SPDX-License-Identifier: Apache-2.0
package SC::Wait;

# Wait for a condition, never for a time.
use strict;
use warnings;
use Exporter    qw(import);
use Time::HiRes qw(time);
our @EXPORT = qw(wait_for);

# wait_for(sub { ... }, $seconds): what the condition returned when it became true, or nothing
# when $seconds have passed.
sub wait_for {
    my ($condition, $seconds) = @_;
    my $end = time + $seconds;
    while (1) {
        my $value = $condition->();
        return $value if $value;
        return if time > $end;
        select undef, undef, undef, 0.02;
    }
}

1;
