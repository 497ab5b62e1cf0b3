# SPDX-License-Identifier: Apache-2.0
# If this fails, a server with many hosts serves one host's certificate to another, or none.
use SC::Test;
use SC::Httpd;
use SC::Many;
use SC::Port;
use SC::SClient;

# More than are opened when the server starts, and enough to be read by several threads.
my $count  = 320;
my $port   = SC::Port::free();
my $dir    = many_pairs($count);
my $server = SC::Httpd->start(
    config => tls_host($port, 'www.example.test') . many_hosts($port, $dir, $count));
my $serves = sub {
    my ($i, $when) = @_;
    my $got = s_client(port => $port, name => many_name($i));
    is($got->{cn}, many_name($i), "host $i has its own certificate$when");
};
$serves->($_, '') for 0, 1, 100, 254, 255, 256, 257, 300, $count - 1;
$serves->($_, ' the second time') for 0, $count - 1;
is(s_client(port => $port, name => many_name($count))->{cn}, 'www.example.test', 'and nobody has the next one');
ok($server->graceful, 'a graceful restart');
$serves->($_, ' after it') for 0, $count - 1;
good_connection(port => $port);

done_testing;
