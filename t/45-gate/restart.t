# SPDX-License-Identifier: Apache-2.0
# If this fails, a graceful restart leaves a flagged directory open, for new connections or for those
# that stay.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
KeepAliveTimeout 30
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
my $client = $site->connect;
$client->send($site->request('/public/page.txt', keep => 1));
is(($client->response(10))[0], 200, 'a connection that stays');
for my $round (1 .. 3) {
    ok($site->server->graceful, "restart $round");
    is_refused($site->http($_), "$_ afterwards") for qw(/private/page.txt /private/);
    $site->serves;
}
$client->send($site->request('/private/page.txt'));
unlike($client->read_all(10) || '', qr/the secret words/, 'the old connection gets nothing either');

done_testing;
