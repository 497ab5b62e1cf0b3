# SPDX-License-Identifier: Apache-2.0
# If this fails, a CA cannot fetch its challenge from a site that sends all else to https, or the
# exception opens more than the challenges.
use SC::Test;
use SC::Gate;

my $file = '.well-known/acme-challenge/token';
my $site = SC::Gate->start(config => <<'CONF', files => { $file => "challenge\n", '.well-known/other' => SECRET });
AllowEncodedSlashes NoDecode
<Directory "${root}">
    SecureChanRequire on else=redirect
</Directory>
CONF
is($site->http("/$file")->{body}, "challenge\n", 'the challenge is served in clear');
is($site->http("/$file", method => 'HEAD')->{status}, 200, 'HEAD too');
is($site->http("/.well-known/acme-challenge/none")->{status}, 404, 'one that is not there is not found');
is_refused($site->http("/$file", method => $_, body => 'x'), "$_ is not excepted") for qw(POST PUT DELETE);
allow_log('AH10244');
for my $path ('/private/page.txt#/.well-known/acme-challenge/', qw(
    /.well-known/other /.well-known/acme-challenge/../other /.well-known/acme-challenge/%2e%2e/other
    /.well-known/acme-challenge/../../private/page.txt /.well-known/acme-challenge/..%2f..%2fprivate/page.txt
    /.well-known/acme-challenge/..%2fother /.well-known/acme-challenge/%2e%2e%2fother /.well-known/acme-challenge
    /.well-known/acme-challenge/..;/../private/page.txt /.well-known/acme-challenge/.%2e/../private/page.txt
    /.well-known/acme-challenge//../../private/page.txt /.well-known/acme-challenge/token/../../../private/page.txt
    /private/.well-known/acme-challenge/ /private/page.txt?/.well-known/acme-challenge/ /x/.well-known/acme-challenge/token
    /.well-known/acme-challenge/\..\..\private\page.txt))
{
    my $got = $site->http($path);
    has_no_secret($got, $path);
    isnt($got->{status}, 200, 'is not served');
}
for my $else (qw(deny hide)) {
    my $other = SC::Gate->start(config => <<"CONF", files => { $file => "challenge\n" });
<Directory "\${root}">
    SecureChanRequire on else=$else
</Directory>
CONF
    isnt($other->http("/$file")->{status}, 200, "else=$else makes no exception");
    $other->serves;
}
$site->serves;

done_testing;
