# SPDX-License-Identifier: Apache-2.0
# If this fails, the suite does not test the MPM it claims to test.
use SC::Test;
use SC::Curl;

my $status = curl('http://www.example.test/server-status', port => port('http'));
like($status->{body}, qr/Server MPM: \Q@{[mpm()]}\E/i, 'the MPM asked for is running');
good_connection();

done_testing;
