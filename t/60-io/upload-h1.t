# SPDX-License-Identifier: Apache-2.0
# If this fails, large uploads over HTTP/1.1 arrive damaged or not at all.
use SC::Test;
use SC::Big;
use SC::Curl;

my $big = big_file();
for my $version (qw(1.2 1.3)) {
    my $name = "upload-h1-$version";
    my $put = curl("https://www.example.test/dav/$name", port => port('tls'), http => '1.1',
        upload => $big, timeout => 60, args => [ '--tls-max', $version ]);
    is($put->{code}, 201, "TLS $version: status") || diag($put->{err});
    is($put->{version}, '1.1', 'protocol version');
    ok(same_file($big, vars('serverroot') . "/var/dav/$name"), 'every byte');
}
good_connection();

done_testing;
