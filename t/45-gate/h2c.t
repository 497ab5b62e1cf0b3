# SPDX-License-Identifier: Apache-2.0
# If this fails, HTTP/2 without TLS (by upgrade or at once, and with a :scheme of "https") gets what is
# flagged.
use SC::Test;
use SC::Gate;
use SC::Curl;
need_mpm(qw(event worker));

my $site = SC::Gate->start(config => <<'CONF', files => { map { ("$_/page.txt" => SECRET) } qw(redirect hide) });
Protocols h2 h2c http/1.1
H2Direct on
H2Push on
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/redirect">
    SecureChanRequire on else=redirect
</Directory>
<Directory "${root}/hide">
    SecureChanRequire on else=hide
</Directory>
<Location /public/page.txt>
    H2PushResource /private/page.txt
</Location>
CONF
my $url = 'http://' . HOST;
my %ways = (upgrade => [], 'prior knowledge' => ['--http2-prior-knowledge']);
for my $way (sort keys %ways) {
    my @how = (port => $site->port('http'), http => '2', args => $ways{$way});
    my $public = curl("$url/public/page.txt", @how);
    is("$public->{version} $public->{code}", '2 200', "$way: HTTP/2 in clear is spoken");
    for my $try ([ private => 403 ], [ redirect => 308 ], [ hide => 404 ]) {
        my $got = curl("$url/$try->[0]/page.txt", @how);
        is($got->{code}, $try->[1], "$way: $try->[0] is $try->[1]");
        unlike($got->{body}, qr/the secret words/, 'no secret');
    }
    # Of a body that it does not want httpd may reset the stream before curl has read the answer.
    my $post;
    for my $try (1 .. 5) {
        $post = curl("$url/private/page.txt", @how, data => 'x=y');
        unlike($post->{body} || '', qr/the secret words/, "$way: POST, no secret");
        last if $post->{code};
    }
    is($post->{code}, 403, "$way: POST");
}

# One HTTP/2 frame; one header field, not compressed.
sub frame {
    my ($type, $flags, $id, $data) = @_;
    return substr(pack('N', length $data), 1) . pack('C C N', $type, $flags, $id) . $data;
}
sub field { return "\0" . join '', map { pack 'C/a', $_ } @_ }

sub headers {
    my ($id, $path, %with) = @_;
    my %field = (':method' => 'GET', ':scheme' => 'http', ':authority' => HOST, ':path' => $path, %with);
    return frame(1, 5, $id, join '', map { field($_ => $field{$_}) } sort keys %field);
}
my $begin = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame(4, 0, 0, '');
my $end   = frame(7, 0, 0, pack 'N N', 0, 0);

for my $scheme (qw(http https)) {
    for my $authority (HOST, HOST . ':443', HOST . ':' . $site->port('tls')) {
        my $client = $site->connect;
        $client->send($begin . headers(1, '/private/page.txt', ':scheme' => $scheme, ':authority' => $authority,
            'x-forwarded-proto' => 'https') . $end);
        my $answer = $client->read_all(10);
        ok(defined $answer && length $answer > 9, "a raw request, :scheme $scheme, :authority $authority: answered");
        unlike($answer, qr/the secret words/, 'no secret');
    }
}
# A public page first, then the flagged one on the same connection: upgraded, and from its start.
for my $way ('upgrade', 'at once') {
    my $client = $site->connect;
    if ($way eq 'upgrade') {
        $client->send($site->request('/public/page.txt', keep => 1,
            headers => [ 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk' ]));
        like($client->read_until(qr/\r\n\r\n/, 10) || '', qr/^HTTP\/1\.1 101 /, "$way: 101");
    }
    $client->send($begin);
    $client->send(headers(1, '/public/page.txt')) if $way ne 'upgrade';
    ok(defined $client->read_until(qr/the public words/, 10), "$way: a public page");
    $client->send(headers(3, '/private/page.txt'));
    my $refusal = $client->read_until(qr/Secure Channel Required/, 10);
    ok(defined $refusal, 'and then a refusal');
    $client->send($end);
    unlike(($refusal || '') . ($client->read_all(20) || ''), qr/the secret words/, 'no secret');
}

# What is pushed with a public page.
my $client = $site->connect;
$client->send($begin . headers(1, '/public/page.txt'));
my $page = $client->read_until(qr/the public words/, 10);
ok(defined $page, 'a page with a pushed resource');
$client->send($end);
unlike(($page || '') . ($client->read_all(20) || ''), qr/the secret words/, 'which is not pushed in clear');
$site->serves;

done_testing;
