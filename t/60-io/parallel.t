# SPDX-License-Identifier: Apache-2.0
# If this fails, connections disturb each other under load.
use SC::Test;
use SC::Big;
use SC::Run qw(spawn reap slurp);
use File::Temp ();

big_file();
my @jobs;
for my $n (1 .. 12) {
    my $http = $n % 2 || mpm() eq 'prefork' ? '--http1.1' : '--http2';
    my ($out, $err) = map { File::Temp->new } 1 .. 2;
    open my $null, '<', '/dev/null' or die;
    my $base = 'https://www.example.test:' . port('tls');
    my $pid = spawn([
        'curl', '-q', '-sS', '--noproxy', '*', '--max-time', 60, $http, '--cacert', pki('root.pem'),
        '--resolve', 'www.example.test:' . port('tls') . ':127.0.0.1',
        map { ('-o', '/dev/null', '-w', '%{http_code}:%{size_download} ', "$base$_") }
          ('/plain.txt', '/big.bin', '/cgi-bin/drip?50', '/plain.txt'),
    ], stdin => $null, stdout => $out, stderr => $err);
    push @jobs, [ $pid, $out, $err ];
}
for my $job (@jobs) {
    my ($pid, $out, $err) = @$job;
    is(reap($pid, 90), 0, 'a client ends well') || diag(slurp("$err"));
    is(slurp("$out"), '200:11 200:' . BIG_SIZE . ' 200:391 200:11 ', 'and got everything');
}
good_connection();

done_testing;
