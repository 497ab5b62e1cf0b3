# SPDX-License-Identifier: Apache-2.0
# If this fails, another way of writing the path of a flagged directory, or of a flagged URL, gets
# what is in it.
use SC::Test;
use SC::Gate;

my @paths = (
    '/private%2fpage.txt', '/%70rivate/page.txt', '/private/%70age.txt', '//private/page.txt', '/private//page.txt',
    '/./private/page.txt', '/public/../private/page.txt', '/public/%2e%2e/private/page.txt', '/.//private/./page.txt',
    '/public/.%2e/private/page.txt', '/%2e/private/page.txt', '/private/./page.txt', '/private/sub/../page.txt',
    '/public/..;/private/page.txt', '/private;x=y/page.txt', '/private/page.txt/', '/private/page.txt/more',
    '/private/page.txt.', '/private./page.txt', '/private/page.txt%20', '/private/page.txt%00', '/private%00/page.txt',
    '/PRIVATE/page.txt', '/Private/page.txt', '/private\\page.txt', '/public/..%2fprivate/page.txt',
    '/public/..%5cprivate/page.txt', '/%252e%252e/private/page.txt', '/public/%2e%2e%2fprivate/page.txt',
    '/%c0%ae%c0%ae/private/page.txt', '/private/page%2etxt', '/private/page.txt?', '/private/page.txt#x',
    '/private/page.txt%3f', '/private/page.txt;', '/..//private/page.txt', '/../private/page.txt',
    '/nothing/../private/page.txt', '/public/page.txt/../../private/page.txt', '/private/.', '/private/..//private/',
    '/%2fprivate/page.txt', '/%2f/private/page.txt', '/public//../private/page.txt', "/private/page.txt\x80",
);

for my $slashes (qw(Off On NoDecode)) {
    my $site = SC::Gate->start(config => <<"CONF");
AllowEncodedSlashes $slashes
<Directory "\${root}/private">
    SecureChanRequire on
</Directory>
CONF
    my $url = SC::Gate->start(config => <<"CONF");
AllowEncodedSlashes $slashes
<Location /private>
    SecureChanRequire on
</Location>
CONF
    allow_log(qr/AH10244|AH00026/);    # httpd's own: invalid path, encoded slash
    for my $path (@paths) {
        (my $name = $path) =~ s/([^!-~])/sprintf '\\x%02x', ord $1/e;
        for my $try ([ 'directory', $site ], [ 'location', $url ]) {
            my $got = $try->[1]->http($path);
            has_no_secret($got, "$try->[0], AllowEncodedSlashes $slashes: $name");
        }
    }
    $site->serves;
    $url->serves;
}

# Where httpd keeps slashes as they come, <Directory> guards all the same.
my $double = SC::Gate->start(config => <<'CONF');
MergeSlashes Off
AllowEncodedSlashes On
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
CONF
has_no_secret($double->http($_), "MergeSlashes Off: $_") for @paths, '///private///page.txt', '/private////sub//one.txt';
$double->serves('//private//page.txt');

done_testing;
