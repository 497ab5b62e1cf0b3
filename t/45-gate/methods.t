# SPDX-License-Identifier: Apache-2.0
# If this fails, some request method gets past the gate, or a script in the flagged directory runs for
# a request that came in clear.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
    Options +ExecCGI
    AddHandler cgi-script .cgi
</Directory>
CONF
    files => {
        'private/run.cgi' => <<'CGI',
#!/usr/bin/env perl
open my $fh, '>', 'ran' or die; close $fh;
print "Content-Type: text/plain\n\nthe secret words\n";
CGI
    },
);

my @methods = qw(GET POST PUT DELETE OPTIONS PATCH CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK
  VERSION-CONTROL CHECKOUT REPORT SEARCH BIND get gEt SECRET GETX M-SEARCH X);
for my $path (qw(/private/page.txt /private/ /private/run.cgi)) {
    for my $method (@methods) {
        my @body = $method =~ /^P(OST|UT|ATCH)/ ? (body => 'x=y') : ();
        my $got = $site->http($path, method => $method, @body);
        has_no_secret($got, "$method $path: no secret");
        like($got->{status}, qr/^(?:403|400|501)$/, 'a refusal');
    }
    my $head = $site->http($path, method => 'HEAD');
    is($head->{line}, 'HTTP/1.1 403 Secure Channel Required', "HEAD $path: refused");
    is($head->{body}, '', 'without a body');
    is($head->{head}{$_}, undef, "no $_") for qw(last-modified etag);
    my $options = $site->http($path, method => 'OPTIONS');
    is_refused($options, "OPTIONS $path");
    is($options->{head}{allow}, undef, 'without a word on what is possible there');
    is_refused($site->http($path, method => $_, body => 'a=b'), "$_ $path") for qw(POST PUT DELETE);
}
ok(!-e $site->root . '/private/ran', 'the script did not run');
is_refused($site->http('/private/run.cgi', method => 'POST', body => 'x', headers => ['Expect: 100-continue']),
    'POST with Expect');
is_refused($site->http('/private/page.txt', method => 'POST', headers => ['X-HTTP-Method-Override: GET'], body => 'x'),
    'a method in a header');
is($site->http('*', method => 'OPTIONS')->{status}, 200, 'OPTIONS * tells nothing of the directory');
is($site->http('/public/page.txt', method => 'HEAD')->{status}, 200, 'HEAD elsewhere');
$site->serves('/private/run.cgi');
ok(-e $site->root . '/private/ran', 'where the script does run');
$site->serves;

done_testing;
