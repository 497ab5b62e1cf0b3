# SPDX-License-Identifier: Apache-2.0
# If this fails, answers without a body, or with a tiny one, hang or are damaged.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my @how = (port => port('tls'), http => $http);
    my $head = curl('https://www.example.test/plain.txt', @how, args => ['-I']);
    is($head->{code}, 200, "$http: HEAD");
    is($head->{head}{'content-length'}, 11, 'with the length');
    my $not = curl('https://www.example.test/plain.txt', @how,
        args => [ '-H', "If-Modified-Since: $head->{head}{'last-modified'}" ]);
    is($not->{code}, 304, "$http: 304");
    my $range = curl('https://www.example.test/plain.txt', @how, args => [qw(-r 0-0)]);
    is($range->{body}, 'p', "$http: one byte");
    my $empty = curl('https://www.example.test/cgi-bin/echo', @how, data => '');
    is($empty->{body}, '', "$http: an empty answer to an empty POST");
    my $options = curl('https://www.example.test/plain.txt', @how, args => [qw(-X OPTIONS)]);
    is($options->{code}, 200, "$http: OPTIONS");
}
good_connection();

done_testing;
