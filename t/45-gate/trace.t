# SPDX-License-Identifier: Apache-2.0
# If this fails, TRACE, which httpd answers before any directory is looked at, reaches a guarded
# server in clear and shows what the client sent.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
TraceEnable On
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
for my $path (qw(/private/page.txt /private/ /public/page.txt /)) {
    my $got = $site->http($path, method => 'TRACE', headers => ['Cookie: session=abc']);
    is($got->{status}, 405, "TRACE $path over http: 405");
    unlike($got->{raw}, qr/session=abc/, 'and no echo');
}
isnt($site->http('*', method => 'TRACE')->{status}, 200, 'TRACE * neither');
allow_log("AH00135");    # httpd: no such method
isnt($site->http('/public/page.txt', method => 'trace')->{status}, 200, 'nor in small letters');
my $secure = $site->https('/private/page.txt', method => 'TRACE', headers => ['X-Mine: abc']);
is($secure->{status}, 200, 'over https it is httpd\'s business');
like($secure->{body}, qr/X-Mine: abc/, 'and answered');

# A server without flagged sections is left as it was.
my $free = SC::Gate->start(config => "TraceEnable On\n");
is($free->http('/private/page.txt', method => 'TRACE')->{status}, 200, 'nothing flagged: nothing changed');
$site->serves;

done_testing;
