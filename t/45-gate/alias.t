# SPDX-License-Identifier: Apache-2.0
# If this fails, the files of a flagged <Directory> are served in clear under another URL of theirs.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
Alias      /other       "${root}/private"
Alias      /slash/      "${root}/private/"
Alias      /one.txt     "${root}/private/page.txt"
Alias      /dots/       "${root}/public/../private/"
Alias      /above/      "${root}/"
AliasMatch ^/any/(.*)$  "${root}/private/$1"
AliasMatch ^/raw/(.*)$  "${root}/$1"
<Directory "${root}/public">
    SecureChanRequire off
</Directory>
CONF
for my $path (qw(
    /other/page.txt /other/ /other /slash/page.txt /one.txt /dots/page.txt /above/private/page.txt
    /any/page.txt /any/sub/one.txt /raw/private/page.txt /above/public/../private/page.txt /any/./page.txt
    /raw/./private/page.txt /slash//page.txt /raw//private/page.txt))
{
    is_refused($site->http($path), $path);
}
has_no_secret($site->http($_), $_)
  for qw(/raw/%2e%2e/private/page.txt /any/../private/page.txt /otherpage.txt /slash /any//page.txt);
$site->serves($_) for qw(/other/page.txt /slash/page.txt /one.txt /any/page.txt /raw/private/page.txt);

done_testing;
