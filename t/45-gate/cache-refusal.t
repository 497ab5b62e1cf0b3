# SPDX-License-Identifier: Apache-2.0
# If this fails, the cache keeps a refusal or a redirect given in clear and hands it to people who come
# over https: for them the site is gone, or sends them in circles.
use SC::Test;
use SC::Gate;

for my $quick (qw(On Off)) {
    for my $else (qw(deny redirect hide)) {
        my $site = SC::Gate->start(config => <<"CONF");
CacheRoot "\${var}"
CacheQuickHandler $quick
CacheEnable disk /
CacheKeyBaseURL "http://gate.wild.example.test:80/"
CacheIgnoreNoLastMod On
CacheDefaultExpire 3600
CacheStoreExpired On
<Directory "\${root}/private">
    SecureChanRequire on else=$else
    Header always set Cache-Control "public, max-age=3600"
</Directory>
CONF
        for my $path (qw(/private/page.txt /private/)) {
            isnt($site->http($path)->{status}, 200, "quick $quick, else=$else: $path in clear") for 1 .. 2;
            $site->serves($path);
            $site->serves($path);
            my $again = $site->http($path);
            isnt($again->{status}, 200, 'and in clear once more');
            has_no_secret($again, 'no secret');
        }
    }
}

done_testing;
