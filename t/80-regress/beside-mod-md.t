# SPDX-License-Identifier: Apache-2.0
# If this fails, a server with mod_md does not start, or hosts with certificates of their own suffer.
use SC::Test;
use SC::Curl;
use SC::Httpd;
use SC::Port;
use SC::Tcp;

my ($port, $plain) = map { SC::Port::free() } 1 .. 2;
# mod_md says that it cannot reach its CA, or that a port is not its own.
allow_log(qr/\[md:(?:warn|error)\]/);
# A host without a certificate, managed by mod_md, gets mod_md's stand-in until there is a real one.
allow_log(qr/\bSC\d{4}: .*managed\.example\.test/);
my $server = SC::Httpd->start(modules => ['md'], config => <<"CONF" . tls_host($port, 'www.example.test') . tls_host($port, 'managed.example.test', directives => ''));
MDStoreDir "md"
MDCertificateAgreement accepted
MDCertificateAuthority http://127.0.0.1:1/none
MDContactEmail webmaster\@example.test
MDomain managed.example.test
MDPortMap http:$plain https:$port
Listen 127.0.0.1:$plain http
Listen 127.0.0.1:$port https
CONF
good_connection(port => $port, name => 'the host with its own certificate is served');
my $managed = curl('https://managed.example.test/plain.txt', port => $port, ca => 0);
is($managed->{code}, 503, 'the managed host answers 503 until it has its certificate')
  || diag("$managed->{exit} $managed->{err}");
good_connection(port => $port);

done_testing;
