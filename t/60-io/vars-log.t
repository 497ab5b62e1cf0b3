# SPDX-License-Identifier: Apache-2.0
# If this fails, the access log cannot show with what clients connect.
use SC::Test;
use SC::Curl;
use SC::Run qw(slurp);

my $log = vars('t_logs') . '/tls_log';

sub logged {
    my ($scheme, $port, @how) = @_;
    my $mark = sprintf '/sub/%s-%d-%d.txt', 'log', $$, int rand 1e9;
    curl("$scheme://www.example.test$mark", port => $port, @how);
    my $line = wait_for(sub { (grep { /\Q$mark\E/ } split /\n/, slurp($log))[0] }, 5);
    return { ($line || '') =~ /(\w+)=(\S+)/g };
}

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $got = logged('https', port('tls'), http => $http);
    is($got->{https},    'on',               "HTTP/$http: %{HTTPS}x");
    is($got->{protocol}, 'TLSv1.3',          '%{SSL_PROTOCOL}x');
    is($got->{version},  'TLSv1.3',          '%{version}c');
    is($got->{sni},      'www.example.test', '%{SSL_TLS_SNI}x');
    like($got->{cipher}, qr/^TLS_\w+$/, '%{SSL_CIPHER}x');
    is($got->{ccipher}, $got->{cipher}, '%{cipher}c');
    like($got->{ms}, qr/^\d+$/, '%{SSL_HANDSHAKE_MS}x');
    is($got->{alpn}, $http eq '2' ? 'h2' : 'http/1.1', '%{SSL_ALPN}x');
    is($got->{none}, '-', 'an unknown name is a dash');
}
my $plain = logged('http', port('http'));
is($plain->{protocol}, '-', 'plain HTTP: a dash');
good_connection();

done_testing;
