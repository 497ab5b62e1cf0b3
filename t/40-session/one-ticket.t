# SPDX-License-Identifier: Apache-2.0
# If this fails, every TLS 1.3 connection pays for tickets that nobody uses, or clients that come back
# have none; or the server offers early data, which it does not take.
use SC::Test;
use SC::SClient;

my $got = s_client(port => port('tls'), name => 'www.example.test', args => ['-tls1_3'],
    send => "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
my $tickets = () = $got->{out} =~ /^Post-Handshake New Session Ticket arrived:/mg;
like($got->{out}, qr/^plain text$/m, 'the page');
is($tickets, 1, 'one ticket');
my ($hint) = $got->{out} =~ /^\s*TLS session ticket lifetime hint: (\d+)/m;
is($hint, 43_200, 'it lives for 12 hours, as long as its key is in force');
like($got->{out}, qr/^\s*Max Early Data: 0$/m, 'no early data');
good_connection();

done_testing;
