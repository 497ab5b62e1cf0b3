# SPDX-License-Identifier: Apache-2.0
# If this fails, a module that answers before httpd looks at directories (a quick handler) serves
# flagged files in clear, for requests and for parts of a page.
use SC::Test;
use SC::Gate;

my $lua = <<'LUA';
function quick(r)
    if r.uri:find("page.txt", 1, true) or r.uri:find("index.html", 1, true) then
        local f = io.open(r.document_root .. r.uri, "rb")
        if f then
            r.content_type = "text/plain"
            r:puts("quick: " .. f:read("*a"))
            f:close()
            return apache2.OK
        end
    end
    return apache2.DECLINED
end
LUA
my %part = map { $_ => qq{LuaQuickHandler "\${root}/quick.lua" quick\n} } qw(plain secure);
my %files = ('quick.lua' => $lua, 'all.shtml' => '[<!--#include virtual="/private/page.txt" -->]');
my $site = SC::Gate->start(config => <<'CONF', %part, files => \%files);
<Directory "${root}">
    Options +Includes
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
</Directory>
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
ErrorDocument 404 /private/page.txt
RewriteEngine On
CONF
allow_log(qr/unable to include/);

is_refused($site->http($_), $_)
  for qw(/private/page.txt /private/index.html /private/ /private/page.txt?x //private/page.txt /./private/page.txt);
is_refused($site->http('/private/page.txt', method => $_), $_) for qw(HEAD POST PUT);
has_no_secret($site->send_bytes("GET /private/page.txt HTTP/1.0\r\n\r\n"), 'HTTP/1.0');
has_no_secret($site->http('/all.shtml'), 'in a page');
has_no_secret($site->http('/none'), 'as an error page');
my $public = $site->http('/public/page.txt');
is($public->{status}, 200, 'what is public is served');
like($public->{body}, qr/the public words/, 'in full');
is($site->http('*', method => 'OPTIONS')->{status}, 200, 'OPTIONS *');
is($site->http('/public')->{status}, 301, 'a directory without its slash');
is($site->http('/')->{status}, 200, 'an index');
is($site->http('/public/page.txt', method => 'TRACE')->{status}, 405, 'TRACE');
is($site->http('/none/x')->{status}, 404, 'what is not there is not found');
my $secure = $site->https('/private/page.txt');
is($secure->{status}, 200, 'over https');
like($secure->{body}, qr/^quick: the secret words/, 'the quick handler may answer');
like($site->https('/all.shtml')->{body}, qr/\[the secret words/, 'and it may be part of a page');

done_testing;
