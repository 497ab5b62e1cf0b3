# SPDX-License-Identifier: Apache-2.0
# If this fails, "mismatch=strict" lets a request for one host in over another host's connection.
use SC::Test;
use SC::Tcp;

sub ask {
    my ($sni, $host) = @_;
    my $client = SC::Tcp->tls(port('strict'), $sni);
    $client->send("GET /plain.txt HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n");
    return ($client->response(10))[0];
}

is(ask('strict.example.test', 'alt.example.test'),    421, 'another host: 421');
is(ask('alt.example.test',    'strict.example.test'), 421, 'and the other way round');
is(ask('strict.example.test', 'strict.example.test'), 200, 'the same host: served');
is(ask('strict.example.test', 'STRICT.example.test'), 200, 'in whatever letters');
good_connection(port => 'strict', host => 'alt.example.test');

done_testing;
