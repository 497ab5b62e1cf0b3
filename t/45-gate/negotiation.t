# SPDX-License-Identifier: Apache-2.0
# If this fails, content negotiation (MultiViews, type maps) chooses a variant from what is flagged.
use SC::Test;
use SC::Gate;

my $map = sub { "URI: $_[0]\nContent-Type: text/plain\n\n" };
my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}">
    Options +MultiViews
    AddLanguage en .en
    AddLanguage de .de
    AddHandler type-map .var
</Directory>
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Files "both.html.de">
    SecureChanRequire on
</Files>
<Files "only.*">
    SecureChanRequire on
</Files>
CONF
    files => {
        'private/page.html.en' => SECRET, 'private/one.html' => SECRET,
        'public/both.html.en'  => "the public words\n", 'public/both.html.de' => SECRET,
        'public/only.html'     => SECRET,
        'public/a.var'         => $map->('/private/page.txt'), 'public/b.var' => $map->('../private/page.txt'),
        'public/private'       => "no\n",
    },
);
allow_log('AH00687', 'AH00690');    # httpd: nothing could be negotiated
is_refused($site->http($_), $_) for qw(/private/page.html /private/page /private/one /private/page.txt);
for my $path (qw(/public/a.var /public/b.var /public/only /public/a /public/b)) {
    my $got = $site->http($path);
    has_no_secret($got, $path);
    isnt($got->{status}, 200, 'is an error');
}
my $both = $site->http('/public/both', headers => ['Accept-Language: de, en;q=0.1']);
has_no_secret($both, 'a flagged variant is not chosen');
like($both->{body}, qr/the public words/, 'the one that may be seen is');
unlike($site->http('/public/both', headers => ['Accept: text/nothing'])->{body}, qr/both\.html\.de/,
    'and the list of variants does not name it');
like($site->https('/public/both', headers => ['Accept-Language: de, en;q=0.1'])->{body}, qr/the secret words/,
    'over https the better one is chosen');
$site->serves($_) for qw(/private/page.html /private/one /public/b.var /public/only);

done_testing;
