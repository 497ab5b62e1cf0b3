# SPDX-License-Identifier: Apache-2.0
# If this fails, the module cannot be loaded at all: there is no HTTPS.
use SC::Test;
use SC::Curl;

my $http = curl('http://www.example.test/plain.txt', port => port('http'));
is($http->{code}, 200,            'plain HTTP is served with the module loaded');
is($http->{body}, "plain text\n", 'the document is right');

my $https = curl('https://www.example.test/plain.txt', port => port('tls'));
is($https->{code}, 200,            'HTTPS is served') || diag($https->{err});
is($https->{body}, "plain text\n", 'the document is right');

done_testing;
