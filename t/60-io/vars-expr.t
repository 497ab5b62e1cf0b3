# SPDX-License-Identifier: Apache-2.0
# If this fails, <If> and other expressions cannot ask about the connection.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $head = curl('https://www.example.test/show/expr/plain.txt', port => port('tls'), http => $http)->{head};
    is($head->{'x-expr-https'},      'on',      "HTTP/$http: %{HTTPS}");
    is($head->{'x-expr-protocol'},   'TLSv1.3', '%{SSL_PROTOCOL}');
    like($head->{'x-expr-cipher'}, qr/^TLS_/, '%{SSL_CIPHER}');
    is($head->{'x-if'}, 'secure', '<If>');
}
my $plain = curl('http://www.example.test/show/expr/plain.txt', port => port('http'))->{head};
is($plain->{'x-expr-https'}, 'off', 'plain HTTP: off');
is($plain->{'x-if'}, 'insecure', '<Else>');
good_connection();

done_testing;
