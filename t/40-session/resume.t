# SPDX-License-Identifier: Apache-2.0
# If this fails, a browser that comes back pays for a full handshake each time: pages open slower and
# the server works harder.
use SC::Test;
use SC::Returning;

for my $version (VERSIONS) {
    for my $alpn ('http/1.1', mpm() eq 'prefork' ? () : 'h2') {
        my $client = SC::Returning->new(port => port('tls'), version => $version, alpn => $alpn);
        $client->is_served(0, "$alpn, first");
        $client->is_served(1, "$alpn, again $_") for 1 .. 4;
    }
    # Every other host, by whichever context its connections begin.
    for my $name (qw(alt h1 one.wild ciphers groups p384)) {
        my $client = SC::Returning->new(port => port('tls'), version => $version, name => "$name.example.test");
        $client->is_served(0, "$name, first");
        $client->is_served(1, "$name, again");
        $client->is_served(1, "$name, and again");
    }
}
good_connection();

done_testing;
