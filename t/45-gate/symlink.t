# SPDX-License-Identifier: Apache-2.0
# If this fails, a flagged directory that is reached through a symbolic link is served in clear though
# the path in the configuration is the path of the link (httpd matches paths as they are asked for).
use SC::Test;
use SC::Gate;
use File::Basename qw(dirname);

my $site = SC::Gate->new(config => <<'CONF');
<Directory "${root}/link">
    SecureChanRequire on
</Directory>
<Directory "${root}/tree/inner">
    SecureChanRequire on
</Directory>
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Location /byurl>
    SecureChanRequire on
</Location>
CONF
my $root = $site->root;
$site->put('elsewhere/page.txt', SECRET . "\n");
$site->put('tree',               undef);
symlink "$root/elsewhere", "$root/link"       or die;
symlink '../elsewhere',    "$root/tree/inner" or die;
symlink 'private',         "$root/byurl"      or die;
symlink '../public/page.txt', "$root/private/outside.txt" or die;
$site->{server} = SC::Httpd->start(%{ $site->{httpd} });

is_refused($site->http($_), $_) for qw(/link/page.txt /link/ /link /tree/inner/page.txt /byurl/page.txt
  /private/outside.txt /public/../link/page.txt /tree/../link/page.txt /private/page.txt);
$site->serves($_) for qw(/link/page.txt /tree/inner/page.txt /byurl/page.txt /private/page.txt);

done_testing;
