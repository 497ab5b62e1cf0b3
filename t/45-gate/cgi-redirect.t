# SPDX-License-Identifier: Apache-2.0
# If this fails, a program outside that answers with a local Location serves the flagged directory in
# clear.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/public">
    Options +ExecCGI
    AddHandler cgi-script .cgi
    AddHandler send-as-is .asis
</Directory>
CONF
    files => {
        'public/go.cgi'  => "#!/usr/bin/env perl\nprint qq{Location: \$ENV{QUERY_STRING}\\n\\n};\n",
        'public/go.asis' => "Location: /private/page.txt\nContent-Type: text/html\n\nno\n",
    },
);
is_refused($site->http("/public/go.cgi?$_"), $_)
  for qw(/private/page.txt /private/ //private/page.txt /public/../private/page.txt /private/sub/one.txt);
allow_log("AH02651");    # the program did not read its input
is_refused($site->http('/public/go.cgi?/private/page.txt', method => 'POST', body => 'a=b'), 'POST');
is_refused($site->http('/public/go.asis'), 'send-as-is');
has_no_secret($site->http('/public/go.cgi?/public/go.cgi?/private/page.txt'), 'twice');
$site->serves('/public/go.cgi?/private/page.txt');

done_testing;
