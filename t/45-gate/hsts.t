# SPDX-License-Identifier: Apache-2.0
# If this fails, browsers are not told to stay on https by the answers of a guarded site (refusals and
# errors too), or are told so over plain HTTP, where anybody can say it.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF', files => { map { ("$_/page.txt" => SECRET) } qw(redirect hide verified off) });
SecureChanHSTS 1h
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/redirect">
    SecureChanRequire on else=redirect
</Directory>
<Directory "${root}/hide">
    SecureChanRequire on else=hide
</Directory>
<Directory "${root}/verified">
    SecureChanRequire on verified
</Directory>
<Directory "${root}/off">
    SecureChanHSTS off
</Directory>
<Location /moved>
    Redirect 302 /public/page.txt
</Location>
<Location /closed>
    Require all denied
</Location>
<Location /broken>
    Redirect 500
</Location>
CONF
allow_log('AH01630', 'AH00026', 'AH10244');

my @asked = (    # path, status in clear, status over https
    [ '/public/page.txt', 200, 200 ], [ '/private/page.txt', 403, 200 ], [ '/redirect/page.txt', 308, 200 ],
    [ '/hide/page.txt', 404, 200 ], [ '/none', 404, 404 ], [ '/moved', 302, 302 ], [ '/closed', 403, 403 ],
    [ '/broken', 500, 500 ], [ '/verified/page.txt', 403, 403 ], [ '/public', 301, 301 ], [ '/a%2fb', 404, 404 ],
);
for my $case (@asked) {
    my ($path, $clear, $secure) = @$case;
    my $http = $site->http($path, headers => [ 'X-Forwarded-Proto: https' ]);
    is($http->{status}, $clear, "$path in clear: $clear");
    is($http->{head}{'strict-transport-security'}, undef, 'no HSTS');
    my $https = $site->https($path);
    is($https->{status}, $secure, "$path over https: $secure");
    is($https->{head}{'strict-transport-security'}, 'max-age=3600', 'with HSTS, once');
}
is($site->https('/public/page.txt', method => $_)->{head}{'strict-transport-security'}, 'max-age=3600', "$_: with HSTS")
  for qw(HEAD OPTIONS POST PUT);
is($site->https('/off/page.txt')->{head}{'strict-transport-security'}, undef, 'not where it is off');
for my $host ('127.0.0.1', '127.0.0.1:' . $site->port('tls'), '[::1]', '1.2.3.4', '[2001:db8::1]:443') {
    my $got = $site->https('/private/page.txt', host => $host);
    is($got->{status}, 200, "Host: $host: served");
    is($got->{head}{'strict-transport-security'}, undef, 'without HSTS: it is for names');
}
my $none = $site->send_bytes("GET /private/page.txt HTTP/1.0\r\n\r\n", tls => 1);
is($none->{head}{'strict-transport-security'}, undef, 'nor without Host');
my $wrong = $site->http('/private/page.txt', port => $site->port('tls'));
is($wrong->{head}{'strict-transport-security'}, undef, 'nor to HTTP on the TLS port');
$site->serves;

done_testing;
