# SPDX-License-Identifier: Apache-2.0
# If this fails, an attacker can tell a hidden directory (else=hide) from one that is not there.
use SC::Test;
use SC::Gate;

my %files = (
    'nf.shtml' => qq{not found: <!--#echo var="REDIRECT_ERROR_NOTES" --> <!--#echo var="REDIRECT_STATUS" -->\n},
    map { ($_ => SECRET) } qw(byurl/page.txt hidden.txt)
);
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}">
    Options +Includes
</Directory>
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Directory "${root}/private">
    SecureChanRequire on else=hide
</Directory>
<Location /byurl>
    SecureChanRequire on else=hide
</Location>
<Directory "${root}">
    <Files "hidden.txt">
        SecureChanRequire on else=hide
    </Files>
</Directory>
<LocationMatch "^/(custom|byurl)/">
    ErrorDocument 404 /nf.shtml
</LocationMatch>
<Location /private/sub>
    ErrorDocument 404 "not here"
</Location>
<Location /missing/sub>
    ErrorDocument 404 "not here"
</Location>
CONF

# A response without what differs from one request to the next.
sub bare {
    my ($got, $path) = @_;
    my $headers = $got->{headers};
    $headers =~ s/^Date:[^\r\n]*\r\n//mi;
    # How the SSI page is framed depends on the moment.
    $headers =~ s/^(?:Content-Length|Transfer-Encoding):[^\r\n]*\r\n//mi if $got->{body} =~ /^not found/;
    (my $body = $got->{body}) =~ s/\Q$path\E/PATH/g;
    return "$headers\n$body";
}

my @pairs = (    # hidden, missing
    [ '/private/page.txt',    '/missing/page.txt' ],
    [ '/private/',            '/missing/' ],
    [ '/private',             '/missing' ],
    [ '/private/none.txt',    '/missing/none.txt' ],
    [ '/private/index.html',  '/public/index.html' ],
    [ '/private/sub/one.txt', '/missing/sub/one.txt' ],
    [ '/private/page.txt/x',  '/missing/page.txt/x' ],
    [ '/private/page.txt?a=b', '/missing/page.txt?a=b' ],
    [ '/byurl/page.txt',      '/custom/page.txt' ],
    [ '/byurl/',              '/custom/' ],
    [ '/hidden.txt',          '/misses.txt' ],
    [ '//private/page.txt',   '//missing/page.txt' ],
);
for my $pair (@pairs) {
    my ($hidden, $missing) = @$pair;
    for my $how ([ 'GET' ], [ 'HEAD' ], [ 'POST', body => 'a=b' ], [ 'GET', headers => ['Range: bytes=0-1'] ],
        [ 'GET', headers => ['If-None-Match: *'] ], [ 'GET', headers => ['Accept: image/png'] ], [ 'GET', version => '1.0' ],
        [ 'GET', headers => ['Accept-Encoding: gzip'] ], [ 'GET', keep => 0, host => 'other.test' ])
    {
        my ($method, @how) = @$how;
        my ($got, $real) = map { $site->http($_, method => $method, @how) } $hidden, $missing;
        is(bare($got, $hidden), bare($real, $missing), "$method $hidden looks like $missing")
          or diag("$got->{raw}\n---\n$real->{raw}");
        is($got->{status}, 404, 'as 404') if $method ne 'HEAD';
        has_no_secret($got, 'no secret');
    }
}
ok(!grep { /SC04\d\d/ && /:(?:warn|error)\]/ } split(/\n/, $site->server->log), 'and nothing alarming in the log');
$site->serves($_) for qw(/private/page.txt /byurl/page.txt /hidden.txt);

done_testing;
