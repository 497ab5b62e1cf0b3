# SPDX-License-Identifier: Apache-2.0
# If this fails, a good configuration starts with warnings that an administrator learns to ignore.
use SC::Test;
use SC::Run qw(slurp);
use SC::Log;

my $log = slurp(vars('t_logs') . '/error_log');
my ($begin) = $log =~ /\A(.*?resuming normal operations)/s;
ok(defined $begin, 'the server said that it started');
is(join("\n", SC::Log::bad_lines($begin || '')), '', 'and no warning before that');
good_connection();

done_testing;
