# SPDX-License-Identifier: Apache-2.0
# If this fails, visitors of one site get another site's certificate or pages.
use SC::Test;
use SC::Curl;
use SC::SClient;

for my $name (qw(www alt old new modern h1 ciphers groups p384)) {
    my $host = "$name.example.test";
    my $got  = s_client(port => port('tls'), name => $host);
    is($got->{cn}, $host, "$host gets its own certificate");
    ok($got->{verified}, 'which can be verified');
    my $page = curl("https://$host/cgi-bin/env", port => port('tls'));
    like($page->{body}, qr/^SERVER_NAME=\Q$host\E$/m, 'and its own pages');
}

done_testing;
