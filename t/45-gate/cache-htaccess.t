# SPDX-License-Identifier: Apache-2.0
# If this fails, the cache hands out in clear what only a .htaccess file flags: the cache answers
# before any .htaccess file is read.
use SC::Test;
use SC::Gate;

for my $allow ('AllowOverride AuthConfig', 'AllowOverride All', "AllowOverride None\nAllowOverrideList SecureChanRequire") {
    my %files = ('own/.htaccess' => "SecureChanRequire on\n", 'own/page.txt' => SECRET);
    my $site = SC::Gate->start(config => <<"CONF", files => \%files);
CacheRoot "\${var}"
CacheQuickHandler On
CacheEnable disk /
CacheKeyBaseURL "http://gate.wild.example.test:80/"
CacheHeader On
CacheDefaultExpire 3600
<Directory "\${root}/own">
    $allow
</Directory>
CONF
    (my $name = $allow) =~ s/\n/; /;
    $site->serves('/own/page.txt') for 1 .. 2;
    is_refused($site->http('/own/page.txt'), "$name: the cached page");
    is_refused($site->http('/own/page.txt', method => 'HEAD'), 'HEAD');
    is_refused($site->http('/own/page.txt', headers => ['Cache-Control: only-if-cached']), 'only-if-cached');
    is($site->http('/public/page.txt')->{status}, 200, 'what is public is served');
    $site->serves('/own/page.txt');
}

done_testing;
