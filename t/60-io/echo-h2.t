# SPDX-License-Identifier: Apache-2.0
# If this fails, a large POST to a script over HTTP/2 loses bytes on its way in or out.
use SC::Test;
use File::Temp ();
use SC::Big;
use SC::Curl;
need_mpm(qw(event worker));

my $big = big_file();
my $out = File::Temp->new;
my $got = curl('https://www.example.test/cgi-bin/echo', port => port('tls'), http => '2',
    upload => $big, out => "$out", timeout => 60, args => [ '-X', 'POST' ]);
is($got->{code}, 200, 'status') || diag($got->{err});
ok(same_file($big, "$out"), 'every byte came back');
good_connection();

done_testing;
