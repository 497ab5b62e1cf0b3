# SPDX-License-Identifier: Apache-2.0
# If this fails, a request that arrives together with the end of the handshake waits until the client
# sends more, which it will not.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    for my $round (1 .. 10) {
        my $got = s_client(port => port('tls'), name => 'www.example.test', args => ["-$version"],
            send => "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
        next if $got->{out} =~ /^plain text/m && $got->{seconds} < 3;
        fail("$version: round $round took $got->{seconds} s");
    }
    pass("$version: answered at once");
}
good_connection();

done_testing;
