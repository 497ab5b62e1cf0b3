# SPDX-License-Identifier: Apache-2.0
# If this fails, an "off" that does what it says is called useless at every start, only because some
# other place is flagged by a section of another kind; people stop reading warnings that are wrong.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/private/sub">
    SecureChanRequire off
</Directory>
<Location /elsewhere>
    SecureChanRequire on
</Location>
CONF
unlike($site->server->log, qr/SC0131/, 'no warning');
like($site->http('/private/sub/one.txt')->{body}, qr/the secret words/, 'the inner directory is open');
is_refused($site->http($_), $_) for qw(/private/page.txt /elsewhere);
$site->serves;

done_testing;
