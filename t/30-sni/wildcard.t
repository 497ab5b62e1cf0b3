# SPDX-License-Identifier: Apache-2.0
# If this fails, a wildcard ServerAlias does not work over TLS, or catches names it should not.
use SC::Test;
use SC::SClient;

for my $name (qw(one two x-1)) {
    my $got = s_client(port => port('tls'), name => "$name.wild.example.test");
    is($got->{cn}, '*.wild.example.test', "$name.wild.example.test is caught");
}
# httpd's own ServerAlias matching lets "*" stand for several labels.
my $apex = s_client(port => port('tls'), name => 'wild.example.test');
is($apex->{cn}, 'www.example.test', 'the name without a label before it is not');
my $other = s_client(port => port('tls'), name => 'onewild.example.test');
is($other->{cn}, 'www.example.test', 'nor one that only ends alike');
good_connection(host => 'two.wild.example.test');

done_testing;
