# SPDX-License-Identifier: Apache-2.0
# If this fails, an attacker who words the request chooses where the link on the refusal leads, or
# puts text of his own on the page.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
ServerSignature Off
UseCanonicalName Off
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
my $base = 'https://' . HOST . ':' . $site->port('tls');
my $path = '/private/page.txt';

sub check {
    my ($got, $name, $wanted) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_refused($got, $name);
    unlike($got->{raw}, qr/evil/i, 'and nothing of the attacker is in the answer') || return;
    my ($link) = $got->{body} =~ /href="([^"]*)"/;
    is($link, $base . ($wanted || $path), 'the link is the configured one');
    return;
}

check($site->http($path, host => 'evil.test'), 'Host of a stranger');
check($site->http($path, host => 'evil.test:443'), 'with port 443');
check($site->http($path, host => HOST . ':6666'), 'our name with another port');
check($site->http($path, host => uc HOST), 'our name in capitals');
check($site->http($path, headers => [$_]), $_)
  for 'X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: https', 'X-Forwarded-Port: 666',
  'Forwarded: host=evil.test;proto=https', 'X-Original-URL: http://evil.test/', 'X-Forwarded-Server: evil.test',
  'Referer: http://evil.test/', 'X-Rewrite-URL: /evil', 'User-Agent: <evil>';
check($site->http("http://evil.test$path"), 'an absolute request line');
check($site->http("http://evil.test$path", host => 'evil.test'), 'with the same Host');
check($site->http("https://evil.test:443$path", host => 'evil.test'), 'with https');
my $user = $site->http('http://' . HOST . "\@evil.test$path", host => 'evil.test');
has_no_secret($user, 'with a user that looks like us');
unlike($user->{raw}, qr{href="[^"]*evil}, "and leads nowhere");

# No link at all is right too, as long as it is none of the attacker's.
my $slashes = $site->http("//evil.test/..$path");
is_refused($slashes, 'a path that looks like a host');
unlike($slashes->{body}, qr{href="(?!\Q$base\E/)}, 'does not become one');
$site->serves;

done_testing;
