# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that comes back with its session ticket is turned away.
use SC::Test;
use SC::SClient;

for my $version (qw(tls1_2 tls1_3)) {
    my $file = "$ENV{SC_WORK}/servers/session.$$.$version";
    my @how  = (port => port('tls'), name => 'www.example.test',
        send => "GET /plain.txt HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n\r\n");
    my $first = s_client(@how, args => [ "-$version", '-sess_out', $file ]);
    like($first->{out}, qr/^plain text/m, "$version: a first request");
    my $second = s_client(@how, args => [ "-$version", '-sess_in', $file ]);
    like($second->{out}, qr/^plain text/m, "$version: a second one with the session of the first");
    is($second->{protocol}, $first->{protocol}, 'with the same version');
}
good_connection();

done_testing;
