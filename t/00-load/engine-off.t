# SPDX-License-Identifier: Apache-2.0
# If this fails, loading the module alone changes servers that did not ask for TLS.
use SC::Test;
use SC::Curl;
use SC::Httpd;
use SC::Port;

my ($plain, $off) = map { SC::Port::free() } 1 .. 2;
my $server = SC::Httpd->start(config => <<"CONF");
Listen 127.0.0.1:$plain
Listen 127.0.0.1:$off http
<VirtualHost 127.0.0.1:$off>
    ServerName www.example.test
    SecureChanEngine off
</VirtualHost>
CONF
for my $port ($plain, $off) {
    my $got = curl('http://www.example.test/plain.txt', port => $port);
    is($got->{body}, "plain text\n", 'plain HTTP is served');
    my $tls = curl('https://www.example.test/plain.txt', port => $port);
    is($tls->{code}, 0, 'and nothing speaks TLS there');
}

done_testing;
