# SPDX-License-Identifier: Apache-2.0
# If this fails, a strange server name in a ClientHello harms the server or reaches its log unescaped.
use SC::Test;
use SC::Hello;
use SC::Tcp;

my %names = (
    'empty'            => '',
    'a NUL inside'     => "www.example.test\0.evil.test",
    'a newline'        => "www.example.test\n[evil] log line",
    'an address'       => '127.0.0.1',
    'a trailing dot'   => 'www.example.test.',
    '255 letters'      => 'a' x 255,
    '10000 letters'    => 'a' x 10_000,
    'high bytes'       => "\xff\xfe\x80",
    'a format string'  => '%s%n%x.example.test',
    'only dots'        => '....',
    'a lone asterisk'  => '*',
    'a wildcard'       => '*.wild.example.test',
);
for my $what (sort keys %names) {
    my $client = SC::Tcp->connect(port('tls'));
    $client->send(client_hello($names{$what}));
    my $answer = $client->read_bytes(5, 5);
    ok(defined $answer, "$what: an answer comes");
    my ($type) = defined $answer ? unpack 'C', $answer : 0;
    ok($type == 21 || $type == 22, 'an alert or a handshake message');
    $client->close_raw;
}
unlike(log_text(), qr/^\[evil\]/m, 'no line of the log was made up by a client');
good_connection();

done_testing;
