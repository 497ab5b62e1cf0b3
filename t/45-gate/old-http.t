# SPDX-License-Identifier: Apache-2.0
# If this fails, requests without a Host header, or of HTTP/1.0 and 0.9, get what others do not.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
my $base = 'https://' . HOST . ':' . $site->port('tls');
my $path = '/private/page.txt';

my $ten = $site->send_bytes("GET $path HTTP/1.0\r\n\r\n");
is_refused($ten, 'HTTP/1.0 without Host');
like($ten->{body}, qr{href="\Q$base$path\E"}, 'with the link all the same');
is_refused($site->send_bytes("GET $path HTTP/1.0\r\nHost: \r\n\r\n"), 'an empty Host');
is_refused($site->send_bytes("GET $path HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET $path HTTP/1.0\r\n\r\n"),
    'HTTP/1.0 kept alive');
for my $line ("GET $path", "GET http://x$path", "GET  $path") {
    my $nine = $site->send_bytes("$line\r\n");
    has_no_secret($nine, "HTTP/0.9: $line");
}
like($site->send_bytes("GET $path\r\n")->{raw}, qr/Secure Channel Required/, 'which is told why, too');
for my $bytes (
    "GET $path HTTP/1.1\r\n\r\n",
    "GET $path HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET $path HTTP/2.0\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET $path HTTP/1.9\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET $path HTTPS/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET $path HTTP/1.1 \r\nHost: a\r\nConnection: close\r\n\r\n",
    "\r\n\r\nGET $path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET $path HTTP/1.1\nHost: a\nConnection: close\n\n",
    "GET\t$path\tHTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  )
{
    (my $name = $bytes) =~ s/[\r\n\t]+/ /g;
    my $got = $site->send_bytes($bytes);
    has_no_secret($got, $name);
    isnt($got->{status}, 200, 'not served');
}
$site->serves;
my $secure = $site->send_bytes("GET $path HTTP/1.0\r\n\r\n", tls => 1);
is($secure->{status}, 200, 'over https HTTP/1.0 without Host is served');

done_testing;
