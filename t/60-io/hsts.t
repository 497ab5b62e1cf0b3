# SPDX-License-Identifier: Apache-2.0
# If this fails, browsers are not told to stay on https, or are told so where they must not believe it.
use SC::Test;
use SC::Curl;

my @versions = mpm() eq 'prefork' ? '1.1' : qw(1.1 2);
for my $http (@versions) {
    my @how = (port => port('tls'), http => $http);
    my $got = curl('https://www.example.test/hsts/plain.txt', @how);
    is($got->{head}{'strict-transport-security'}, 'max-age=86400; includeSubDomains', "HTTP/$http: sent");
    my $none = curl('https://www.example.test/plain.txt', @how);
    is($none->{head}{'strict-transport-security'}, undef, 'not where it is not configured');
    my $error = curl('https://www.example.test/hsts/none.txt', @how);
    is($error->{head}{'strict-transport-security'}, 'max-age=86400; includeSubDomains', 'also on errors');
    my $host = curl('https://modern.example.test/plain.txt', @how);
    like($host->{head}{'strict-transport-security'} || '', qr/^max-age=31536000; includeSubDomains; preload$/,
        'for a whole host');
}
my $plain = curl('http://www.example.test/hsts/plain.txt', port => port('http'));
is($plain->{head}{'strict-transport-security'}, undef, 'never over plain HTTP');
my $address = curl('https://127.0.0.1/hsts/plain.txt', port => port('tls'), ca => 0);
is($address->{head}{'strict-transport-security'}, undef, 'never for an address');
my $proxied = curl('http://www.example.test/hsts/plain.txt', port => port('http'),
    args => [ '-H', 'X-Forwarded-Proto: https' ]);
is($proxied->{head}{'strict-transport-security'}, undef, 'whatever headers say');
good_connection();

done_testing;
