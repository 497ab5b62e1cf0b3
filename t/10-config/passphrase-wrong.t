# SPDX-License-Identifier: Apache-2.0
# If this fails, a wrong pass phrase is reported as something else, or shown to everybody.
use SC::Test;
use SC::BadFiles;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $pki  = "$ENV{SC_WORK}/pki";
my $host = "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test',
    directives => "SecureChanCertificate $pki/www-ecdsa.pem $pki/encrypted.key");

my $got = config_test("SecureChanPassPhrase file:$pki/wrong.pass\n$host");
isnt($got->{exit}, 0, 'a wrong pass phrase stops -t');
is(scalar(lines_of_ours($got->{err})), 1, 'one line') || diag($got->{err});
like($got->{err}, qr/\bSC\d{4}: (?=.*pass phrase).*encrypted\.key/i, 'it is about the pass phrase of that key');
unlike($got->{err}, qr/not the pass phrase/, 'the phrase itself is not shown');

$got = config_test("SecureChanPassPhrase exec:/bin/false\n$host");
isnt($got->{exit}, 0, 'a program that fails stops -t');
like($got->{err}, qr{\bSC\d{4}: .*/bin/false}, 'and is named');

$got = config_test("SecureChanPassPhrase file:/nowhere/phrase\n$host");
isnt($got->{exit}, 0, 'a file that is missing stops -t');
like($got->{err}, qr{\bSC\d{4}: .*/nowhere/phrase}, 'and is named');

my $good = config_test("SecureChanPassPhrase file:$pki/encrypted.pass\n$host");
is($good->{err}, "Syntax OK\n", 'with the right one it is good');

done_testing;
