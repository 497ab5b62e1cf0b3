# SPDX-License-Identifier: Apache-2.0
# If this fails, a browser waits a round trip too long for the start of a page, short answers are
# sent in more records than they need, or long ones in small and costly ones.
use SC::Test;
use SC::Gate;
use SC::Tcp;
use Time::HiRes qw(time);

use constant { SEGMENT => 1428, WINDOW => 14_280, FULL => 16_384 };

my $site = SC::Gate->start(config => '', files => { short => 'x' x 1000, long => 'y' x 300_000 });

# The plaintext sizes of the records of one answer: the library reads one record at a time.
sub records {
    my ($client, $path) = @_;
    $client->send("GET $path HTTP/1.1\r\nHost: " . HOST . "\r\n\r\n");
    my ($got, @sizes) = ('');
    my $end = time + 20;
    while (time < $end) {
        my $read = sysread $client->socket, my $bytes, 20_000;
        next if !defined $read;
        last if $read == 0;
        push @sizes, $read;
        $got .= $bytes;
        my ($head, $length) = $got =~ /\A(.*?Content-Length: (\d+).*?\r\n\r\n)/s or next;
        return \@sizes if length($got) == length($head) + $length;
    }
    return \@sizes;
}

my $client = SC::Tcp->tls($site->port('tls'), HOST);
my $first = records($client, '/short');
is(scalar @$first, 1, 'a short answer is one record') || diag("@$first");

$client = SC::Tcp->tls($site->port('tls'), HOST);
my $long = records($client, '/long');
cmp_ok($long->[0], '<', SEGMENT - 21, 'the first record of a long answer fits a segment');
cmp_ok($long->[0], '>', SEGMENT * 0.9, 'and fills it');
cmp_ok($long->[0] + $long->[1], '<', WINDOW - 42, 'the second fits the initial congestion window');
cmp_ok($long->[0] + $long->[1], '>', WINDOW * 0.9, 'and fills it');
my $full = grep { $_ == FULL } @$long;
cmp_ok($full, '>=', 15, 'the others are as large as they can be') || diag("@$long");
cmp_ok(@$long, '<=', 2 + $full + 6, 'with few exceptions') || diag("@$long");

my $again = records($client, '/long');
cmp_ok($again->[0], '>', SEGMENT, 'in full flow the next answer begins with a large record');

# Idling is what is tested here: a second without a byte.
select undef, undef, undef, 1.2;
my $idle = records($client, '/long');
cmp_ok($idle->[0], '<', SEGMENT - 21, 'after idling records begin small again');
$site->serves;

done_testing;
