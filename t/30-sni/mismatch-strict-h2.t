# SPDX-License-Identifier: Apache-2.0
# If this fails, "mismatch=strict" is not kept over HTTP/2, where browsers share connections most.
use SC::Test;
use SC::Curl;
need_mpm(qw(event worker));

my $got = curl('https://strict.example.test/plain.txt', port => port('strict'), http => '2',
    args => [ '-H', 'Host: alt.example.test' ]);
is($got->{version}, '2', 'over HTTP/2');
is($got->{code}, 421, 'a request for another host is refused with 421');
good_connection(port => 'strict', host => 'strict.example.test', http => '2');

done_testing;
