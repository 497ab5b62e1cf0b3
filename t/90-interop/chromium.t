# SPDX-License-Identifier: Apache-2.0
# If this fails, people with a browser do not get the pages, or not over HTTP/2, or are not shown
# where to go when they are refused.
use SC::Test;
use File::Temp ();
use SC::Manual;
use SC::Run qw(run slurp);

my $manual = SC::Manual->start;
my $host   = MANUAL_HOST;

# What the browser left behind knows its profile's place.
sub end_leftovers {
    my ($profile) = @_;
    my @left = grep { $_ != $$ && slurp("/proc/$_/cmdline") =~ /\Q$profile\E/ } map { m{(\d+)} } glob '/proc/[0-9]*';
    kill KILL => @left;
    return !@left;
}

# The document that Chromium makes of an address. No name but the server's has an address.
sub dom {
    my ($url) = @_;
    my $home = File::Temp->newdir;
    my $got = run([
        qw(chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run),
        qw(--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage),
        qw(--ignore-certificate-errors --no-proxy-server --disable-breakpad),
        "--host-resolver-rules=MAP $host 127.0.0.1, MAP * ~NOTFOUND",
        "--user-data-dir=$home/profile", '--dump-dom', $url,
    ], timeout => 60, env => { HOME => "$home", XDG_CONFIG_HOME => "$home", XDG_CACHE_HOME => "$home" });
    wait_for(sub { end_leftovers("$home/profile") }, 10);
    is($got->{exit}, 0, "Chromium loads $url") || diag($got->{err});
    return $got->{out};
}

my $page = dom("https://$host:$manual->{tls}/en/howto/auth.html");
like($page, qr{<title>Authentication and Authorization - Apache HTTP Server}, 'the title is in the document');
like($page, qr{</html>\s*\z},                                                  'which is complete');
my $http = mpm() eq 'prefork' ? 'HTTP/1.1' : 'HTTP/2.0';
for my $name (qw(en/howto/auth.html style/css/manual.css images/feather.png images/left.gif)) {
    ok(wait_for(sub { $manual->log =~ m{^\Q$http /$name\E TLSv1\.3$}m }, 5), "$name was requested over $http")
      || diag($manual->log);
}
unlike($manual->log, qr{^(?!\Q$http\E )}m, 'and nothing over another protocol');

my $refused = dom("http://$host:$manual->{plain}/en/howto/auth.html");
like($refused, qr/Secure Channel Required/, 'over http the flagged page says why it is not shown');
like($refused, qr{<a href="https://\Q$host:$manual->{tls}\E/en/howto/auth\.html">}, 'with a link to the https address');
unlike($refused, qr/Authentication and Authorization/, 'and nothing of the page');

done_testing;
