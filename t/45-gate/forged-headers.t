# SPDX-License-Identifier: Apache-2.0
# If this fails, whoever writes "https" into a request header, or a variable made of one, gets the
# flagged directory over plain HTTP.
use SC::Test;
use SC::Gate;

# The host calls itself a https one, as behind a proxy that speaks TLS.
my $site = SC::Gate->start(config => <<'CONF', plain => <<'PLAIN');
SetEnvIf X-Forwarded-Proto https HTTPS=on SSL_PROTOCOL=TLSv1.3 REQUEST_SCHEME=https
SetEnv HTTPS on
<Directory "${root}/private">
    SecureChanRequire on
    SetEnv HTTPS on
</Directory>
CONF
ServerName https://gate.wild.example.test:443
UseCanonicalName On
RewriteEngine On
RewriteRule ^ - [E=HTTPS:on,E=SSL_PROTOCOL:TLSv1.3]
PLAIN

my @headers = (
    'X-Forwarded-Proto: https', 'X-Forwarded-Protocol: https', 'X-Forwarded-Scheme: https', 'X-Scheme: https',
    'X-Url-Scheme: https', 'X-Forwarded-Ssl: on', 'Front-End-Https: on', 'X-Forwarded-Port: 443',
    'Forwarded: for=127.0.0.1;proto=https;host=gate.wild.example.test', 'HTTPS: on', 'SSL_PROTOCOL: TLSv1.3',
    'X-Forwarded-For: 127.0.0.1', 'X-ARR-SSL: 1', 'CloudFront-Forwarded-Proto: https', 'Upgrade-Insecure-Requests: 1',
    'Upgrade: TLS/1.0', 'SSL-Client-Verify: SUCCESS', 'Early-Data: 0', 'Via: 2.0 front (TLS)',
);
is_refused($site->http('/private/page.txt', headers => [$_]), $_) for @headers;
is_refused($site->http('/private/page.txt', headers => \@headers), 'all of them');
is_refused($site->http('/private/page.txt', host => HOST . ':443'), 'port 443 in Host');
is_refused($site->http('/private/page.txt', host => HOST . ':' . $site->port('tls')), 'the TLS port in Host');
is_refused($site->http('https://' . HOST . '/private/page.txt', headers => \@headers), 'https in the request line');
is_refused($site->http('/private/page.txt', headers => [ 'Connection: Upgrade', 'Upgrade: TLS/1.2' ]),
    'an upgrade to TLS');
$site->serves;

done_testing;
