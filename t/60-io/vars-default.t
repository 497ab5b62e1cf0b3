# SPDX-License-Identifier: Apache-2.0
# If this fails, a script cannot tell that it was called over https, or is told too much by default.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $got = curl('https://alt.example.test/cgi-bin/env', port => port('tls'), http => $http);
    like($got->{body}, qr/^HTTPS=on$/m, "HTTP/$http: HTTPS=on");
    like($got->{body}, qr/^SSL_TLS_SNI=alt\.example\.test$/m, 'and the name asked for');
    like($got->{body}, qr/^REQUEST_SCHEME=https$/m, 'the scheme');
    my @others = grep { !/^SSL_TLS_SNI=/ } $got->{body} =~ /^(SSL_\w+=)/mg;
    is("@others", '', 'no other SSL_ variables');
}
my $plain = curl('http://www.example.test/cgi-bin/env', port => port('http'));
unlike($plain->{body}, qr/^(?:HTTPS|SSL_\w+)=/m, 'none of them over plain HTTP');
like($plain->{body}, qr/^REQUEST_SCHEME=http$/m, 'where the scheme is http');
good_connection();

done_testing;
