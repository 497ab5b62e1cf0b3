# SPDX-License-Identifier: Apache-2.0
# If this fails, an error page that lies in the flagged directory is shown in clear: everybody can
# provoke an error.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
ErrorDocument 404 /private/page.txt
ErrorDocument 400 /private/page.txt
ErrorDocument 405 /private/page.txt
ErrorDocument 403 /private/page.txt
ErrorDocument 500 /private/run.cgi
ErrorDocument 501 /private/page.txt
ErrorDocument 413 /private/page.txt
<Directory "${root}/private">
    SecureChanRequire on
    Options +ExecCGI
    AddHandler cgi-script .cgi
</Directory>
<Directory "${root}/denied">
    Require all denied
</Directory>
<Directory "${root}/public">
    LimitRequestBody 5
</Directory>
<Location /broken>
    Redirect 500 /broken
</Location>
CONF
    files => {
        'denied/page.txt'    => "denied\n",
        'private/run.cgi'    => "#!/usr/bin/env perl\nprint qq{Content-Type: text/plain\\n\\nthe secret words\\n};\n",
    },
);
allow_log(qr/AH01630|AH00135|AH10244|AH00127|AH10283/);    # httpd's own, for what is asked below

my %provoke = (
    404 => $site->http('/none'),
    403 => $site->http('/denied/page.txt'),
    405 => $site->http('/public/page.txt', method => 'PUT', body => 'x'),
    501 => $site->http('/public/page.txt', method => 'NOSUCH'),
    500 => $site->http('/broken'),
    413 => $site->http('/public/page.txt', method => 'POST', body => 'x' x 20),
    400 => $site->http('/public/page.txt', version => '1.x'),
);
for my $status (sort keys %provoke) {
    has_no_secret($provoke{$status}, "$status over http does not show the page");
    isnt($provoke{$status}{status}, 200, 'and stays an error') if $status != 413;
}
is($provoke{404}{status}, 404, 'the first error\'s status is kept');
is_refused($site->http('/private/page.txt'), 'the refusal\'s own page is refused too');
is_refused($site->http('/private/none'), 'also for what is not there');
is_refused($site->http('/public/../private/run.cgi'), 'and the program');
# HTTP spoken on the TLS port is answered 400 by ourselves.
my $wrong = $site->send_bytes($site->request('/'), port => $site->port('tls'));
has_no_secret($wrong, 'HTTP on the TLS port');
is($wrong->{status}, 400, 'is a 400');
has_no_secret($site->send_bytes("GET /private/page.txt\r\n", port => $site->port('tls')), 'HTTP/0.9 there');
has_no_secret($site->send_bytes("GET /private/page.txt HTTP/1.0\r\n\r\n", port => $site->port('tls')), 'HTTP/1.0 there');
my $secure = $site->https('/none');
is($secure->{status}, 404, 'over https the error page');
like($secure->{body}, qr/the secret words/, 'is shown');
$site->serves;

done_testing;
