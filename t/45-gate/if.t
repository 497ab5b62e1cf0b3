# SPDX-License-Identifier: Apache-2.0
# If this fails, SecureChanRequire in <If> does not apply when its condition holds, or a request can
# talk itself out of it.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<If "%{REQUEST_URI} =~ m#^/private/#">
    SecureChanRequire on
</If>
<Directory "${root}/public">
    <If "%{QUERY_STRING} == 'secret'">
        SecureChanRequire on
    </If>
    <ElseIf "%{QUERY_STRING} == 'also'">
        SecureChanRequire on
    </ElseIf>
</Directory>
<Directory "${root}/private/sub">
    SecureChanRequire on
    <If "%{HTTP:X-Open} == 'yes'">
        SecureChanRequire off
    </If>
</Directory>
CONF
expect_log('SC0131');

is_refused($site->http($_), $_)
  for qw(/private/page.txt //private/page.txt /%70rivate/page.txt /public/page.txt?secret /public/page.txt?also);
is($site->http('/public/page.txt?other')->{status}, 200, 'where the condition does not hold it is served');
is_refused($site->http('/private/sub/one.txt', headers => ['X-Open: yes']), 'off in <If> does not loosen <Directory>');
$site->serves($_) for qw(/private/page.txt /private/sub/one.txt);
is($site->https('/public/page.txt?secret')->{status}, 200, 'over https it is served too');

done_testing;
