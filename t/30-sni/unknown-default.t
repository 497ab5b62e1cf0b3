# SPDX-License-Identifier: Apache-2.0
# If this fails, a name that no host has ends in an error where the first host should answer.
use SC::Test;
use SC::Curl;
use SC::SClient;

my $got = s_client(port => port('tls'), name => 'nobody.example.test');
is($got->{cn}, 'www.example.test', 'the first host answers');
my $page = curl('https://nobody.example.test/plain.txt', port => port('tls'), ca => 0);
is($page->{code}, 200, 'and serves the request');
good_connection();

done_testing;
