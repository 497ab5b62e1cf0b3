# SPDX-License-Identifier: Apache-2.0
# If this fails, WebDAV's reading methods show in clear what lies in a flagged directory, or that it is
# there, also when asked for a collection above it.
use SC::Test;
use SC::Gate;

my %files = ('dav/private/hidden-name.txt' => SECRET, 'dav/seen.txt' => "x\n");
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}/dav">
    Dav On
    DavDepthInfinity On
</Directory>
<Directory "${root}/dav/private">
    SecureChanRequire on
</Directory>
CONF
my $ask = qq{<?xml version="1.0"?>\n<D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>\n};

for my $depth ('0', '1', 'infinity', '') {
    my %how = (method => 'PROPFIND', body => $ask, headers => [ 'Content-Type: text/xml', $depth ? "Depth: $depth" : () ]);
    $how{headers} = [ 'Content-Type: text/xml', 'Depth: 0' ] if $depth eq '0';
    for my $path (qw(/dav/private /dav/private/ /dav/private/hidden-name.txt)) {
        is_refused($site->http($path, %how), "PROPFIND $path, Depth '$depth'");
    }
    my $above = $site->http('/dav/', %how);
    unlike($above->{raw}, qr/hidden-name/, "PROPFIND above, Depth '$depth': no names of what is inside");
    unlike($above->{raw}, qr/the secret words/, 'and no content');
    is($above->{status}, 207, 'the collection above itself may be asked for') if $depth eq '0';
}
for my $depth ('0 ', '00', '0,0', ' 0', 'Infinity', 'INFINITY', '2', '-1', '1, infinity') {
    my $got = $site->http('/dav/', method => 'PROPFIND', headers => ["Depth: $depth"]);
    unlike($got->{raw}, qr/hidden-name/, "Depth '$depth'");
}
my $twice = $site->http('/dav/', method => 'PROPFIND', headers => [ 'Depth: 0', 'Depth: infinity' ]);
unlike($twice->{raw}, qr/hidden-name/, 'two Depth headers');
for my $method (qw(REPORT SEARCH LOCK GET HEAD POST PROPPATCH UNLOCK OPTIONS)) {
    is_refused($site->http('/dav/private/hidden-name.txt', method => $method,
        $method eq 'GET' || $method eq 'HEAD' ? () : (body => $ask)), $method);
}
is($site->http('/dav/seen.txt')->{status}, 200, 'what is not flagged is served');
my $secure = $site->https('/dav/', method => 'PROPFIND', body => $ask, headers => ['Depth: infinity']);
is($secure->{status}, 207, 'over https PROPFIND above');
like($secure->{body}, qr/hidden-name/, 'lists everything');
$site->serves('/dav/private/hidden-name.txt');

done_testing;
