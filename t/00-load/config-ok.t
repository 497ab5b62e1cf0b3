# SPDX-License-Identifier: Apache-2.0
# If this fails, "apache2 -t" complains about a configuration that is right.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $got  = config_test("Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
is($got->{exit}, 0, 'exit status');
like($got->{err}, qr/^Syntax OK$/m, 'it says so');
is($got->{err}, "Syntax OK\n", 'and nothing else');

done_testing;
