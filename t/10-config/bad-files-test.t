# SPDX-License-Identifier: Apache-2.0
# If this fails, "apache2 -t" says OK to a certificate or key with which the server cannot serve, or
# does not say which file and which line is wrong.
use SC::Test;
use SC::BadFiles;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
for my $case (bad_files()) {
    my ($name, $files, $names) = @$case;
    subtest $name => sub {
        my $got = config_test(bad_config($port, $files));
        isnt($got->{exit}, 0, '-t fails');
        unlike($got->{err}, qr/Syntax OK/, 'and does not say OK');
        my @lines = lines_of_ours($got->{err});
        is(scalar @lines, 1, 'one line') || diag($got->{err});
        like($lines[0] || '', complaint_about('www.example.test', 10), 'id, directive, place and host');
        like($lines[0] || '', $names, 'the files');
        unlike($got->{err}, qr/:error:|error:[0-9A-F]{8}/, 'no library noise');
    };
}
my $good = config_test(bad_config($port, [qw(www-ecdsa.pem www-ecdsa.key)]));
is($good->{err}, "Syntax OK\n", 'the same with good files');

done_testing;
