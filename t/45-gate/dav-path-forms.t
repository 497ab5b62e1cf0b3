# SPDX-License-Identifier: Apache-2.0
# If this fails, WebDAV reaches below a collection into a flagged directory, only because its path was
# written in an unusual way in the configuration (a slash too many comes easily with Define).
use SC::Test;
use SC::Gate;

my @forms = ('${root}//dav/a/private', '${root}/dav/b/private/', '${root}/dav//c/private//', '${root}/./dav/d/private',
    '${root}/public/../dav/e/private', '/${root}/dav/f/private');
my @names = ('a' .. 'f');
my $config = join '', map { qq{<Directory "$_">\nSecureChanRequire on\n</Directory>\n} } @forms;
my %files = ((map { ("dav/$_/private/x.txt" => SECRET) } @names, 'strict'), 'dav/open/y' => 'y');
my $site = SC::Gate->start(config => <<"CONF", files => \%files);
<Directory "\${root}/dav">
    Dav On
</Directory>
$config
<Directory "\${root}/dav/strict/private">
    SecureChanRequire on tls>=1.3
</Directory>
CONF
my ($root, $host) = ($site->root, HOST);
my ($http, $tls) = map { $site->port($_) } qw(http tls);

for my $i (0 .. $#forms) {
    my $name = $names[$i];
    is_refused($site->http("/dav/$name/private/x.txt"), "$forms[$i]: the file");
    is_refused($site->http("/dav/$name/", method => 'COPY', headers => ["Destination: http://$host:$http/dav/open/$name/"]),
        'COPY of the collection above');
    ok(!-e "$root/dav/open/$name/private/x.txt", 'nothing is copied');
    is_refused($site->http("/dav/$name/", method => 'PROPFIND', headers => ['Depth: 1']), 'PROPFIND');
    is_refused($site->http("/dav/$name/", method => 'DELETE'), 'DELETE');
    ok(-e "$root/dav/$name/private/x.txt", 'nothing is gone');
}
my %old = (ssl => { SSL_version => 'TLSv1_2' });
is_refused($site->https('/dav/strict/', %old, method => 'COPY', headers => ["Destination: https://$host:$tls/dav/open/s/"]),
    'COPY over too weak a channel');
ok(!-e "$root/dav/open/s/private/x.txt", 'nothing is copied');
is_refused($site->https('/dav/strict/', %old, method => 'DELETE'), 'DELETE over too weak a channel');
$site->serves("/dav/$_/private/x.txt") for @names, 'strict';

done_testing;
