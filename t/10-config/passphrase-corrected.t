# SPDX-License-Identifier: Apache-2.0
# If this fails, a pass phrase that was wrong once stays wrong after it was corrected, until the whole
# server is stopped.
use SC::Test;
use File::Copy qw(copy);
use SC::Httpd;
use SC::Port;
use SC::Run qw(run);
use SC::SClient;

my $port = SC::Port::free();
my $dir  = "$ENV{SC_WORK}/servers/files.$$";
mkdir $dir or die "$dir: $!\n";

# A key of the same pair under another phrase takes the place of the old one at once.
sub encrypt {
    my ($phrase) = @_;
    my $got = run([ qw(openssl pkey -aes128 -in), pki('www-ecdsa.key'), '-passout', "pass:$phrase", '-out', "$dir/new" ]);
    die $got->{err} if $got->{exit};
    chmod 0600, "$dir/new";
    rename "$dir/new", "$dir/www.key" or die;
    return;
}

sub phrase {
    my ($phrase) = @_;
    open my $fh, '>', "$dir/phrase" or die "$dir/phrase: $!\n";
    chmod 0600, "$dir/phrase";
    print {$fh} "$phrase\n";
    return close $fh;
}
encrypt('the first one');
phrase('the first one');
my $server = SC::Httpd->start(config => "SecureChanPassPhrase file:$dir/phrase\nListen 127.0.0.1:$port https\n"
      . tls_host($port, 'alt.example.test', certificate => 'alt')
      . tls_host($port, 'www.example.test', directives => 'SecureChanCertificate ' . pki('www-ecdsa.pem') . " $dir/www.key"));
good_connection(port => $port, name => 'before');

expect_log(qr/\bSC0230: SecureChanCertificate \(.*www\.example\.test/);
allow_log('SC0306');    # said for each connection to a host without a usable certificate
encrypt('another one');
ok($server->graceful, 'a graceful restart with a key under another phrase');
my $got = s_client(port => $port, name => 'www.example.test');
ok(!$got->{ok}, 'the host refuses');
is($got->{alert}, 80, 'with an alert');
good_connection(port => $port, host => 'alt.example.test', name => 'the other host is served');
unlike(log_text(), qr/the first one|another one/, 'no phrase is in the log');

phrase('another one');
ok($server->graceful, 'a graceful restart with the phrase corrected');
good_connection(port => $port);

done_testing;
