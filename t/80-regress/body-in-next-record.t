# SPDX-License-Identifier: Apache-2.0
# If this fails, forms and uploads of clients that send the body apart from the head of the request
# arrive cut short, or never.
use SC::Test;
use SC::Gate;
use SC::Kernel;
use SC::Tcp;

my $body  = join '', map { chr(32 + $_ % 90) } 1 .. 200;
my $chunk = sprintf "%x\r\n%s\r\n", 100, substr $body, 0, 100;
my $rest  = sprintf "%x\r\n%s\r\n0\r\n\r\n", 100, substr $body, 100;
my %sent  = ('Content-Length: 200' => $body, 'Transfer-Encoding: chunked' => "$chunk$rest");
# the records the body comes in
my %split = (
    'one record'         => sub { $_[0] },
    'two records'        => sub { substr($_[0], 0, 110), substr($_[0], 110) },
    'single-byte records' => sub { split //, $_[0] },
);
for my $header (sort keys %sent) {
    my $head = "POST /cgi-bin/echo HTTP/1.1\r\nHost: www.example.test\r\nConnection: close\r\n$header\r\n\r\n";
    for my $how (sort keys %split) {
        my @records = $split{$how}->($sent{$header});
        for my $when ('after the head was read', 'with it') {
            my $client = SC::Tcp->tls(port('tls'), 'www.example.test');
            cork($client, 1) if $when eq 'with it';
            $client->send($head);
            taken($client, 10) || diag('the head is not read') if $when ne 'with it';
            $client->send($_) for @records;
            cork($client, 0);
            my $got = SC::Gate::parse($client->read_all(10));
            is("$got->{status} $got->{body}", "200 $body", "$header, $how, $when");
        }
    }
}
good_connection();

done_testing;
