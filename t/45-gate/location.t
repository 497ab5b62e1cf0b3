# SPDX-License-Identifier: Apache-2.0
# If this fails, a flagged <Location> does not guard its URLs, or guards others.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Location /private>
    SecureChanRequire on
</Location>
<Location /status>
    SetHandler server-status
    SecureChanRequire on
    Require all granted
</Location>
<Location /nowhere>
    SecureChanRequire on
</Location>
Alias /byfile "${root}/private"
CONF
is_refused($site->http($_), $_)
  for qw(/private /private/ /private/page.txt /private/sub/one.txt /private/none //private/page.txt /./private/page.txt
  /%70rivate/page.txt /private;x/../private/page.txt /public/../private/page.txt /status /status?auto /nowhere
  /nowhere/x?y);
is($site->http('/privateer')->{status}, 404, 'a URL that only begins alike is another one');
like($site->http('/byfile/page.txt')->{body}, qr/the secret words/,
    'it guards the URL, not the files: for these there is <Directory>');
is($site->https('/status')->{status}, 200, 'a handler without files is served over https');
$site->serves;

done_testing;
