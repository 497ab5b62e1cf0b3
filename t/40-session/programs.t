# SPDX-License-Identifier: Apache-2.0
# If this fails, clients built on other libraries than OpenSSL cannot come back to their session.
use SC::Test;
use SC::Run qw(run);
use SC::Talk;

my $name    = 'www.example.test';
my $request = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n";
for my $version (qw(1.2 1.3)) {
    my $got = talk([
        'gnutls-cli', '--resume', '--waitresumption', '--x509cafile', pki('root.pem'), '--sni-hostname', $name,
        '--verify-hostname', $name, '--priority', "NORMAL:-VERS-ALL:+VERS-TLS$version", '-p', port('tls'), '127.0.0.1',
    ], $request, qr/^plain text$/m);
    like($got->{out}, qr/This is a resumed session/, "GnuTLS, TLS $version: resumed");
    like($got->{out}, qr/^plain text$/m,            'the page');

    # curl keeps sessions for the addresses of one command line, here with a connection for each.
    my $url  = "https://$name:" . port('tls') . '/plain.txt';
    my $curl = run([
        'curl', '-q', '-sS', '-v', '--noproxy', '*', '--cacert', pki('root.pem'), '--http1.1',
        "--tlsv$version", '--tls-max', $version, '-H', 'Connection: close',
        '--resolve', "$name:" . port('tls') . ':127.0.0.1', $url, $url, $url,
    ]);
    is($curl->{out}, "plain text\n" x 3, "curl, TLS $version: the pages");
    my $reused = () = $curl->{err} =~ /SSL re-using session ID|SSL reusing session/g;
    is($reused, 2, 'the second and third session resumed') || diag($curl->{err});
}
good_connection();

done_testing;
