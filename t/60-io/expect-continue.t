# SPDX-License-Identifier: Apache-2.0
# If this fails, clients that ask before they upload wait in vain.
use SC::Test;
use SC::Tcp;

my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
$client->send("POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n"
      . "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
like($client->read_until(qr/\r\n\r\n/, 10) || '', qr{^HTTP/1\.1 100 }, '100 Continue comes before the body');
$client->send('hello');
like($client->read_all(10), qr/hello\s*(?:0\s*)?\z/, 'and the answer after it');
good_connection();

done_testing;
