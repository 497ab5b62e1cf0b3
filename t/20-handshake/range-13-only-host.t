# SPDX-License-Identifier: Apache-2.0
# If this fails, a host configured for TLS 1.3 only lets TLS 1.2 clients in, because the first host
# on the port does.
use SC::Test;
use SC::SClient;

my $old = s_client(port => port('tls'), name => 'new.example.test', args => ['-tls1_2']);
ok(!$old->{ok}, 'a TLS 1.2 client is refused by the 1.3-only host');
is($old->{alert}, 70, 'with the alert protocol_version') || diag($old->{err});

my $first = s_client(port => port('tls'), name => 'www.example.test', args => ['-tls1_2']);
ok($first->{ok}, 'the first host on the port lets it in');

my $new = s_client(port => port('tls'), name => 'new.example.test', args => ['-tls1_3']);
is($new->{protocol}, 'TLSv1.3',          'a TLS 1.3 client is let in');
is($new->{cn},       'new.example.test', 'by the right host');
good_connection(host => 'new.example.test');

done_testing;
