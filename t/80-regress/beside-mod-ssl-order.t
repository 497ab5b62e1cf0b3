# SPDX-License-Identifier: Apache-2.0
# If this fails, it matters which of mod_ssl and our module is loaded first.
use SC::Test;
use SC::Httpd;
use SC::Port;

allow_log(qr/AH01873/);
my ($ours, $theirs) = map { SC::Port::free() } 1 .. 2;
my $pki  = "$ENV{SC_WORK}/pki";
# The base configuration loads ours; here mod_ssl comes before it.
my $base = qq{LoadModule ssl_module "$ENV{SC_LIBEXEC}/mod_ssl.so"\nInclude "$ENV{SC_BASE_CONF}"\n};
my $server = SC::Httpd->start(base => $base, config => <<"CONF" . tls_host($ours, 'www.example.test'));
Listen 127.0.0.1:$ours https
Listen 127.0.0.1:$theirs https
<VirtualHost 127.0.0.1:$theirs>
    ServerName alt.example.test
    SSLEngine on
    SSLCertificateFile    $pki/alt.pem
    SSLCertificateKeyFile $pki/alt.key
</VirtualHost>
CONF
good_connection(port => $ours,   host => 'www.example.test', name => 'our host');
good_connection(port => $theirs, host => 'alt.example.test', name => 'theirs');
ok($server->graceful, 'a graceful restart');
good_connection(port => $ours,   host => 'www.example.test', name => 'our host after it');
good_connection(port => $theirs, host => 'alt.example.test', name => 'theirs after it');

done_testing;
