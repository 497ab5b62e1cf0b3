# SPDX-License-Identifier: Apache-2.0
# If this fails, a mod_rewrite rule of the server maps some other URL into the flagged directory and
# it is served in clear.
use SC::Test;
use SC::Gate;

my $rules = <<'CONF';
RewriteEngine On
RewriteRule ^/pass$      /private/page.txt [PT]
RewriteRule ^/last$      /private/page.txt [L]
RewriteRule ^/file$      "${root}/private/page.txt" [L]
RewriteRule ^/dots$      /public/../private/page.txt [PT]
RewriteRule ^/query$     /private/page.txt?a=b [QSA,PT]
RewriteRule ^/type$      "${root}/private/page.txt" [T=text/plain,L]
RewriteRule ^/any/(.*)$  /private/$1 [PT]
RewriteRule ^/end$       /private/page.txt [END]
RewriteCond %{DOCUMENT_ROOT}/private/%1 -f
RewriteRule ^/cond$      /private/page.txt [L]
RewriteCond %{LA-U:/private/page.txt} .
RewriteRule ^/ahead$     /private/page.txt [L]
RewriteCond %{HTTPS} =off
RewriteRule ^/private/off$ /private/page.txt [L]
RewriteRule ^/env$       - [E=HTTPS:on]
CONF
my $site = SC::Gate->start(config => <<'CONF', plain => $rules, secure => $rules);
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
is_refused($site->http($_), $_)
  for qw(/pass /last /file /dots /query /query?c=d /type /any/page.txt /any/sub/one.txt /any/ /end /private/off);
has_no_secret($site->http($_), $_) for qw(/cond /ahead /env /any//page.txt /any/../private/page.txt);
is_refused($site->http('/pass', method => $_, body => 'x'), "$_ /pass") for qw(POST PUT HEAD);
$site->serves($_) for qw(/pass /last /file /query /any/page.txt /end);

done_testing;
