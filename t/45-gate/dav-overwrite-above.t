# SPDX-License-Identifier: Apache-2.0
# If this fails, somebody in clear deletes a flagged directory by copying something over a collection
# above it: COPY and MOVE remove what is at their destination first.
use SC::Test;
use SC::Gate;

my %files;
$files{"dav/top$_/private/a.txt"} = SECRET for 0 .. 3;
my $dav = qq{<Directory "\${root}/dav">\nDav On\nDirectorySlash Off\n</Directory>\n};
my $site = SC::Gate->start(config => $dav . <<'CONF', files => \%files);
<Directory "${root}/dav/top0/private">
    SecureChanRequire on
</Directory>
<Location /dav/top1/private>
    SecureChanRequire on
</Location>
CONF
my $pattern = SC::Gate->start(config => $dav . <<'CONF', files => \%files);
<DirectoryMatch "/dav/top2/priv[a-z]+">
    SecureChanRequire on
</DirectoryMatch>
CONF

for my $top (0 .. 2) {
    my $site = $top == 2 ? $pattern : $site;
    my $base = 'http://' . HOST . ':' . $site->port('http');
    for my $method (qw(COPY MOVE)) {
        for my $from (qw(/dav/dir/ /dav/file.txt)) {
            for my $to ("/dav/top$top", "/dav/top$top/") {
                for my $depth ([], ['Depth: 0'], ['Depth: infinity']) {
                    $site->put('dav/dir/x.txt',             'x');
                    $site->put('dav/file.txt',              'x');
                    $site->put("dav/top$top/private/a.txt", SECRET);
                    $site->give;
                    my $got = $site->http($from, method => $method,
                        headers => [ "Destination: $base$to", 'Overwrite: T', @$depth ]);
                    ok(-f $site->root . "/dav/top$top/private/a.txt", "$method $from over $to, @$depth: nothing is deleted")
                      || diag($got->{raw});
                    isnt($got->{status}, 204, 'and it is no success');
                    unlink $site->root . "/dav/top$top";    # where a file took its place
                }
            }
        }
    }
}
my $base = 'http://' . HOST . ':' . $site->port('http');
$site->put('dav/file.txt', 'x');
$site->give;
is($site->http('/dav/file.txt', method => 'COPY', headers => ["Destination: $base/dav/top3/new.txt"])->{status}, 201,
    'what is not flagged can be copied');
is($site->http('/dav/file.txt', method => 'COPY', headers => ["Destination: $base/dav/top3/new.txt"])->{status}, 204,
    'and overwritten');
$site->serves("/dav/top$_/private/a.txt") for 0, 1;
$pattern->serves('/dav/top2/private/a.txt');

done_testing;
