# SPDX-License-Identifier: Apache-2.0
# If this fails, a client can have one host or protocol chosen by its first hello and talk to another
# one after a HelloRetryRequest.
use SC::Test;
use SC::Hello;
use SC::Tcp;

# This host has P-384 only: a client that guesses X25519 is asked to try again. The second share is
# the curve's base point.
my $host  = 'groups.example.test';
my @first = (groups => [ 29, 24 ]);
my @again = (@first, share => [ 24, pack 'H*', '04'
      . 'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7'
      . '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f' ]);
# "HelloRetryRequest" as the server's random (RFC 8446, 4.1.3)
my $RETRY = pack 'H*', 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

# The alert after the second hello, or "hello" when the server goes on.
sub second_answer {
    my ($name, $alpn, $then_name, $then_alpn) = @_;
    my $client = SC::Tcp->connect(port('tls'));
    $client->send(client_hello($name, @first, alpn => $alpn));
    my $retry = $client->read_until(qr/\Q$RETRY\E/, 10);
    return 'no HelloRetryRequest' if !defined $retry;
    # the rest of that record: session id, cipher suite, compression, two extensions
    $client->read_until(qr/\0\x33\0\x02\0\x18/, 10);
    $client->send(client_hello($then_name, @again, alpn => $then_alpn));
    # a change_cipher_spec may stand between
    my $answer = $client->read_until(qr/\A(?:\x14\x03\x03\0\x01\x01)?(?:\x15\x03.\0\x02..|\x16\x03.{3}\x02)/s, 10);
    return 'nothing' if !defined $answer;
    $answer =~ s/\A\x14\x03\x03\0\x01\x01//;
    return alert_of($answer) || 'hello';
}
my ($h1, $h2) = ('http/1.1', mpm() eq 'prefork' ? 'http/1.0' : 'h2');
is(second_answer($host, [$h1], $host, [$h1]), 'hello', 'the same again is served');
is(second_answer($host, [ $h2, $h1 ], $host, [ $h2, $h1 ]), 'hello', 'with two protocols, too');
is(second_answer($host, [$h1], $host, [$h2]), 120, 'another protocol: no_application_protocol');
is(second_answer($host, [ $h2, $h1 ], $host, [ 'none' ]), 120, 'one that is unknown, too');
ok(wait_log(qr/:info\].*\bSC0322\b/), 'the log says why');
is(second_answer($host, [ $h2, $h1 ], $host, [$h1]), 120, 'the second choice instead of the first, too')
  if $h2 eq 'h2';
is(second_answer($host, [$h1], 'www.example.test', [$h1]), 47, 'another name: illegal_parameter');
ok(wait_log(qr/:info\].*\bSC0321\b/), 'the log says why');
good_connection(host => $host);

done_testing;
