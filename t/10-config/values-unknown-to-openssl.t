# SPDX-License-Identifier: Apache-2.0
# If this fails, a cipher, group or command that OpenSSL does not know is taken silently or stops the
# server with no hint at the line.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
for my $case (
    [ 'SecureChanCiphers', 'NO-SUCH-CIPHER' ],
    [ 'SecureChanCiphers', 'TLSv1.3 TLS_NO_SUCH_SUITE' ],
    [ 'SecureChanGroups',  'NoSuchGroup' ],
    [ 'SecureChanGroups',  '?NoSuchGroup' ],
    [ 'SecureChanOpenSSL', 'NoSuchCommand on' ],
    [ 'SecureChanOpenSSL', 'MinProtocol TLSv9' ],
  )
{
    my ($directive, $arguments) = @$case;
    my $got = config_test("Listen 127.0.0.1:$port https\n"
          . tls_host($port, 'www.example.test', extra => "$directive $arguments"));
    isnt($got->{exit}, 0, "$directive $arguments stops -t");
    like($got->{err}, qr/\bSC\d{4}: .*\Q$directive\E.*site\.conf:6/s, 'with an id and the line')
      || diag($got->{err});
}
my $good = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($good->{exit}, 0, 'without such a line it is good');

done_testing;
