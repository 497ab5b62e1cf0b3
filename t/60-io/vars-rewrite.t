# SPDX-License-Identifier: Apache-2.0
# If this fails, rewrite rules cannot tell https from http: redirect loops, or no redirects.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $head = curl('https://www.example.test/show/rewrite/plain.txt', port => port('tls'), http => $http)->{head};
    is($head->{'x-rw-https'},    'on',      "HTTP/$http: %{HTTPS}");
    is($head->{'x-rw-cond'},     'on',      'in a condition');
    is($head->{'x-rw-protocol'}, 'TLSv1.3', '%{SSL:SSL_PROTOCOL}');
    is($head->{'x-rw-scheme'},   'https',   '%{REQUEST_SCHEME}');
}
my $plain = curl('http://www.example.test/show/rewrite/plain.txt', port => port('http'))->{head};
is($plain->{'x-rw-https'}, 'off', 'plain HTTP: off');
is($plain->{'x-rw-cond'},  'off', 'in a condition');
is($plain->{'x-rw-scheme'}, 'http', 'the scheme');
good_connection();

done_testing;
