# SPDX-License-Identifier: Apache-2.0
# If this fails, a mistake in one host's settings at a graceful restart takes its neighbours on the
# same port down, or leaves the host itself with settings nobody chose.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::SClient;

my $port = SC::Port::free();

sub config {
    my ($extra) = @_;
    return "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'alt.example.test', certificate => 'alt', extra => $extra)
      . tls_host($port, 'www.example.test');
}
my $server = SC::Httpd->start(config => config(''));

# The first host on the port, whose settings OpenSSL sees first.
sub restart_with {
    my ($extra) = @_;
    my $file = $server->dir . '/site.conf';
    open my $fh, '>', $file or die "$file: $!\n";
    print {$fh} config($extra);
    close $fh or die "$file: $!\n";
    return $server->graceful;
}
good_connection(port => $port, host => $_, name => "before: $_") for qw(alt.example.test www.example.test);

expect_log(qr/\bSC0253: SecureChanCiphers \(.*site\.conf:\d+, alt\.example\.test/);
allow_log('SC0306');    # said for each connection to a host without usable settings
ok(restart_with('SecureChanCiphers BOGUS'), 'a graceful restart with a mistake in the first host');
for my $version (qw(tls1_2 tls1_3)) {
    my @args = (args => ["-$version"]);
    my $neighbour = s_client(port => $port, name => 'www.example.test', @args);
    is($neighbour->{cn}, 'www.example.test', "$version: its neighbour is served");
    my $first = s_client(port => $port, name => 'alt.example.test', @args);
    ok(!$first->{ok}, 'the host itself refuses');
    is($first->{alert}, 80, 'with an alert');
    my $nameless = s_client(port => $port, @args);
    ok(!$nameless->{ok}, 'and nobody else answers for it to a client without SNI');
}
good_connection(port => $port, name => 'a whole request to the neighbour');

ok(restart_with(''), 'a graceful restart without the mistake');
good_connection(port => $port, host => $_, name => "after: $_") for qw(alt.example.test www.example.test);

done_testing;
