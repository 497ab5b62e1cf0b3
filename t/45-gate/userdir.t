# SPDX-License-Identifier: Apache-2.0
# If this fails, modules that find files in ways of their own (UserDir, VirtualDocumentRoot) lead into
# flagged directories.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    modules => [qw(userdir vhost_alias)],
    config  => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/*/web">
    SecureChanRequire on
</Directory>
<Directory "${root}/open/web">
    SecureChanRequire off
</Directory>
UserDir "${root}/*/web"
CONF
    plain => 'VirtualScriptAlias "${root}/virtual/%-1/cgi"' . "\n",
    files => { 'alice/web/page.txt' => SECRET . "\n", 'open/web/page.txt' => "the public words\n" },
);
is_refused($site->http($_), $_)
  for qw(/~alice/page.txt /~alice/ /~alice /%7ealice/page.txt /alice/web/page.txt /private/page.txt);
allow_log("AH10244");    # httpd: a path that leads out
has_no_secret($site->http($_), $_) for qw(/~../private/page.txt /~./page.txt /~open/../../alice/web/page.txt);
like($site->http('/~open/page.txt')->{body}, qr/public words/, 'where it is off again it is served');
$site->serves('/~alice/page.txt');

my $virtual = SC::Gate->start(modules => ['vhost_alias'], config => <<'CONF', plain => <<'PLAIN');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
ServerAlias *
UseCanonicalName Off
VirtualDocumentRoot "${root}/%1"
PLAIN
is_refused($virtual->http('/page.txt', host => 'private.test'), 'a document root made of the Host header');
is($virtual->http('/page.txt', host => 'public.test')->{status}, 200, 'another one is public');
has_no_secret($virtual->http('/page.txt', host => $_), "Host: $_") for 'private', '.private.test', 'PRIVATE.test';
$virtual->serves;

done_testing;
