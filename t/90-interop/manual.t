# SPDX-License-Identifier: Apache-2.0
# If this fails, a real site of many pages arrives damaged over HTTP/2, or its flagged part is served
# over plain HTTP, or not over https.
use SC::Test;
use File::Temp ();
use SC::Big;
use SC::Curl;
use SC::Manual;
use SC::Run qw(run slurp);

my $manual = SC::Manual->start;
# Over HTTP/1.1 each request at once is a connection, and with prefork a process.
my ($http, $version, $at_once) = mpm() eq 'prefork' ? ('http1.1', '1.1', 6) : ('http2', '2', 20);
my $host = MANUAL_HOST;

# 60 pages, those of the flagged directory among them, by one curl with many requests at once.
my @flagged = $manual->pages('en/howto');
my %flagged = map  { $_ => 1 } @flagged;
my @pages   = grep { !$flagged{$_} } $manual->pages('en');
@pages = (@flagged, map { $pages[ $_ * @pages / (60 - @flagged) ] } 0 .. 59 - @flagged);
my $dir = File::Temp->newdir;
my $config = join '', map { qq{url = "https://$host:$manual->{tls}/$pages[$_]"\noutput = "$dir/$_"\n} } 0 .. $#pages;
my $got = run([
    'curl', '-q', '-sS', '--noproxy', '*', '--max-time', 60, "--$http", '--parallel', '--parallel-max', $at_once,
    '--cacert', pki('root.pem'), '--resolve', "$host:$manual->{tls}:127.0.0.1",
    '-w', '%{http_code} %{http_version} %{num_connects} %{urlnum}\n', '-K', '-',
], stdin => $config, timeout => 70);
is($got->{exit}, 0, 'curl is content') || diag($got->{err});
is(scalar(() = $got->{out} =~ /^200 \Q$version\E \d+ \d+$/mg), 60, "60 pages with status 200 over HTTP/$version")
  || diag($got->{out});
is_deeply([ grep { !same_file($manual->file($pages[$_]), "$dir/$_") } 0 .. $#pages ], [], 'every byte of each');
if ($version eq '2') {
    my $connections = 0;
    $connections += $_ for $got->{out} =~ /^200 \S+ (\d+)/mg;
    is($connections, 1, 'on one connection');
}

for my $page (@flagged, 'en/howto/', 'en/howto') {
    my $refused = curl("http://$host/$page", port => $manual->{plain});
    is($refused->{code}, 403, "over http $page is refused");
    like($refused->{body}, qr/Secure Channel Required: .*secure \(https\) connection is required/, 'with the reason');
    unlike($refused->{body}, qr/manual-page/, 'and nothing of the page');
}
my $index = curl("https://$host/en/howto/", port => $manual->{tls});
is($index->{code}, 200, 'over https the directory is served');
is($index->{body}, slurp($manual->file('en/howto/index.html')), 'in full');
my $open = curl("http://$host/en/index.html", port => $manual->{plain});
is($open->{body}, slurp($manual->file('en/index.html')), 'what is not flagged is served over http');

done_testing;
