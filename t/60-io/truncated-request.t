# SPDX-License-Identifier: Apache-2.0
# If this fails, a connection that is cut in the middle of an upload looks like a complete one.
use SC::Test;
use SC::Tcp;

# httpd says that the body was not complete.
allow_log(qr{\[dav:error\].*/dav/cut\.txt});
my $file = vars('serverroot') . '/var/dav/cut.txt';
# close_notify, a TCP half close without one, a reset
for my $how (qw(half_close truncate reset)) {
    my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
    $client->send("PUT /dav/cut.txt HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 1000\r\n\r\n"
          . 'x' x 500);
    $client->$how;
    $client->eof_within(10) if $how ne 'reset';
    ok(!-e $file, "$how: half an upload is not stored");
}
# A body without a length ends with its last chunk, not with the connection.
my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
$client->send("PUT /dav/cut.txt HTTP/1.1\r\nHost: www.example.test\r\nTransfer-Encoding: chunked\r\n\r\n"
      . "5\r\nhello\r\n");
$client->truncate;
$client->eof_within(10);
ok(!-e $file, 'nor half a chunked one');
good_connection();

done_testing;
