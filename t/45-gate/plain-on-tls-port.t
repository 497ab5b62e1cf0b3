# SPDX-License-Identifier: Apache-2.0
# If this fails, plain HTTP sent to the TLS port gets what is flagged: the connection is one of ours,
# but not a secure one.
use SC::Test;
use SC::Gate;

for my $mode (qw(error redirect)) {
    my $site = SC::Gate->start(config => <<'CONF', secure => "SecureChanPlainHTTP $mode\n");
TraceEnable On
ErrorDocument 400 /private/page.txt
ErrorDocument 308 /private/page.txt
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
    my $port = $site->port('tls');
    for my $method (qw(GET HEAD POST PUT TRACE OPTIONS PROPFIND NOSUCH)) {
        my $got = $site->http('/private/page.txt', port => $port, method => $method, body => 'x');
        has_no_secret($got, "$mode: $method");
        isnt($got->{status}, 200, 'is not served');
    }
    my @upgrade = ('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA');
    my @raw = (
        "GET /private/page.txt\r\n", "GET /private/page.txt HTTP/1.0\r\n\r\n",
        "GET http://a/private/page.txt HTTP/1.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        $site->request('/public/page.txt', keep => 1) . $site->request('/private/page.txt'),
        $site->request('/public/page.txt', headers => \@upgrade),
    );
    for my $bytes (@raw) {
        (my $name = substr $bytes, 0, 40) =~ s/[\r\n]+/ /g;
        unlike($site->send_bytes($bytes, port => $port)->{raw}, qr/the secret words/, "$mode: $name");
    }
    $site->serves;
}

done_testing;
