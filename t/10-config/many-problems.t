# SPDX-License-Identifier: Apache-2.0
# If this fails, the administrator of a big server is told of some bad files only, or in an order
# that changes from one configuration test to the next.
use SC::Test;
use SC::Httpd;
use SC::Many;
use SC::Port;

my $count = 200;
my $port  = SC::Port::free();
my $pki   = "$ENV{SC_WORK}/pki";
my $dir   = many_pairs($count);
my %files = (
    3   => '/nowhere/none.pem /nowhere/none.key',
    40  => "$dir/40.pem $dir/41.key",
    41  => "$dir/41.pem $pki/encrypted.key",
    99  => "$pki/expired.pem $pki/expired.key",
    100 => "$pki/garbage.pem $dir/100.key",
    150 => "$dir/150.pem $pki/garbage.key",
    199 => "$dir/199.pem $dir/0.key",
);
my %other  = map { $_ => "SecureChanCertificate $files{$_}" } keys %files;
my $config = many_hosts($port, $dir, $count, \%other);
my @line   = split /\n/, $config;

# Each message as the number of its host and its id.
my $told = sub {
    my ($text) = @_;
    return [ map { /(SC\d{4}): SecureChanCertificate \(.*site\.conf:\d+, (\d+)\.many/ ? "$2 $1" : () } split /\n/, $text ];
};
my $expected = [ '3 SC0200', '3 SC0200', '40 SC0233', '41 SC0229', '99 SC0242', '100 SC0210', '150 SC0210', '199 SC0233' ];
for my $try (1 .. 3) {
    my $got = config_test($config);
    isnt($got->{exit}, 0, '-t fails');
    is_deeply($told->($got->{err}), $expected, 'every problem is reported, in the order of the hosts')
      || diag($got->{err});
}

# Mended: -t has nothing to say, and the server starts.
my %soon = map { $_ => "SecureChanCertificate $pki/soon.pem $pki/soon.key" } 7, 190;
$config = tls_host($port, 'www.example.test') . many_hosts($port, $dir, $count, \%soon);
my $good = config_test(many_hosts($port, $dir, $count));
is($good->{exit}, 0, 'a good configuration passes');
is_deeply($told->($good->{err}), [], 'in silence');

expect_log('SC0244');
expect_log('SC0123');
my $server = SC::Httpd->start(config => $config);
my @soon   = $server->log =~ /(SC0244: .*)/g;
is(@soon, 1, 'a warning of a file is in the log once, though two hosts have it') || diag($server->log);
good_connection(port => $port);

done_testing;
