# SPDX-License-Identifier: Apache-2.0
# If this fails, an attacker uses our redirect to send people where he likes, or to put headers of his
# own into the answer.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF', plain => "ServerAlias *\n", secure => "ServerAlias *.star.wild.example.test\n");
UseCanonicalName Off
AllowEncodedSlashes On
<Directory "${root}/private">
    SecureChanRequire on else=redirect
</Directory>
<Location />
    SecureChanRequire on else=redirect
</Location>
CONF
allow_log('SC0124', 'AH10244', 'AH00127');    # no certificate for the alias; httpd's own
my $tls  = $site->port('tls');
my $base = 'https://' . HOST . ":$tls";

sub check {
    my ($bytes, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $got = $site->send_bytes($bytes);
    has_no_secret($got, $name);
    my $location = $got->{head}{location};
    ok(!defined $location || index($location, "$base/") == 0, 'leads nowhere but to our https address')
      || diag($location);
    unlike($got->{headers}, qr/^(?:evil|set-cookie)/mi, 'with no header of the attacker\'s');
    return $got;
}

for my $host (
    'evil.test', 'evil.test:443', "\@evil.test", 'gate.wild.example.test@evil.test',
    'gate.wild.example.test.evil.test', 'gate.wild.example.test:1@evil.test', 'evil.test#', 'evil.test/',
    'any.star.wild.example.test', '*.star.wild.example.test', 'main.example.test', '[::1]', '127.0.0.1',
    'localhost', '', 'gate.wild.example.test:99999', 'gate.wild.example.test:evil', 'gate.wild.example.test.',
    ".", 'a' x 300, "evil.test\tX", "%65vil.test", "evil_test", "\xe4vil.test",
)
{
    my $got = check("GET /private/page.txt HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n", "Host: $host");
    like($got->{status}, qr/^(?:308|400|403)$/, 'a redirect or an error');
}
for my $target (
    'http://evil.test/private/page.txt', 'https://evil.test/private/', '//evil.test/private/page.txt',
    '///evil.test', '/\\evil.test/', '/private/%0d%0aSet-Cookie:%20a=b', "/private/\rSet-Cookie: a=b",
    "/private/x\x0bEvil: y", '/private/%00evil', '/private/%E5%98%8A%E5%98%8DSet-Cookie:x', '/.evil.test/',
    '/@evil.test/', '/:80@evil.test/', '/private/?%0d%0aEvil:1', '/private/..//..//evil.test/',
    'http:evil.test', 'evil.test/private', 'http://gate.wild.example.test@evil.test/private/page.txt',
    'http://gate.wild.example.test:1/private/page.txt', '*', '/%2fevil.test/', '/%5cevil.test/',
    '/private/x#@evil.test', "/private/\x7f", '/private/' . 'a' x 7000, "/private/\x80\xff",
)
{
    (my $name = substr $target, 0, 60) =~ s/[^ -~]/?/g;
    check("GET $target HTTP/1.1\r\nHost: gate.wild.example.test\r\nConnection: close\r\n\r\n", $name);
}
check("GET /private/page.txt HTTP/1.1\r\nHost: gate.wild.example.test\r\n$_\r\nConnection: close\r\n\r\n", $_)
  for 'X-Forwarded-Host: evil.test', 'Forwarded: host=evil.test', 'X-Original-URL: //evil.test', "X: a\r\n\tSet-Cookie: x";
check("GET http://evil.test/private/page.txt HTTP/1.0\r\n\r\n", 'absolute, HTTP/1.0');
check("GET /private/page.txt\r\n", 'HTTP/0.9');
$site->serves;

done_testing;
