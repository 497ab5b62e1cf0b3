# SPDX-License-Identifier: Apache-2.0
# If this fails, a host configured for TLS 1.2 only speaks 1.3, because the first host on the port does.
use SC::Test;
use SC::SClient;

my $both = s_client(port => port('tls'), name => 'old.example.test');
is($both->{protocol}, 'TLSv1.2', 'a client that can do both gets TLS 1.2');
is($both->{cn}, 'old.example.test', 'from the right host');

my $new = s_client(port => port('tls'), name => 'old.example.test', args => ['-tls1_3']);
ok(!$new->{ok}, 'a client that can do 1.3 only is refused');
is($new->{alert}, 70, 'with the alert protocol_version') || diag($new->{err});
good_connection(host => 'old.example.test');

done_testing;
