# SPDX-License-Identifier: Apache-2.0
# If this fails, a file that becomes shorter while it is being sent takes the server down with it, or
# the client takes what comes next on the connection for the rest of the file.
use SC::Test;
use SC::Gate;
use SC::Tcp;

use constant SIZE => 40_000_000;

my $site   = SC::Gate->start(config => '', files => { 'log.bin' => 'x' x SIZE });
my $file   = "$site->{root}/log.bin";
my $client = SC::Tcp->tls($site->port('tls'), HOST, rcvbuf => 16_384);
$client->send(sprintf "GET /%s HTTP/1.1\r\nHost: %s\r\n\r\n", $_, HOST) for qw(log.bin public/page.txt);
like($client->read_until(qr/\r\n\r\n/, 10), qr/^Content-Length: @{[SIZE]}\r$/m, 'the whole file is promised');
ok(defined $client->read_bytes(100_000, 10), 'and begins to come');
truncate $file, 10 or die "$file: $!\n";
my $rest = $client->read_all(20);
ok(defined $rest, 'the connection ends');
cmp_ok(length $rest, '<', SIZE - 100_000, 'before all of it has come');
unlike($rest, qr/the public words/, 'with no other answer in its place');
$site->serves;

done_testing;
