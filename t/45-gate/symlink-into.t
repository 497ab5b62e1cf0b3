# SPDX-License-Identifier: Apache-2.0
# If this fails, what the README says of symbolic links is wrong: a <Directory> is matched by the path
# asked for, so a link elsewhere is a path of its own, and FollowSymLinks decides whether it is followed.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/public/closed">
    Options -FollowSymLinks
</Directory>
<Directory "${root}/public/owner">
    Options -FollowSymLinks +SymLinksIfOwnerMatch
</Directory>
<Directory "${root}/public/flagged/dir">
    SecureChanRequire on
</Directory>
<Files "flagged.txt">
    SecureChanRequire on
</Files>
CONF
my $root = $site->root;
for my $place (qw(closed owner flagged)) {
    $site->put("public/$place", undef);
    symlink '../../private',          "$root/public/$place/dir"      or die;
    symlink '../../private/page.txt', "$root/public/$place/file.txt" or die;
}
symlink '../../private/page.txt', "$root/public/flagged/flagged.txt" or die;
system 'chown', '-h', 'daemon', map { ("$root/public/owner/$_") } qw(dir file.txt) if $> == 0;
allow_log('AH00037');    # httpd: symbolic link not allowed

is($site->http("/public/closed/$_")->{status}, 403, "closed/$_: httpd does not follow it")
  for qw(dir/page.txt dir/ file.txt);
if ($> == 0) {
    is($site->http("/public/owner/$_")->{status}, 403, "owner/$_: nor a stranger's") for qw(dir/page.txt file.txt);
}
is_refused($site->http("/public/flagged/$_"), "flagged/$_ by the path of the link") for qw(dir/page.txt dir/ flagged.txt);
$site->serves($_) for qw(/public/flagged/dir/page.txt /public/flagged/flagged.txt /private/page.txt);

done_testing;
