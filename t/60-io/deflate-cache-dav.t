# SPDX-License-Identifier: Apache-2.0
# If this fails, filters and modules that sit above TLS do not work with it.
use SC::Test;
use SC::Curl;
use SC::Big;

my @how = (port => port('tls'));
big_file();
my $deflate = curl('https://www.example.test/deflate/index.html', @how, args => ['--compressed']);
is($deflate->{head}{'content-encoding'}, 'gzip', 'mod_deflate');
like($deflate->{body}, qr/Hello from the test site/, 'and what it compressed');
# (mod_cache_socache of httpd 2.4.71 answers its second hit with an empty body, over plain HTTP too.)
my @sizes = map { length curl("https://www.example.test/cached-disk/sub/index.html", @how)->{body} } 1 .. 3;
is("@sizes", "14 14 14", "mod_cache_disk");
my $list = curl('https://www.example.test/list/', @how);
like($list->{body}, qr/two\.txt/, 'mod_autoindex');
my $negotiated = curl('https://www.example.test/negotiate/doc', @how, args => [ '-H', 'Accept-Language: de' ]);
like($negotiated->{body}, qr/Deutsch/, 'mod_negotiation');
my $denied = curl('https://www.example.test/auth/', @how);
is($denied->{code}, 401, 'a pass word is asked for');
my $let = curl('https://www.example.test/auth/', @how, args => [qw(-u tester:secret)]);
is($let->{code}, 200, 'and accepted');
my $redirect = curl('https://www.example.test/sub', @how);
like($redirect->{head}{location} || '', qr{^https://www\.example\.test(?::\d+)?/sub/$},
    'a redirect by mod_dir stays on https');
good_connection();

done_testing;
