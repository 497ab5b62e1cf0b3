# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that send no server name (health checks by address, old ones) are not served.
use SC::Test;
use SC::Curl;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    my $got = s_client(port => port('tls'), args => ["-$version"]);
    is($got->{cn}, 'www.example.test', "$version without a name: the first host") || diag($got->{err});
}
my $page = curl('https://127.0.0.1/plain.txt', port => port('tls'), ca => 0);
is($page->{code}, 200, 'a request by address is served');
good_connection();

done_testing;
