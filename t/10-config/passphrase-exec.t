# SPDX-License-Identifier: Apache-2.0
# If this fails, an encrypted key cannot be used with a program that gives its pass phrase.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Run qw(slurp);

my $port    = SC::Port::free();
my $pki     = "$ENV{SC_WORK}/pki";
my $program = "$ENV{SC_WORK}/servers/pass.$$";
open my $fh, '>', $program or die "$program: $!\n";
print {$fh} "#!/bin/sh\nprintf '%s|%s\\n' \"\$1\" \"\$2\" >>'$program.args'\ncat '$pki/encrypted.pass'\n";
close $fh or die;
chmod 0755, $program;
my $host = tls_host($port, 'www.example.test',
    directives => "SecureChanCertificate $pki/www-ecdsa.pem $pki/encrypted.key");
my $server = SC::Httpd->start(
    config => "SecureChanPassPhrase exec:$program\nListen 127.0.0.1:$port https\n$host");
good_connection(port => $port, name => 'the key is used');
like(slurp("$program.args"), qr/\Awww\.example\.test(?::\d+)?\|\Q$pki\E\/encrypted\.key\n/,
    'the program gets the server name and the path of the key');

done_testing;
