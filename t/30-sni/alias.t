# SPDX-License-Identifier: Apache-2.0
# If this fails, a ServerAlias is not served by its host over TLS.
use SC::Test;
use SC::Curl;
use SC::SClient;

my $got = s_client(port => port('tls'), name => 'localhost.example.test');
is($got->{cn}, 'localhost.example.test', 'the host with that alias is chosen') || diag($got->{err});
my $page = curl('https://localhost.example.test/cgi-bin/env', port => port('tls'));
like($page->{body}, qr/^HTTP_HOST=localhost\.example\.test/m, 'and serves it');
good_connection(host => 'example.test', name => 'the alias of the first host too');

done_testing;
