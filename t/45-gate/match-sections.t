# SPDX-License-Identifier: Apache-2.0
# If this fails, sections that name what they guard by a pattern do not guard it.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<DirectoryMatch "^.*/private/(?<who>[^/]+)">
    SecureChanRequire on
</DirectoryMatch>
<Directory ~ "/tilde">
    SecureChanRequire on
</Directory>
<Directory "${root}/wild*">
    SecureChanRequire on
</Directory>
<LocationMatch "(?i)\.secret$">
    SecureChanRequire on
</LocationMatch>
<Location ~ "^/t[i]ldeurl">
    SecureChanRequire on
</Location>
<Location "/glob/*/x/*">
    SecureChanRequire on
</Location>
Alias /tildeurl "${root}/public"
Alias /glob     "${root}"
CONF
    files => {
        map { ($_ => SECRET . "\n") }
          qw(tilde/page.txt tilde/sub/page.txt wildcard/page.txt wildcard/sub/page.txt public/a.secret public/b.SeCrEt
          public/x/page.txt)
    },
);
is_refused($site->http($_), $_)
  for qw(/private/sub/one.txt /private/sub/ /tilde/page.txt /tilde/sub/page.txt /wildcard/page.txt
  /wildcard/sub/page.txt /public/a.secret /public/b.SeCrEt /public/%61.secret /public/a%2esecret
  /tildeurl/a.secret /tildeurl/page.txt /glob/public/x/page.txt /public/a.secret?x);
is($site->http('/public/page.txt')->{status}, 200, 'what matches nothing is served');
$site->serves($_) for qw(/private/sub/one.txt /tilde/page.txt /wildcard/page.txt /public/a.secret /public/b.SeCrEt);

done_testing;
