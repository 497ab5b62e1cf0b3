# SPDX-License-Identifier: Apache-2.0
# If this fails, a refusal spoils the connection for what comes after it, or what came before it opens
# the gate: the verdict must be made anew for each request.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF', files => { map { ("$_/page.txt" => SECRET) } qw(redirect hide) });
KeepAliveTimeout 30
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/redirect">
    SecureChanRequire on else=redirect
</Directory>
<Directory "${root}/hide">
    SecureChanRequire on else=hide
</Directory>
CONF
my @asked = ([ private => 403 ], [ public => 200 ], [ private => 403 ], [ redirect => 308 ], [ public => 200 ], [ hide => 404 ],
    [ private => 403 ], [ public => 200 ], [ public => 200 ], [ private => 403 ]);

my $client = $site->connect;
for my $i (0 .. $#asked) {
    my ($place, $wanted) = @{ $asked[$i] };
    $client->send($site->request("/$place/page.txt", keep => 1));
    my ($status, $head, $body) = $client->response(10);
    is($status, $wanted, "request $i on one connection: $place is $wanted");
    unlike($body || '', qr/the secret words/, 'no secret');
    like($body || '', qr/the public words/, 'the page') if $place eq 'public';
}

# All of them in one piece.
my $pipe = $site->connect;
$pipe->send(join '', map { $site->request("/$_->[0]/page.txt", keep => 1) } @asked);
for my $i (0 .. $#asked) {
    my ($status, $head, $body) = $pipe->response(10);
    is($status, $asked[$i][1], "pipelined request $i: $asked[$i][0]");
    unlike($body || '', qr/the secret words/, 'no secret');
}

# A body that looks like a request is none.
my $smuggle = $site->connect;
my $inner = $site->request('/private/page.txt', keep => 1);
$smuggle->send($site->request('/private/page.txt', method => 'POST', body => $inner, keep => 1)
      . $site->request('/public/page.txt'));
my $all = $smuggle->read_all(10);
my @lines = $all =~ /^HTTP\/1\.1 (\d+)/mg;
is("@lines", '403 200', 'the body of a refused request is not read as one');
unlike($all, qr/the secret words/, 'no secret');

# The same over TLS: all served.
my $secure = $site->connect(tls => 1);
for my $place (qw(private public redirect hide private)) {
    $secure->send($site->request("/$place/page.txt", keep => 1, tls => 1));
    is(($secure->response(10))[0], 200, "over one TLS connection: $place");
}
$site->serves;

done_testing;
