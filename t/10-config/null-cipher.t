# SPDX-License-Identifier: Apache-2.0
# If this fails, a cipher list can switch encryption off and https is in clear for everybody on the way.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $good = 'ECDHE-ECDSA-AES128-GCM-SHA256';
my %bad  = map { $_ => "$_:$good:\@SECLEVEL=0" } qw(ECDHE-ECDSA-NULL-SHA NULL-SHA256 eNULL COMPLEMENTOFALL aNULL ADH);
$bad{'eNULL '} = "$good:\@SECLEVEL=0:eNULL";
for my $word (sort keys %bad) {
    my $config = "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => qq{SecureChanCiphers "$bad{$word}"});
    my $got = config_test($config);
    isnt($got->{exit}, 0, "$bad{$word} is refused");
    $word =~ s/ $//;
    like($got->{err}, qr/\bSC0253: SecureChanCiphers \(.*site\.conf:6, www\.example\.test.*"$word"/, 'the word is named');
}
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => qq{SecureChanCiphers "$good:\@SECLEVEL=0"}));
good_connection(port => $port, args => [qw(--tls-max 1.2)], name => 'without such a word it is good');

done_testing;
