# SPDX-License-Identifier: Apache-2.0
# If this fails, a flagged directory is served over plain HTTP, or whoever is refused is not told why
# and where to go instead.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
my $tls = $site->port('tls');

my $got = $site->http('/private/page.txt');
is_refused($got, 'a file');
is($got->{line}, 'HTTP/1.1 403 Secure Channel Required', 'the status line names the reason');
like($got->{body}, qr/Secure Channel Required/, 'so does the page');
like($got->{body}, qr/secure \(https\) connection is required/, 'and says what is wrong');
like($got->{body}, qr{<a href="https://gate\.wild\.example\.test:$tls/private/page\.txt">},
    'with a link to the https address');
like($got->{head}{'content-type'} || '', qr{^text/html}, 'it is a page');
is($got->{head}{$_}, undef, "nothing about the file itself: no $_")
  for qw(etag last-modified accept-ranges content-range location);

for my $path (qw(/private /private/ /private/index.html /private/sub/one.txt /private/none /private/none/)) {
    is_refused($site->http($path), $path);
}
my $range = $site->http('/private/page.txt', headers => ['Range: bytes=0-5']);
is_refused($range, 'a range');
unlike($range->{raw}, qr/the se/, 'not even a part of it');
for my $header ('If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT', 'If-None-Match: *', 'If-Match: "x"') {
    is_refused($site->http('/private/page.txt', headers => [$header]), $header);
}
is_refused($site->http('/private/page.txt?<script>alert(1)</script>&x="\'>'), 'a query that is no link');
unlike($site->http('/private/x?"><script>alert(1)</script>')->{body}, qr/<script>/, 'markup is escaped');

like($site->http('/public/page.txt')->{body}, qr/the public words/, 'what is not flagged is served');
ok(wait_log(qr/SC0401: \/private\/page\.txt refused/), 'the log says who was refused');
$site->serves;

done_testing;
