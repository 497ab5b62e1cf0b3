# SPDX-License-Identifier: Apache-2.0
# If this fails, a host whose ServerName has a port is not found by name.
use SC::Test;
use SC::SClient;
use SC::Httpd;
use SC::Port;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test')
      . tls_host($port, "https://alt.example.test:$port", certificate => 'alt'));
is(s_client(port => $port, name => 'alt.example.test')->{cn}, 'alt.example.test', 'it is found');
good_connection(port => $port);

done_testing;
