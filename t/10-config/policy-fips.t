# SPDX-License-Identifier: Apache-2.0
# If this fails, a server that must use validated cryptography starts without it.
use SC::Test;
use SC::Httpd;
use SC::Port;

# The machine has no FIPS provider configured: t/pki has no say in that, so ask OpenSSL.
my $port = SC::Port::free();
my $got  = config_test("Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => 'SecureChanPolicy fips'));
my $active = qx(openssl list -providers 2>/dev/null) =~ /fips/i;
if ($active) {
    is($got->{exit}, 0, 'the FIPS provider is active: allowed');
}
else {
    isnt($got->{exit}, 0, 'no FIPS provider: refused');
    like($got->{err}, qr/\bSC\d{4}: .*fips.*/i, 'and it says why') || diag($got->{err});
}
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($good->{exit}, 0, 'the default policy is good');

done_testing;
