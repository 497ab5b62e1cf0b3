# SPDX-License-Identifier: Apache-2.0
# If this fails, else=redirect leads to a place that does not answer, where there is no https address
# at all, and the administrator is not told at start.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(no_tls => 1, config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on else=redirect
</Directory>
CONF
expect_log('SC0132');    # nobody can ever see it
like($site->server->log, qr/SC0132: SecureChanRequire \([^)]*:\d+[^)]*\):.*nobody can ever see it/, 'the log says so');
for my $path (qw(/private/page.txt /private/)) {
    my $got = $site->http($path);
    is_refused($got, $path);
    is($got->{head}{location}, undef, 'no redirect');
    unlike($got->{body}, qr/href=/, 'and no link');
    like($got->{body}, qr/Secure Channel Required/, 'but the reason');
}

# A TLS host of another name only.
my $other = SC::Gate->start(config => <<'CONF', plain => "ServerName plain.wild.example.test\n");
<Directory "${root}/private">
    SecureChanRequire on else=redirect
</Directory>
CONF
my $got = $other->http('/private/page.txt', host => 'plain.wild.example.test');
is_refused($got, 'no TLS host of that name');
is($got->{head}{location}, undef, 'is refused, not redirected to a stranger');
$other->serves;

done_testing;
