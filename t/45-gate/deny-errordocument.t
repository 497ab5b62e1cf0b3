# SPDX-License-Identifier: Apache-2.0
# If this fails, a site's own 403 page cannot tell its visitors why they are refused and where to go.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/errors">
    Options +Includes +ExecCGI
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
    AddHandler cgi-script .cgi
</Directory>
<Location /private/>
    ErrorDocument 403 /errors/note.shtml
</Location>
<Location /private/sub/>
    ErrorDocument 403 /errors/note.cgi
</Location>
<Location /private/text/>
    ErrorDocument 403 "our own words"
</Location>
CONF
    files => {
        'errors/note.shtml' => qq{<!--#echo encoding="none" var="REDIRECT_ERROR_NOTES" -->\n},
        'errors/note.cgi'   => <<'CGI',
#!/usr/bin/env perl
print "Content-Type: text/plain\n\n$ENV{REDIRECT_STATUS} notes: $ENV{REDIRECT_ERROR_NOTES}\n";
CGI
    },
);
my $base = 'https://' . HOST . ':' . $site->port('tls');

my $ssi = $site->http('/private/page.txt', headers => ['X-Evil: <evil>', 'Referer: http://evil.test/']);
is_refused($ssi, 'with an SSI page');
like($ssi->{body}, qr/Secure Channel Required/, 'REDIRECT_ERROR_NOTES has the reason');
like($ssi->{body}, qr{href="\Q$base\E/private/page\.txt"}, 'and the address asked for, not the error page\'s');
unlike($ssi->{body}, qr/evil/, 'and no header values');
my $cgi = $site->http('/private/sub/one.txt?a="<b>');
is_refused($cgi, 'with a CGI page');
like($cgi->{body}, qr/^403 notes: .*Secure Channel Required/s, 'the same for CGI');
like($cgi->{body}, qr{href="\Q$base\E/private/sub/one\.txt\?a=&quot;&lt;b&gt;"}, 'escaped');
is_refused($site->http('/private/text/none'), 'with a text of the site\'s own');
like($site->http('/private/text/none')->{body}, qr/our own words/, 'which is shown');
$site->serves;

done_testing;
