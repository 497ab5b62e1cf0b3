# SPDX-License-Identifier: Apache-2.0
# If this fails, an HTTP/2 request that arrives in pieces is lost or never answered.
use SC::Test;
use SC::H2;
use SC::Kernel;
need_mpm('event');

# Each piece alone: the server has taken it before the next is sent.
sub in_pieces {
    my ($client, $stream, @pieces) = @_;
    for my $piece (@pieces) {
        $client->send($piece);
        taken($client, 10) or return;
    }
    return h2_body($client, $stream, 10);
}

my $first = h2_preface() . h2_get('/plain.txt', 1, pieces => 3);
my @lost;
# the unit tests split everywhere; here, each kind of place
for my $split (1, 18, 23, 24, 25, 32, 33, 34, 41, 42, 43, 50, length($first) - 1) {
    my $body = in_pieces(h2_connect(port('tls')), 1, substr($first, 0, $split), substr $first, $split);
    push @lost, $split if !defined $body || $body ne "plain text\n";
}
is("@lost", '', 'a first request in two pieces, wherever it is split');
my $client = h2_connect(port('tls'));
is(in_pieces($client, 1, unpack '(a4)*', $first), "plain text\n", 'in many pieces');
is(in_pieces($client, 3, unpack('(a7)*', h2_get('/plain.txt', 3))), "plain text\n", 'and a second one');
my $next = h2_get('/plain.txt', 7, pieces => 2);
is(in_pieces($client, 5, h2_get('/plain.txt', 5) . substr $next, 0, 15), "plain text\n",
    'one and the half of another');
is(in_pieces($client, 7, substr $next, 15), "plain text\n", 'and its other half');
my $post = h2_frame(1, 4, 9, pack 'CCCC/aCC/a', 0x83, 0x87, 0x04, '/cgi-bin/echo', 0x41, 'www.example.test');
is(in_pieces($client, 9, $post, unpack '(a5)*', h2_frame(0, 0, 9, 'one ') . h2_frame(0, 1, 9, 'two')),
    'one two', 'an upload');
is(in_pieces($client, 11, unpack('(a4)*', h2_frame(6, 0, 0, 'pingping')), h2_get('/plain.txt', 11)),
    "plain text\n", 'after a PING');
good_connection(http => '2');

done_testing;
