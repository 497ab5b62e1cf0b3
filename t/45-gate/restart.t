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

# A directory flagged by a restart.
my $later = SC::Gate->start(config => "KeepAliveTimeout 30\n");
my $kept = $later->connect;
$kept->send($later->request('/private/page.txt', keep => 1));
is(($kept->response(10))[0], 200, 'not flagged yet');
my $conf = $later->server->dir . '/site.conf';
open my $fh, '>>', $conf or die "$conf: $!\n";
print {$fh} qq{<Directory "\${root}/private">\nSecureChanRequire on\n</Directory>\n};
close $fh or die;
ok($later->server->graceful, 'flagged by a graceful restart');
is_refused($later->http('/private/page.txt'), 'from then on');
if (mpm() eq 'event') {    # elsewhere httpd lets it have one more answer by the old configuration
    $kept->send($later->request('/private/page.txt'));
    unlike($kept->read_all(10) || '', qr/the secret words/, 'also on a connection from before');
}
$kept->close_raw;
$later->serves;

done_testing;
