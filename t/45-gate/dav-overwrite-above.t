# SPDX-License-Identifier: Apache-2.0
# If this fails, somebody in clear deletes a flagged directory by copying something over a collection
# above it: COPY and MOVE remove what is at their destination first.
use SC::Test;
use SC::Gate;

my %files;
$files{"dav/top$_/private/a.txt"} = SECRET for 0 .. 3;
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}/dav">
    Dav On
</Directory>
<Directory "${root}/dav/top0/private">
    SecureChanRequire on
</Directory>
<DirectoryMatch "/dav/top1/priv[a-z]+">
    SecureChanRequire on
</DirectoryMatch>
<Location /dav/top2/private>
    SecureChanRequire on
</Location>
CONF
my $base = 'http://' . HOST . ':' . $site->port('http');

for my $top (0 .. 2) {
    for my $method (qw(COPY MOVE)) {
        for my $from (qw(/dav/dir/ /dav/file.txt)) {
            for my $to ("/dav/top$top", "/dav/top$top/") {
                for my $depth ([], ['Depth: 0'], ['Depth: infinity']) {
                    $site->put('dav/dir/x.txt',             'x');
                    $site->put('dav/file.txt',              'x');
                    $site->put("dav/top$top/private/a.txt", SECRET);
                    $site->give;
                    my $got = $site->http($from, method => $method, headers => [ "Destination: $base$to", 'Overwrite: T', @$depth ]);
                    ok(-f $site->root . "/dav/top$top/private/a.txt", "$method $from over $to, @$depth: nothing is deleted")
                      || diag($got->{raw});
                    isnt($got->{status}, 204, 'and it is no success');
                    unlink $site->root . "/dav/top$top";    # where a file took its place
                }
            }
        }
    }
}
$site->put('dav/file.txt', 'x');
$site->give;
is($site->http('/dav/file.txt', method => 'COPY', headers => ["Destination: $base/dav/top3/new.txt"])->{status}, 201,
    'what is not flagged can be copied');
is($site->http('/dav/file.txt', method => 'COPY', headers => ["Destination: $base/dav/top3/new.txt"])->{status}, 204,
    'and overwritten');
$site->serves('/dav/top0/private/a.txt');

done_testing;
