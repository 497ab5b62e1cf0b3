# SPDX-License-Identifier: Apache-2.0
# If this fails, somebody in clear can write into a flagged directory, move things into it, or delete
# it, by itself or with a collection above it.
use SC::Test;
use SC::Gate;

my %files = (map { ($_ => SECRET) } qw(dav/top/private/a.txt dav/top/private/in/b.txt));
my $site = SC::Gate->start(config => <<'CONF', files => { %files, 'dav/mine.txt' => "mine\n", 'dav/dir/x.txt' => "x\n" });
<Directory "${root}/dav">
    Dav On
    DirectorySlash Off
</Directory>
<Directory "${root}/dav/top/private">
    SecureChanRequire on
</Directory>
CONF
my ($http, $tls) = map { $site->port($_) } qw(http tls);
my $host = HOST;
my $root = $site->root;

sub unharmed {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $now = join ' ', sort split /\n/, `cd "$root/dav/top/private" && find . -printf '%P\n'`;
    is($now, ' a.txt in in/b.txt', "$name: the directory is as it was");
    is($site->text($_), SECRET, 'and so is the file') for sort keys %files;
    return;
}

for my $method (qw(PUT DELETE MKCOL PROPPATCH LOCK POST PATCH)) {
    for my $path (qw(/dav/top/private/a.txt /dav/top/private/new.txt /dav/top/private/ /dav/top/private
        /dav/top/private/in/new /dav/./top//private/new.txt /dav/top/%70rivate/new.txt))
    {
        is_refused($site->http($path, method => $method, body => 'evil'), "$method $path");
    }
}
unharmed('written to');

my @into = map { ("http://$host:$http$_", "https://$host:$tls$_", "http://evil.test$_", $_) }
  qw(/dav/top/private/new.txt /dav/top/private/a.txt /dav/top/private /dav/top/private/ /dav/dir/../top/private/z);
allow_log('AH00592');    # httpd: not an absolute address
for my $method (qw(COPY MOVE)) {
    for my $destination (@into) {
        for my $from (qw(/dav/mine.txt /dav/dir/)) {
            my $got = $site->http($from, method => $method, headers => [ "Destination: $destination", 'Overwrite: T' ]);
            like($got->{status}, qr/^(?:4|502)/, "$method $from to $destination: $got->{status}");
        }
    }
}
unharmed('copied into');

# What is above goes with everything in it: deleting, moving away, or putting something in its place.
is_refused($site->http($_->[0], method => 'DELETE', headers => $_->[1]), "DELETE $_->[0] @{ $_->[1] }")
  for map { my $path = $_; map { [ $path, $_ ] } [], ['Depth: infinity'], ['Depth: 0'] } qw(/dav/top /dav/top/ /dav /dav/);
is_refused($site->http('/dav/top', method => 'MOVE', headers => ["Destination: http://$host:$http/dav/away"]), 'MOVE');
unharmed('deleted above');
$site->serves('/dav/top/private/a.txt');
is($site->https('/dav/top/private/new.txt', method => 'PUT', body => 'new')->{status}, 201, 'over https one can write');

done_testing;
