# SPDX-License-Identifier: Apache-2.0
# If this fails, plain HTTP that arrives in pieces on the TLS port is not recognised.
use SC::Test;
use SC::Tcp;

my $client = SC::Tcp->connect(port('tls'));
for my $piece ('G', 'E', "T / HT", "TP/1.1\r\nHost: www.example.test\r\n", "\r\n") {
    $client->send($piece);
    # let it arrive alone: the server's own socket shows when it has been read
    select undef, undef, undef, 0.05;
}
like($client->read_all(10) || '', qr{^HTTP/1\.[01] 400 }, 'a page that says what is wrong');
good_connection();

done_testing;
