# SPDX-License-Identifier: Apache-2.0
# If this fails, administrators are not told at start that a flagged section guards less, or more, than
# they think.
use SC::Test;
use SC::Gate;
use SC::Port;

my $port = SC::Port::free();
my $none = SC::Gate->new(no_tls => 1, config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
my $try = SC::Httpd->try(%{ $none->{httpd} });
ok($try->{started}, 'a site without TLS starts');
like($try->{server}->log,
    qr/SC0132: SecureChanRequire \(\S*site\.conf:\d+, [^)]*\): <Directory \S+private\/?> can be reached over a secure channel only, and no host/,
    'and is told that nobody can see the directory');
expect_log('SC0132');
is_refused($none->http('/private/page.txt'), 'it is refused all the same');

# The same files under another host that does not guard them.
my $twin = SC::Gate->start(config => <<"CONF", secure => <<'SECURE');
Listen 127.0.0.1:$port http
<VirtualHost 127.0.0.1:$port>
    ServerName other.wild.example.test
</VirtualHost>
CONF
<Location /private>
    SecureChanRequire on
</Location>
SECURE
expect_log('SC0133');
like($twin->server->log,
    qr/SC0133: .*<Location \/private> guards a URL of this host only, and \S+ serves the same files without TLS\. Use <Directory \S+private\/?>/,
    'a Location whose files another host serves in clear is told');
$twin->serves;

# Nothing to say here.
my $good = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Location /private/sub>
    SecureChanRequire on tls>=1.3
</Location>
CONF
unlike($good->server->log, qr/SC013/, 'a good configuration gives no warning');
$good->serves;

done_testing;
