# SPDX-License-Identifier: Apache-2.0
# If this fails, a page outside includes what is in the flagged directory for readers in clear.
use SC::Test;
use SC::Gate;

my @pages = (
    '<!--#include virtual="/private/page.txt" -->', '<!--#include virtual="private/page.txt" -->',
    '<!--#include file="private/page.txt" -->',     '<!--#include virtual="/private/?x=y" -->',
    '<!--#include virtual="/private/run.cgi" -->',  '<!--#exec cgi="/private/run.cgi" -->',
    '<!--#fsize virtual="/private/page.txt" -->',   '<!--#fsize file="private/page.txt" -->',
    '<!--#flastmod virtual="/private/page.txt" -->', '<!--#flastmod file="private/page.txt" -->',
    '<!--#include virtual="/public/../private/page.txt" -->', '<!--#include virtual="/other/page.txt" -->',
    '<!--#include virtual="/sub.shtml" -->',        '<!--#include file="private/page.shtml" -->',
    '<!--#include virtual="/rewritten" -->',        '<!--#include virtual="/private/page.txt" onerror="/private/page.txt" -->',
);
my $run   = "#!/usr/bin/env perl\nprint qq{Content-Type: text/plain\\n\\nthe secret words\\n};\n";
my %files = map { ("$_.shtml" => "before [$pages[$_]] after\n") } 0 .. $#pages;
my $rules = "RewriteEngine On\nRewriteRule ^/rewritten\$ /private/page.txt [PT]\n";
my $site  = SC::Gate->start(
    config => <<'CONF', plain => $rules, secure => $rules,
<Directory "${root}">
    Options +Includes +ExecCGI
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    AddHandler cgi-script .cgi
</Directory>
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
Alias /other/ "${root}/private/"
CONF
    files => { %files,
        'sub.shtml' => '<!--#include virtual="/private/page.txt" -->',
        'private/run.cgi' => $run, 'private/page.shtml' => '<!--#echo var="X" -->' . SECRET },
);
allow_log(qr/subrequest setup returned 403|unable to (?:get information about|lookup information about|include)|invalid CGI ref/);

for my $i (0 .. $#pages) {
    my $got = $site->http("/$i.shtml");
    is($got->{status}, 200, "$pages[$i]: the page itself is public");
    has_no_secret($got, 'but shows nothing of the flagged directory');
    like($got->{body}, qr/^before \[\s*\[an error occurred[^\]]*\]/, 'only an error') if $i != 12;
}
my $shown = 0;
for my $i (0 .. $#pages) {
    my $got = $site->https("/$i.shtml");
    $shown++ if $got->{status} == 200 && $got->{body} !~ /an error occurred/;
    diag("$pages[$i] over https: $got->{body}") if $got->{body} =~ /an error occurred/;
}
is($shown, scalar @pages, 'over https all of them show it');
$site->serves('/0.shtml');

done_testing;
