# SPDX-License-Identifier: Apache-2.0
# If this fails, a client with a damaged or foreign ticket gets an error, or somebody can make tickets
# that the server takes for its own.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;

my $port  = SC::Port::free();
my $other = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
my $flip  = sub {
    my ($ticket, $at) = @_;
    substr($ticket, $at, 1) ^= "\x01";
    return $ticket;
};
for my $version (VERSIONS) {
    my $stranger = SC::Returning->new(port => $port, version => $version);
    $stranger->is_served(0, 'at another server');
    $stranger->is_served(1, 'there again');
    $stranger->{port} = port('tls');
    $stranger->is_served(0, 'with the ticket of another server');

    my $client = SC::Returning->new(port => port('tls'), version => $version);
    $client->visit;
    my $length = length $client->ticket;
    # name of the key, IV, what is sealed, MAC
    my %changes = (
        (map { my $at = $_; "bit flipped at $at" => sub { $flip->($_[0], $at) } }
              0, 15, 16, 31, 32, 100, $length - 33, $length - 32, $length - 1),
        (map { my $left = $_; "cut to $left" => sub { substr $_[0], 0, $left } } 1, 15, 16, 32, 64, $length - 1),
        'lengthened'   => sub { $_[0] . "\0" },
        'all zeros'    => sub { "\0" x length $_[0] },
        'name of zeros' => sub { "\0" x 16 . substr $_[0], 16 },
        'garbage'      => sub { join '', map { chr($_ * 7 % 256) } 1 .. 200 },
        'very long'    => sub { $_[0] x 20 },
    );
    for my $change (sort keys %changes) {
        my $copy = $client->copy;
        $copy->change_ticket($changes{$change});
        $copy->is_served(0, $change);
    }
    $client->change_ticket(sub { $_[0] });
    $client->is_served(1, 'as it was');
}
$other->stop;
good_connection();

done_testing;
