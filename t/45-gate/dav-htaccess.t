# SPDX-License-Identifier: Apache-2.0
# If this fails, a directory that its own .htaccess flags is listed, copied or deleted in clear by way
# of a collection above it, which WebDAV walks without asking httpd for each file.
use SC::Test;
use SC::Gate;

my @tops = map { "top$_" } 0 .. 7;
my %files;
for my $top (@tops) {
    $files{"dav/$top/inner/.htaccess"}       = "SecureChanRequire on\n";
    $files{"dav/$top/inner/hidden-name.txt"} = SECRET;
}
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}/dav">
    Dav On
    DirectorySlash Off
    AllowOverride AuthConfig
</Directory>
<Directory "${root}/dav/open">
    AllowOverride None
</Directory>
CONF
$site->put('dav/open', undef);
$site->give;
my $base = 'http://' . HOST . ':' . $site->port('http');
my $root = $site->root;

is_refused($site->http("/dav/top0/inner/hidden-name.txt", method => $_), $_) for qw(GET HEAD PUT DELETE PROPFIND COPY);
my $n = 0;
for my $case (
    [ 'PROPFIND', 'Depth: 1' ], [ 'PROPFIND', 'Depth: infinity' ],
    [ 'COPY',   "Destination: $base/dav/open/c" ], [ 'MOVE', "Destination: $base/dav/open/m" ],
    [ 'COPY',   "Destination: $base/dav/open/d/", 'Depth: infinity' ], ['DELETE'],
  )
{
    my ($method, @headers) = @$case;
    my $top = "top" . $n++;
    my $path = $method eq 'PROPFIND' && $headers[0] =~ /1/ ? "/dav/$top/inner/" : "/dav/$top/";
    my $got = $site->http($path, method => $method, headers => \@headers);
    unlike($got->{raw}, qr/hidden-name/, "$method @headers: no names");
    ok(-f "$root/dav/$top/inner/hidden-name.txt", 'nothing is gone');
}
for my $copy (glob "$root/dav/open/*") {
    (my $path = $copy) =~ s/^\Q$root\E//;
    has_no_secret($site->http("$path/inner/hidden-name.txt"), "and nothing can be read at $path");
}
$site->serves("/dav/$tops[-1]/inner/hidden-name.txt");

done_testing;
