# SPDX-License-Identifier: Apache-2.0
# If this fails, a host that allows TLS 1.2 refuses it, because the first host on the port is for 1.3.
use SC::Test;
use SC::SClient;

my $port  = port('tls13first');
my $extra = s_client(port => $port, name => 'extra.example.test', args => ['-tls1_2']);
is($extra->{protocol}, 'TLSv1.2',            'the second host speaks TLS 1.2') || diag($extra->{err});
is($extra->{cn},       'extra.example.test', 'with its own certificate');

my $first = s_client(port => $port, name => 'first13.example.test', args => ['-tls1_2']);
ok(!$first->{ok}, 'the first host does not');
is($first->{alert}, 70, 'with the alert protocol_version') || diag($first->{err});

my $none = s_client(port => $port, args => ['-tls1_2']);
ok(!$none->{ok}, 'nor does it when no name is given');
good_connection(port => 'tls13first', host => 'first13.example.test');
good_connection(port => 'tls13first', host => 'extra.example.test', args => [qw(--tls-max 1.2)]);

done_testing;
