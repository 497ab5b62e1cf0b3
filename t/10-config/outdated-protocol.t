# SPDX-License-Identifier: Apache-2.0
# If this fails, a host speaks TLS 1.1 because of one old line of its configuration and nothing says so.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();

sub config {
    my ($protocol) = @_;
    return "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => "SecureChanProtocol $protocol");
}
my $warning = qr/\bSC0127: SecureChanProtocol \([^()]*site\.conf:\d+, www\.example\.test(?::\d+)?\)/;
for my $protocol (qw(TLSv1.1 TLSv1.1-TLSv1.3 TLSv1.1-TLSv1.2 TLSv1-TLSv1.3)) {
    my ($oldest) = split /-/, $protocol;
    my $got = config_test(config($protocol));
    is($got->{exit}, 0, "$protocol is allowed") || diag($got->{err});
    like($got->{err}, qr/$warning.*allows \Q$oldest\E with policy intermediate/, 'with a warning');
}
for my $protocol (qw(TLSv1.2-TLSv1.3 TLSv1.2 TLSv1.3)) {
    is(config_test(config($protocol))->{err}, "Syntax OK\n", "$protocol: no warning");
}
expect_log($warning);
my $server = SC::Httpd->start(config => config('TLSv1.1-TLSv1.3'));
good_connection(port => $port, name => 'a modern client is served all the same');

done_testing;
