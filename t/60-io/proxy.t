# SPDX-License-Identifier: Apache-2.0
# If this fails, a TLS front for a plain server behind it does not work.
use SC::Test;
use File::Temp ();
use SC::Big;
use SC::Curl;

my $big = big_file();
for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my @how = (port => port('tls'), http => $http, timeout => 60);
    my $got = curl('https://www.example.test/proxy/plain.txt', @how);
    is($got->{body}, "plain text\n", "HTTP/$http: a small document");
    is($got->{head}{'x-backend'}, 'yes', 'from the server behind');
    my $out = File::Temp->new;
    curl('https://www.example.test/proxy/big.bin', @how, out => "$out");
    ok(same_file($big, "$out"), 'a large one');
    my $up = File::Temp->new;
    my $echo = curl('https://www.example.test/proxy/cgi-bin/echo', @how, upload => $big, out => "$up",
        args => [qw(-X POST)]);
    ok(same_file($big, "$up"), 'a large upload') || diag($echo->{err});
}
good_connection();

done_testing;
