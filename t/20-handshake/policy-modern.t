# SPDX-License-Identifier: Apache-2.0
# If this fails, "SecureChanPolicy modern" does not keep old protocol versions out.
use SC::Test;
use SC::SClient;

my $old = s_client(port => port('tls'), name => 'modern.example.test', args => ['-tls1_2']);
ok(!$old->{ok}, 'TLS 1.2 is refused');
is($old->{alert}, 70, 'with the alert protocol_version') || diag($old->{err});
my $new = s_client(port => port('tls'), name => 'modern.example.test');
is($new->{protocol}, 'TLSv1.3', 'TLS 1.3 is spoken');
good_connection(host => 'modern.example.test');

done_testing;
