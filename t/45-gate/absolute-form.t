# SPDX-License-Identifier: Apache-2.0
# If this fails, a request line with a whole address (as proxies get it) comes past the gate.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF', plain => <<'PLAIN');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Location /private/byurl>
    SecureChanRequire on
</Location>
CONF
ServerAlias plain.wild.example.test
PLAIN
my $host = HOST;
my ($http, $tls) = map { $site->port($_) } qw(http tls);
for my $to ("http://$host", "https://$host", "http://$host:$http", "https://$host:$tls", "HTTPS://$host",
    "http://user:password\@$host", "https://\@$host", "http://plain.wild.example.test", "ftp://$host", "http:",
    "http://", "https://127.0.0.1:$tls", "http://[::1]", "//$host")
{
    for my $path ('/private/page.txt', '/public/../private/page.txt') {
        my $got = $site->http("$to$path");
        has_no_secret($got, "GET $to$path");
        isnt($got->{status}, 200, "not served");
    }
}
is($site->http("https://$host/public/page.txt")->{status}, 200, 'what is public is served so');
$site->serves("https://$host/private/page.txt");
$site->serves;

done_testing;
