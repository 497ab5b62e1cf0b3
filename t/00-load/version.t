# SPDX-License-Identifier: Apache-2.0
# If this fails, an administrator cannot see from outside which version is running (or sees it twice).
use SC::Test;
use SC::Curl;

for my $case ([ 'http', 'http' ], [ 'https', 'tls' ]) {
    my ($scheme, $port) = @$case;
    my $got = curl("$scheme://www.example.test/plain.txt", port => port($port));
    my $server = $got->{head}{server} || '';
    my $count = () = $server =~ m{\bmod_securechan/\d+\.\d+}g;
    is($count, 1, "$scheme: the Server header names mod_securechan and its version once")
      || diag("Server: $server");
}

done_testing;
