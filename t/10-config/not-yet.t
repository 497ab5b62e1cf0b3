# SPDX-License-Identifier: Apache-2.0
# If this fails, a directive is accepted that does nothing yet: an administrator believes in it.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
for my $line (
    'SecureChanStapling on',
    'SecureChanEarlyData on',
    'SecureChanReload on',
    'SecureChanKeeper on',
    'SecureChanProxyEngine on',
    'SecureChanFrontend on',
  )
{
    my $got = config_test("Listen 127.0.0.1:$port https\n"
          . tls_host($port, 'www.example.test', extra => $line));
    isnt($got->{exit}, 0, "refused: $line");
    like($got->{err}, qr/Invalid command/, 'as unknown');
}
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($good->{exit}, 0, 'without such a line it is good');

done_testing;
