# SPDX-License-Identifier: Apache-2.0
# If this fails, TLS does not work for visitors who come over IPv6.
use SC::Test;
use SC::Curl;
use SC::Httpd;
use SC::Port;

my $port   = SC::Port::free();
my $pki    = "$ENV{SC_WORK}/pki";
my $server = SC::Httpd->start(config => <<"CONF");
Listen [::1]:$port https
<VirtualHost [::1]:$port>
    ServerName www.example.test
    SecureChanEngine on
    SecureChanCertificate $pki/www-ecdsa.pem $pki/www-ecdsa.key
</VirtualHost>
<VirtualHost [::1]:$port>
    ServerName alt.example.test
    SecureChanEngine on
    SecureChanCertificate $pki/alt.pem $pki/alt.key
</VirtualHost>
CONF
for my $host (qw(www alt)) {
    good_connection(port => $port, host => "$host.example.test", address => '[::1]',
        name => "$host.example.test over IPv6");
}

done_testing;
