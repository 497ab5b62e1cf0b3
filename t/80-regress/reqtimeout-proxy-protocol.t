# SPDX-License-Identifier: Apache-2.0
# If this fails, mod_reqtimeout kills good idle connections that come through a load balancer.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Tcp;
use IO::Socket::SSL ();
need_mpm(qw(event worker));

my $name   = 'www.example.test';
my $port   = SC::Port::free();
my $server = SC::Httpd->start(modules => ['remoteip'], config => <<"CONF" . tls_host($port, $name, extra => 'RemoteIPProxyProtocol On'));
KeepAliveTimeout 30
RequestReadTimeout header=1 body=1
LogFormat "%a %>s" proxied
CustomLog access_log proxied
Listen 127.0.0.1:$port https
CONF
my $request = "GET /plain.txt HTTP/1.1\r\nHost: $name\r\n\r\n";
my @clients = map {
    my $client = SC::Tcp->connect($port);
    $client->send("PROXY TCP4 192.0.2.7 192.0.2.8 1234 443\r\n");
    IO::Socket::SSL->start_SSL($client->socket, SSL_ca_file => pki('root.pem'), SSL_hostname => $name,
        SSL_verifycn_name => $name, SSL_verifycn_scheme => 'http', Timeout => 5) or die $IO::Socket::SSL::SSL_ERROR;
    $client->{tls} = 1;
    $client;
} 1 .. 3;
for my $round ('a request', 'another one after a pause') {
    for my $client (@clients) {
        $client->send($request);
        is(($client->response(5))[0], 200, $round);
    }
    # longer than any of the stages
    select undef, undef, undef, 2.5 if $round eq 'a request';
}
like(SC::Run::slurp($server->dir . '/access_log'), qr/^192\.0\.2\.7 200$/m, q{the client's own address is known});

done_testing;
