# SPDX-License-Identifier: Apache-2.0
# If this fails, a page of the flagged directory that the cache kept from a https request is served
# from the cache in clear, before httpd looks at any directory.
use SC::Test;
use SC::Gate;

# One key for both schemes: what CacheKeyBaseURL is for.
for my $kind (qw(disk socache)) {
    my $site = SC::Gate->start(config => <<"CONF");
CacheRoot "\${var}"
CacheSocache shmcb
CacheQuickHandler On
CacheEnable $kind /
CacheKeyBaseURL "http://gate.wild.example.test:80/"
CacheHeader On
CacheIgnoreNoLastMod On
CacheDefaultExpire 3600
CacheIgnoreCacheControl On
CacheStaleOnError On
<Directory "\${root}/private">
    SecureChanRequire on
    Header set Cache-Control "public, max-age=3600"
</Directory>
Alias /other "\${root}/private"
ErrorDocument 404 /private/page.txt
<Directory "\${root}">
    Options +Includes
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
</Directory>
CONF
    $site->put('page.shtml', '<!--#include virtual="/private/page.txt" -->');
    allow_log(qr/unable to include/);
    $site->serves($_) for (qw(/private/page.txt /private/ /other/page.txt /private/page.txt?x)) x 2;
    if ($kind eq 'disk') {
        like($site->https('/private/page.txt')->{head}{'x-cache'} || '', qr/^HIT/, "$kind: the page is in the cache");
        like($site->https('/public/page.txt')->{head}{'x-cache'} || '', qr/^MISS/, 'a public one');
        like($site->http('/public/page.txt')->{body}, qr/the public words/, 'is found by http too');
    }
    for my $path (qw(/private/page.txt /private/ /private/index.html /other/page.txt /private/page.txt?x /private//page.txt)) {
        my $got = $site->http($path);
        is_refused($got, "$kind: $path");
        is($got->{head}{'x-cache'}, undef, 'and not by the cache') if ($got->{head}{'x-cache'} || '') =~ /^HIT/;
    }
    is_refused($site->http('/private/page.txt', headers => [$_]), "$kind: $_")
      for 'Cache-Control: only-if-cached', 'Cache-Control: max-stale', 'Range: bytes=0-3', 'If-None-Match: *',
      'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT';
    is_refused($site->http('/private/page.txt', method => 'HEAD'), "$kind: HEAD");
    has_no_secret($site->send_bytes("GET /private/page.txt HTTP/1.0\r\n\r\n"), "$kind: HTTP/1.0");
    has_no_secret($site->http('/page.shtml'), "$kind: included");
    has_no_secret($site->http('/none'), "$kind: as an error page");
    unlink $site->root . '/private/page.txt';
    is_refused($site->http('/private/page.txt'), "$kind: when the file is gone");
    $site->put('private/page.txt', SECRET . "\n");
    $site->serves('/private/sub/one.txt') if $kind eq 'disk';
}

done_testing;
