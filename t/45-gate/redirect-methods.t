# SPDX-License-Identifier: Apache-2.0
# If this fails, forms sent in clear are silently sent again over https (nobody learns that the data
# has leaked), or parts of pages and error pages turn into redirects.
use SC::Test;
use SC::Gate;

my $rules = "RewriteEngine On\nRewriteRule ^/rewritten\$ /private/page.txt [PT]\n";
my %files = (
    'page.shtml' => '[<!--#include virtual="/private/page.txt" -->]',
    'go.cgi'     => qq{#!/usr/bin/env perl\nprint "Location: /private/page.txt\\n\\n";\n},
);
my $site = SC::Gate->start(config => <<'CONF', plain => $rules, files => \%files);
<Directory "${root}">
    Options +Includes +ExecCGI
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    AddHandler cgi-script .cgi
</Directory>
<Directory "${root}/private">
    SecureChanRequire on else=redirect
</Directory>
<Location /failing>
    ErrorDocument 404 /private/page.txt
</Location>
CONF
allow_log(qr/unable to include/, 'AH02651');
my $base = 'https://' . HOST . ':' . $site->port('tls');

for my $method (qw(POST PUT DELETE PATCH OPTIONS PROPFIND COPY MKCOL)) {
    my $got = $site->http('/private/page.txt', method => $method, body => 'card=4111111111111111');
    is_refused($got, $method);
    is($got->{head}{location}, undef, 'not redirected');
    unlike($got->{raw}, qr/4111/, 'what was sent is not repeated');
    like($got->{body}, qr{href="\Q$base\E/private/page\.txt"}, 'the page has the link');
}
my $page = $site->http('/page.shtml');
is($page->{status}, 200, 'a page that includes it is served');
like($page->{body}, qr/^\[\[an error/, 'with an error in its place');
is($page->{head}{location}, undef, 'and is no redirect');
my $error = $site->http('/failing');
has_no_secret($error, 'an error page that lies there is not shown');
isnt($error->{status}, 200, 'and it is no success');
my $rewritten = $site->http('/rewritten');
is($rewritten->{head}{location}, "$base/rewritten", 'a rewritten request is redirected to what was asked for');
my $cgi = $site->http('/go.cgi?x');
has_no_secret($cgi, 'a local redirect of a program');
is($cgi->{head}{location}, "$base/go.cgi?x", 'is redirected to what was asked for') if $cgi->{status} == 308;
like($cgi->{status}, qr/^(?:308|403)$/, 'or refused');
$site->serves;

done_testing;
