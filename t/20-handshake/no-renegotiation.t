# SPDX-License-Identifier: Apache-2.0
# If this fails, a client can make the server do handshakes over and over on one connection.
use SC::Test;
use SC::Tcp;

my $client = SC::Tcp->tls(port('tls'), 'www.example.test', SSL_version => 'TLSv1_2');
my $ssl    = $client->socket->_get_ssl_object;
$client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
is(($client->response(10))[2], "plain text\n", 'a request on a TLS 1.2 connection');

my $renegotiated = '';
local $SIG{ALRM} = sub { die "timed out\n" };
my $survived = eval {
    alarm 10;
    Net::SSLeay::renegotiate($ssl);
    my $done = Net::SSLeay::do_handshake($ssl) == 1;
    # The server may also just ignore it and go on with the session there is.
    $client->send("GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n") if $done;
    $renegotiated = $done && ($client->response(5))[0] ? 'yes' : 'no';
    alarm 0;
    1;
};
alarm 0;
is($renegotiated, 'no', 'a second handshake on it is refused') || diag($@);
good_connection(args => [qw(--tls-max 1.2)]);

done_testing;
