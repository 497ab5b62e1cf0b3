# SPDX-License-Identifier: Apache-2.0
# If this fails, a flagged <Files> section does not guard files of that name on every way to them.
use SC::Test;
use SC::Gate;

my %files = map { ($_ => SECRET . "\n") } qw(
  public/pass.key public/deep/pass.key public/x.conf public/page.html.en public/list/pass.key public/pass.key.bak);
my $site = SC::Gate->start(
    config => <<'CONF',
<Files "*.key">
    SecureChanRequire on
</Files>
<FilesMatch "\.conf$">
    SecureChanRequire on
</FilesMatch>
<Directory "${root}/public">
    Options +MultiViews +Indexes +Includes
    DirectoryIndex disabled
    AddLanguage en .en
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    <Files "page.html.en">
        SecureChanRequire on
    </Files>
</Directory>
Alias /one "${root}/public/pass.key"
CONF
    plain => <<'PLAIN',
RewriteEngine On
RewriteRule ^/rewritten$ /public/pass.key [PT]
ErrorDocument 404 /public/pass.key
PLAIN
    files => { %files,
        'public/all.shtml' => '<!--#include file="pass.key" --><!--#include virtual="/public/deep/pass.key" -->' },
);
allow_log(qr/unable to include/, "AH00687");    # httpd says so
is_refused($site->http($_), $_)
  for qw(/public/pass.key /public/deep/pass.key /public/x.conf /public/page.html.en /one /rewritten
  /public/pass.key/more /public/pass%2ekey /public/./pass.key);
has_no_secret($site->http($_), $_) for qw(/public/all.shtml /public/page.html /public/page /public/pass /public/none);
unlike($site->http('/public/list/')->{body}, qr/pass\.key/, 'a listing does not name it');
like($site->http('/public/pass.key.bak')->{body}, qr/the secret words/, 'another name is another file');
$site->serves($_) for qw(/public/pass.key /public/x.conf /public/page.html /public/all.shtml);

done_testing;
