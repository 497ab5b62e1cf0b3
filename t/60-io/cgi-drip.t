# SPDX-License-Identifier: Apache-2.0
# If this fails, output that a script sends in small pieces is held back or damaged.
use SC::Test;
use SC::Curl;

my $expected = join '', map { "line $_\n" } 1 .. 2000;
for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $got = curl('https://www.example.test/cgi-bin/drip?2000', port => port('tls'), http => $http);
    is($got->{code}, 200, "HTTP/$http: status");
    ok($got->{body} eq $expected, 'every line');
}
good_connection();

done_testing;
