# SPDX-License-Identifier: Apache-2.0
# If this fails, a DirectoryIndex or FallbackResource brings what is flagged in clear; a candidate that
# is refused is passed over and the next one served.
use SC::Test;
use SC::Gate;

allow_log("AH01276");    # httpd: no index

for my $else (qw(deny redirect hide)) {
    my %files = (
        'a/next.html' => "the next one\n", 'b/own.html' => SECRET, 'b/next.html' => "the next one\n",
        'c/x'         => 'x',              'e/x'        => 'x',
    );
    my $site = SC::Gate->start(config => <<"CONF", files => \%files);
<Directory "\${root}/private">
    SecureChanRequire on else=$else
</Directory>
<Files "own.html">
    SecureChanRequire on else=$else
</Files>
<Directory "\${root}/a">
    DirectoryIndex /private/index.html next.html
</Directory>
<Directory "\${root}/b">
    DirectoryIndex own.html next.html
</Directory>
<Directory "\${root}/c">
    DirectoryIndex /private/page.txt
</Directory>
<Directory "\${root}/e">
    DirectoryIndex disabled
    FallbackResource /private/page.txt
</Directory>
CONF
    for my $dir (qw(a b)) {
        my $got = $site->http("/$dir/");
        is($got->{body}, "the next one\n", "else=$else: /$dir/ passes over what is refused");
        has_no_secret($got, 'no secret');
        $site->serves("/$dir/");
    }
    for my $path (qw(/c/ /e/ /e/none /e/x/none)) {
        my $got = $site->http($path);
        has_no_secret($got, "else=$else: $path");
        isnt($got->{status}, 200, 'is an error');
        is($got->{head}{location}, undef, 'and no redirect for what nobody asked for');
    }
    $site->serves($_) for qw(/c/ /e/none);
}

done_testing;
