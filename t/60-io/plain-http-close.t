# SPDX-License-Identifier: Apache-2.0
# If this fails, "SecureChanPlainHTTP close" still answers plain HTTP on the TLS port.
use SC::Test;
use SC::Tcp;

my $client = SC::Tcp->connect(port('closing'));
$client->send("GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n");
my $answer = $client->read_all(10);
ok(defined $answer, 'the connection is closed');
unlike(defined $answer ? $answer : '', qr/HTTP|html/i, 'without a page');
good_connection(port => 'closing');

done_testing;
