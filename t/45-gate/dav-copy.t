# SPDX-License-Identifier: Apache-2.0
# If this fails, COPY or MOVE in clear carries what lies in a flagged directory to a place where it can
# be read, by itself or with a collection above it.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF', files => { map { ($_ => SECRET) } qw(dav/top/private/a.txt dav/top/x.txt) });
<Directory "${root}/dav">
    Dav On
    DirectorySlash Off
</Directory>
<Directory "${root}/dav/top/private">
    SecureChanRequire on
</Directory>
CONF
my $base = 'http://' . HOST . ':' . $site->port('http');
my $root = $site->root;
$site->put('dav/top/x.txt', "not flagged\n");

my $n = 0;
allow_log('AH01276');    # httpd: no index
for my $method (qw(COPY MOVE)) {
    for my $path (qw(/dav/top/private/a.txt /dav/top/private /dav/top/private/ /dav/top /dav/top/ /dav /dav/)) {
        for my $depth ([], ['Depth: infinity'], ['Depth: 1'], ['Depth: 0'], ['Depth: 0', 'Depth: infinity']) {
            my $target = '/dav/copy' . ++$n;
            my $got = $site->http($path, method => $method,
                headers => [ "Destination: $base$target", 'Overwrite: T', @$depth ]);
            my $name = "$method $path, @$depth";
            my @copies = grep { -e "$root$target$_" } qw(/private/a.txt /top/private/a.txt /a.txt);
            ok(!@copies && !-f "$root$target", "$name: nothing is copied") || diag($got->{raw});
            is_refused($got, $name) if $path =~ /private/;
            has_no_secret($site->http($target), 'nothing can be read') if -e "$root$target";
            ok(-f "$root/dav/top/private/a.txt", 'and nothing is gone') || last;
        }
    }
}
is($site->http('/dav/top/x.txt', method => 'COPY', headers => ["Destination: $base/dav/y.txt"])->{status}, 201,
    'what is not flagged can be copied');
my $secure = $site->https('/dav/top/', method => 'COPY',
    headers => [ 'Destination: https://' . HOST . ':' . $site->port('tls') . '/dav/secure/' ]);
is($secure->{status}, 201, 'over https all of it can');
ok(-f "$root/dav/secure/private/a.txt", 'and is');
$site->serves('/dav/top/private/a.txt');

done_testing;
