# SPDX-License-Identifier: Apache-2.0
# If this fails, else=redirect does not bring people to the same page over https.
use SC::Test;
use SC::Gate;

my %names = (plain => "ServerAlias plain.wild.example.test\n", secure => "ServerAlias second.wild.example.test\n");
my $site = SC::Gate->start(config => <<'CONF', %names);
<Directory "${root}/private">
    SecureChanRequire on else=redirect
</Directory>
<Location /open>
    Redirect 301 http://other.test/
</Location>
CONF
my $tls  = $site->port('tls');
my $base = 'https://' . HOST . ":$tls";

for my $method (qw(GET HEAD)) {
    for my $path ('/private/page.txt', '/private/', '/private', '/private/none', '/private/page.txt?a=b&c=%26d?e',
        '/private/%41b%20c%C3%A4', '/private/a+b;c=d', '/private/%22%3Cx%3E', '/private/page.txt?', '/private/x?u=http://a.test/',
        '/private/%25%32%35', '/private/a//b')
    {
        my $got = $site->http($path, method => $method);
        is($got->{status}, 308, "$method $path: 308");
        is($got->{head}{location}, "$base$path", 'to the same address over https');
        has_no_secret($got, 'no secret');
    }
}
is($site->http('/%70rivate/./page.txt')->{head}{location}, "$base/%70rivate/./page.txt", 'written as it was asked for');
my $alias = $site->http('/private/page.txt', host => 'second.wild.example.test');
is($alias->{head}{location}, "https://second.wild.example.test:$tls/private/page.txt", 'the alias name is kept');
my $case = $site->http('/private/page.txt', host => 'SECOND.wild.Example.test');
like($case->{head}{location}, qr{^https://second\.wild\.example\.test:$tls/}i, 'whatever its letters');
my $plain = $site->http('/private/page.txt', host => 'plain.wild.example.test');
is($plain->{head}{location}, "$base/private/page.txt", 'a name the TLS host does not have is not');
my $followed = $site->https(substr $site->http('/private/page.txt')->{head}{location}, length $base);
like($followed->{body}, qr/the secret words/, 'whoever follows it gets the page');
my $weak = $site->http('/private/page.txt', headers => ['Cookie: a=b']);
is($weak->{head}{'set-cookie'}, undef, 'no cookie comes in clear');
is($site->http('/public/page.txt')->{status}, 200, 'what is not flagged is served in clear');
$site->serves;

done_testing;
