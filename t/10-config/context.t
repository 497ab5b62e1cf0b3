# SPDX-License-Identifier: Apache-2.0
# If this fails, a directive is accepted where it can have no effect.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my @CASES = (
    "<Directory \"/\">\nSecureChanEngine on\n</Directory>",
    "<Location \"/x\">\nSecureChanCertificate a b\n</Location>",
    "<Directory \"/\">\nSecureChanProtocol TLSv1.3\n</Directory>",
    "<Location \"/x\">\nSecureChanSNI unknown=reject\n</Location>",
    "<Location \"/x\">\nSecureChanHandshake timeout=2s\n</Location>",
    "<Location \"/x\">\nSecureChanTickets off\n</Location>",
    'SecureChanPassPhrase builtin',
    'SecureChanSessionCache none',
);
for my $lines (@CASES) {
    my $got = config_test("Listen 127.0.0.1:$port https\n"
          . tls_host($port, 'www.example.test', extra => $lines));
    (my $name = $lines) =~ s/\n/ /g;
    isnt($got->{exit}, 0, "refused: $name");
    like($got->{err}, qr/SecureChan\w+ (?:not allowed|cannot occur)/, 'and it says why');
}
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($good->{exit}, 0, 'without such a line it is good');

done_testing;
