# SPDX-License-Identifier: Apache-2.0
# If this fails, key exchange falls below what the library and the client can do together.
use SC::Test;
use SC::SClient;

my ($version) = qx(openssl version) =~ /^OpenSSL (\d+\.\d+)/;
my $got = s_client(port => port('tls'), name => 'www.example.test');
is($got->{group}, $version >= 3.5 ? 'X25519MLKEM768' : 'X25519', 'the best group both have');
good_connection();

done_testing;
