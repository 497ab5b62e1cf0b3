# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that writes the host name in capitals gets the wrong site.
use SC::Test;
use SC::SClient;

for my $name (qw(ALT.EXAMPLE.TEST Alt.Example.Test alt.example.TEST)) {
    my $got = s_client(port => port('tls'), name => $name);
    is($got->{cn}, 'alt.example.test', "$name is alt.example.test");
}
my $wild = s_client(port => port('tls'), name => 'ONE.Wild.Example.Test');
is($wild->{cn}, '*.wild.example.test', 'the same for wildcards');
good_connection();

done_testing;
