# SPDX-License-Identifier: Apache-2.0
# If this fails, a request that arrives in pieces, as over bad networks, is lost or never answered.
use SC::Test;
use SC::Kernel;
use SC::Tcp;

my $get  = "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\n\r\n";
my $post = "POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 6\r\n\r\na\n\r\nb\n";
my $got  = qr/\r\n\r\nplain text\n/;
my $echo = qr/\r\n\r\n(?:6\r\n)?a\n\r\nb\n/;

# Each piece alone: the server has taken it before the next is sent.
sub answer {
    my ($client, $pattern, @pieces) = @_;
    for my $piece (@pieces) {
        $client->send($piece);
        taken($client, 10) or return;
    }
    return $client->read_until($pattern, 10);
}

for my $version (qw(TLSv1_2 TLSv1_3)) {
    my $new  = sub { SC::Tcp->tls(port('tls'), 'www.example.test', SSL_version => $version) };
    my $used = $new->();
    my @lost;
    # the unit tests split everywhere; here, each kind of place
    for my $split (1, 20, 23, 24, 25, 40, length($get) - 3 .. length($get) - 1) {
        for my $client ($used, $new->()) {
            answer($client, $got, substr($get, 0, $split), substr $get, $split) or push @lost, $split;
        }
    }
    is("@lost", '', "$version: a request in two pieces, wherever it is split");
    ok(answer($used, $echo, split(/(?=\n)/, $post)), "$version: with a body");
    ok(answer($used, $echo, $post . substr $get, 0, 30), "$version: with the half of another");
    ok(answer($used, $got, substr $get, 30), "$version: and its other half");
    ok(answer($used, $got, "\r", "\n\r", "\n", $get), "$version: after empty lines");
}
ok(answer(SC::Tcp->tls(port('tls'), 'www.example.test'), $got, unpack '(a2)*', $get), 'in many pieces');
my $client = SC::Tcp->connect(port('tls'));
ok(answer($client, qr/https:/, split(/(?<=[ \r\n])/, $get)), 'HTTP without TLS, in pieces');
good_connection();

done_testing;
