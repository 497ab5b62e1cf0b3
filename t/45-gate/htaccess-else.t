# SPDX-License-Identifier: Apache-2.0
# If this fails, a .htaccess file changes what the administrator wanted refused people to see.
use SC::Test;
use SC::Gate;

my (%files, $config);
for my $main (qw(none deny redirect hide)) {
    my $word = $main eq 'none' ? '' : " else=$main";
    for my $own (qw(deny redirect hide)) {
        $files{"$main-$own/.htaccess"} = "SecureChanRequire on else=$own\n";
        $files{"$main-$own/page.txt"}  = SECRET;
        $config .= qq{<Directory "\${root}/$main-$own">\nSecureChanRequire on$word\n</Directory>\n};
    }
}
my $site = SC::Gate->start(config => <<"CONF", files => \%files);
<Directory "\${root}">
    AllowOverride AuthConfig
</Directory>
$config
CONF
expect_log('SC0402');

my %status = (deny => 403, redirect => 308, hide => 404);
for my $main (qw(none deny redirect hide)) {
    for my $own (qw(deny redirect hide)) {
        my $got    = $site->http("/$main-$own/page.txt");
        my $wanted = $main eq 'none' || $main eq $own ? $status{$own} : 500;
        is($got->{status}, $wanted, "main else=$main, .htaccess else=$own: $wanted");
        has_no_secret($got, 'no secret');
        is($site->https("/$main-$own/page.txt")->{status}, $wanted == 500 ? 500 : 200, 'over https');
    }
}
$site->serves('/hide-hide/page.txt');

done_testing;
