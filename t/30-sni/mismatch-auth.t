# SPDX-License-Identifier: Apache-2.0
# If this fails, a request for a host with a stricter policy slips in over another host's connection,
# or browsers that share connections between equal hosts are turned away.
use SC::Test;
use SC::Tcp;

sub ask {
    my ($sni, $host) = @_;
    my $client = SC::Tcp->tls(port('tls'), $sni);
    $client->send("GET /plain.txt HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n");
    return ($client->response(10))[0];
}

is(ask('www.example.test', 'alt.example.test'), 200, 'another host of the same policy: served');
is(ask('www.example.test', 'new.example.test'), 421, 'a host that demands TLS 1.3: 421');
is(ask('www.example.test', 'modern.example.test'), 421, 'a host of a stricter policy: 421');
is(ask('www.example.test', 'nobody.example.test'), 200, 'a name nobody has: the first host');
is(ask('new.example.test', 'new.example.test'), 200, 'the strict host itself');
good_connection(host => 'new.example.test');

done_testing;
