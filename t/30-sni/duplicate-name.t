# SPDX-License-Identifier: Apache-2.0
# If this fails, of two hosts with the same name one is silently never reached, or now the one and now
# the other answers.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::SClient;

my $port   = SC::Port::free();
my $config = "Listen 127.0.0.1:$port https\n"
  . tls_host($port, 'www.example.test', certificate => 'www-rsa')
  . tls_host($port, 'WWW.example.test', certificate => 'www-ecdsa');
my ($first, $second) = grep { (split /\n/, $config)[ $_ - 1 ] =~ /^<VirtualHost/ } 1 .. split /\n/, $config;
my $warning = qr/\bSC0126: ServerName \([^()]*site\.conf:$second, .*belongs to the host at \S*site\.conf:$first /;

my $got = config_test($config);
is($got->{exit}, 0, 'it is allowed');
like($got->{err}, $warning, 'with a warning that names both');
is(scalar(() = $got->{err} =~ /\bSC\d{4}: /g), 1, 'once') || diag($got->{err});

expect_log($warning);
my $server = SC::Httpd->start(config => $config);
for my $name (qw(www.example.test WWW.Example.TEST)) {
    for my $version (qw(tls1_2 tls1_3)) {
        my $shake = s_client(port => $port, name => $name, args => ["-$version"]);
        like($shake->{sigtype}, qr/rsa/i, "$version, $name: the first host answers");
    }
}
good_connection(port => $port);

done_testing;
