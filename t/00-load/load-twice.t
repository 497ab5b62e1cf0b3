# SPDX-License-Identifier: Apache-2.0
# If this fails, a second LoadModule line (a leftover of packaging) breaks every connection.
use SC::Test;
use SC::Httpd;
use SC::Port;

# httpd itself warns: the module is already loaded, skipping.
allow_log(qr/AH01574/);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test'));
LoadModule securechan_module "$ENV{SC_WORK}/module/mod_securechan.so"
Listen 127.0.0.1:$port https
CONF
good_connection(port => $port, name => 'a connection with the module loaded twice');
good_connection(port => $port, name => 'and another one');

done_testing;
