# SPDX-License-Identifier: Apache-2.0
# If this fails, a server starts with a certificate or key it cannot serve with, or dies without
# saying which one it is.
use SC::Test;
use SC::BadFiles;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
for my $case (bad_files()) {
    my ($name, $files, $names) = @$case;
    subtest $name => sub {
        my $try = SC::Httpd->try(config => bad_config($port, $files));
        ok(!$try->{started}, 'it does not start');
        my @lines = lines_of_ours($try->{log} || '');
        is(scalar @lines, 1, 'one line') || diag($try->{log});
        like($lines[0] || '', complaint_about('www.example.test', 10), 'id, directive, place and host');
        like($lines[0] || '', $names, 'the files');
    };
}
my $server = SC::Httpd->start(config => bad_config($port, [qw(www-ecdsa.pem www-ecdsa.key)]));
good_connection(port => $port, name => 'the same with good files');

done_testing;
