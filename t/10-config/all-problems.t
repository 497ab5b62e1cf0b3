# SPDX-License-Identifier: Apache-2.0
# If this fails, an administrator mends one certificate, runs -t again, and finds the next one wrong.
use SC::Test;
use SC::BadFiles;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $pki  = "$ENV{SC_WORK}/pki";
my %bad  = (
    'one.example.test'   => "$pki/expired.pem $pki/expired.key",
    'two.example.test'   => "$pki/www-ecdsa.pem $pki/other.key",
    'three.example.test' => "$pki/www-ecdsa.pem $pki/garbage.key",
    'four.example.test'  => '/nowhere/none.pem /nowhere/none.key',
);
my $config = "Listen 127.0.0.1:$port https\n" . join '',
  map { tls_host($port, $_, directives => "SecureChanCertificate $bad{$_}") } sort keys %bad;
my $got = config_test($config);
isnt($got->{exit}, 0, '-t fails');
for my $host (sort keys %bad) {
    my @lines = grep { $_ =~ complaint_about($host, '\d+') }
      lines_of_ours($got->{err});
    ok(@lines > 0, "$host is reported in the same run") || diag($got->{err});
}
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($good->{exit}, 0, 'a good one passes');

done_testing;
