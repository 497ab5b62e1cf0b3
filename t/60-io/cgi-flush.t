# SPDX-License-Identifier: Apache-2.0
# If this fails, a script's first words reach the visitor only when the script has ended.
use SC::Test;
use POSIX ();
use SC::Tcp;

my $fifo = "$ENV{SC_WORK}/servers/fifo.$$";
POSIX::mkfifo($fifo, 0666) or die "$fifo: $!";
chmod 0666, $fifo;
my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
$client->send("GET /cgi-bin/wait?$fifo HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
ok(defined $client->read_until(qr/first words/, 10), 'the first words come while the script waits');
open my $fh, '>', $fifo or die "$fifo: $!";
close $fh;
like($client->read_all(10), qr/last words/, 'the rest when it goes on');
good_connection();

done_testing;
