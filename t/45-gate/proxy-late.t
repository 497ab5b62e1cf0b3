# SPDX-License-Identifier: Apache-2.0
# If this fails, what is proxied by a handler or by a rewrite rule of a directory goes out in clear
# though its <Proxy> section is flagged: mod_proxy itself looks for such sections only earlier.
use SC::Test;
use SC::Gate;

my $backend = SC::Gate->start(config => qq{AliasMatch "/(private|public)/([^/]+)\$" "\${root}/\$1/\$2"\n});
my $port    = $backend->port('http');
my $rules   = <<"CONF";
RewriteEngine On
RewriteRule ^/server/(.*)\$ http://127.0.0.1:$port/private/\$1 [P]
CONF
my $site = SC::Gate->start(plain => $rules, secure => $rules, files => { 'ht/.htaccess' => <<"CONF" }, config => <<"CONF");
RewriteEngine On
RewriteRule ^(.*)\$ http://127.0.0.1:$port/private/\$1 [P]
CONF
<Proxy "http://127.0.0.1:$port/*">
    SecureChanRequire on
</Proxy>
<Location /handler>
    SetHandler "proxy:http://127.0.0.1:$port"
</Location>
Alias /handler "\${root}/private"
<Directory "\${root}/public">
    RewriteEngine On
    RewriteRule ^rule/(.*)\$ http://127.0.0.1:$port/private/\$1 [P]
</Directory>
<Directory "\${root}/ht">
    AllowOverride FileInfo
</Directory>
CONF
for my $path (qw(/handler/page.txt /public/rule/page.txt /ht/page.txt /server/page.txt)) {
    is_refused($site->http($path), $path);
    is_refused($site->http($path, method => 'POST', body => 'x'), "POST $path");
    $site->serves($path);
}
is($site->http('/public/page.txt')->{status}, 200, 'what is not proxied is served');

done_testing;
