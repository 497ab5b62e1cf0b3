# SPDX-License-Identifier: Apache-2.0
# If this fails, path that follows a program's name leads into the flagged directory: httpd itself
# must not open anything there for it.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/public">
    Options +ExecCGI
    AddHandler cgi-script .cgi
    AcceptPathInfo On
</Directory>
CONF
    files => {
        'public/show.cgi' => <<'CGI',
#!/usr/bin/env perl
print "Content-Type: text/plain\n\ninfo=$ENV{PATH_INFO} translated=$ENV{PATH_TRANSLATED}\n";
CGI
    },
);
my $got = $site->http('/public/show.cgi/private/page.txt');
is($got->{status}, 200, 'the program itself is not flagged: what it does with the path is its own business');
like($got->{body}, qr{^info=/private/page\.txt }, 'it is told the path');
has_no_secret($got, 'and httpd opens nothing there');
for my $path (qw(/public/page.txt/private/page.txt /public/page.txt/../../private/page.txt
    /public/show.cgi/../../private/page.txt /index.html/private/page.txt))
{
    has_no_secret($site->http($path), $path);
}
is_refused($site->http('/private/page.txt/more'), 'path behind a flagged file');
is_refused($site->http('/private/none.cgi/more'), 'and behind one that is not there');
$site->serves;

done_testing;
