# SPDX-License-Identifier: Apache-2.0
# If this fails, "Satisfy Any" and an open access rule let people past SecureChanRequire (as they do
# past mod_ssl's SSLRequireSSL).
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
    Require all granted
    Satisfy Any
</Directory>
<Directory "${root}/private/old">
    Order allow,deny
    Allow from all
    Satisfy Any
</Directory>
<Directory "${root}/private/password">
    AuthType Basic
    AuthName "gate"
    AuthBasicProvider file
    AuthUserFile "${root}/../../t/conf/passwords"
    Require valid-user
    Satisfy Any
</Directory>
CONF
    files => { map { ("private/$_/page.txt" => SECRET . "\n") } qw(old password) },
);

for my $path (qw(/private/page.txt /private/old/page.txt /private/password/page.txt)) {
    my $got = $site->http($path);
    is_refused($got, $path);
    is($got->{head}{'www-authenticate'}, undef, 'and no pass word is asked for in clear');
    is_refused($site->http($path, headers => ['Authorization: Basic dGVzdGVyOnNlY3JldA==']),
        'also with a right pass word');
}
$site->serves('/private/old/page.txt');
$site->serves('/private/password/page.txt', headers => ['Authorization: Basic dGVzdGVyOnNlY3JldA==']);
$site->serves;

done_testing;
