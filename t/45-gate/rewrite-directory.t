# SPDX-License-Identifier: Apache-2.0
# If this fails, a mod_rewrite rule of a directory or of .htaccess (an internal redirect) leads into
# the flagged directory in clear, or out of it past the gate.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
    RewriteEngine On
    RewriteRule ^gone$ /public/page.txt [L]
</Directory>
<Directory "${root}/public">
    RewriteEngine On
    RewriteRule ^last$ /private/page.txt [L]
    RewriteRule ^end$  /private/page.txt [END]
    RewriteRule ^dots$ ../private/page.txt
    RewriteRule ^file$ "${root}/private/page.txt" [L]
    RewriteRule ^any/(.*)$ /private/$1 [PT]
    RewriteRule ^script$ page.txt [H=server-status]
</Directory>
<Directory "${root}/ht">
    AllowOverride FileInfo
</Directory>
CONF
    files => { 'ht/.htaccess' => "RewriteEngine On\nRewriteRule ^x\$ /private/page.txt [L]\nRewriteRule ^y\$ /private/ [L]\n" },
);
is_refused($site->http($_), $_)
  for qw(/public/last /public/end /public/file /public/any/page.txt /public/any/ /ht/x /ht/y);
has_no_secret($site->http('/public/dots'), '/public/dots');
is_refused($site->http('/private/gone'), 'a rule in the flagged directory does not run before the gate');
is_refused($site->http('/ht/x', method => 'POST', body => 'a'), 'POST');
$site->serves($_) for qw(/public/last /public/end /public/any/page.txt /ht/x);

done_testing;
