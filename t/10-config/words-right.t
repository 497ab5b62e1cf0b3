# SPDX-License-Identifier: Apache-2.0
# If this fails, a directive refuses one of its documented values.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Secret;

my $pass   = pki('encrypted.pass');
my $secret = secret_file();

# lines in the virtual host, each tried alone
my @HOST = (
    'SecureChanPolicy modern',
    'SecureChanPolicy intermediate',
    'SecureChanPolicy Modern',
    'SecureChanProtocol TLSv1.2',
    'SecureChanProtocol TLSv1.3',
    'SecureChanProtocol TLSv1.2-TLSv1.3',
    'SecureChanProtocol TLSv1.2-TLSv1.2',
    'SecureChanCiphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384',
    'SecureChanCiphers TLSv1.3 TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256',
    'SecureChanGroups X25519:P-256',
    'SecureChanGroups ?X25519MLKEM768:X25519:P-256:P-384',
    'SecureChanGroups ?NoSuchGroup:P-521',
    'SecureChanOpenSSL NumTickets 1',
    'SecureChanOpenSSL Options -SessionTicket',
    'SecureChanSNI mismatch=auth',
    'SecureChanSNI mismatch=strict unknown=reject',
    'SecureChanSNI mismatch=off unknown=default',
    'SecureChanTickets on',
    'SecureChanTickets Off',
    'SecureChanHandshake timeout=5s',
    'SecureChanHandshake timeout=1500ms',
    'SecureChanHandshake timeout=1m',
    'SecureChanHandshake head=1s',
    'SecureChanHandshake head=60m',
    'SecureChanHandshake timeout=2s head=1500ms',
    'SecureChanHandshake head=1h timeout=1h',
    'SecureChanPlainHTTP error',
    'SecureChanPlainHTTP redirect',
    'SecureChanPlainHTTP close',
    'SecureChanHSTS off',
    'SecureChanHSTS 3600',
    'SecureChanHSTS 365d subdomains',
    'SecureChanHSTS 63072000 subdomains preload',
    'SecureChanExport vars',
    'SecureChanExport none',
    'SecureChanExport +vars +cert',
    'SecureChanExport +cert -vars',
    "<Directory \"/\">\nSecureChanHSTS 1d\nSecureChanExport +vars\n</Directory>",
    "<Location \"/x\">\nSecureChanHSTS off\nSecureChanExport -vars\n</Location>",
);
my @MAIN = (
    'SecureChanPassPhrase builtin',
    "SecureChanPassPhrase file:$pass",
    'SecureChanPassPhrase exec:/bin/true',
    'SecureChanEngine off',
    'SecureChanPolicy modern',
    'SecureChanHandshake head=5s',
    'SecureChanTickets on',
    'SecureChanTickets off rotate=1h',
    'SecureChanTickets on rotate=1s',
    'SecureChanTickets on rotate=7d',
    'SecureChanTickets on rotate=90m',
    "SecureChanTickets on secret=$secret",
    "SecureChanTickets on rotate=1h secret=$secret",
    'SecureChanSessionCache none',
    'SecureChanSessionCache shmcb timeout=10m',
);

my $port = SC::Port::free();
my %how  = (
    host => sub { tls_host($port, 'www.example.test', extra => $_[0]) },
    main => sub { "$_[0]\n" . tls_host($port, 'www.example.test') },
);
for my $case ((map { [ host => $_ ] } @HOST), (map { [ main => $_ ] } @MAIN)) {
    my ($where, $line) = @$case;
    my $got = config_test("Listen 127.0.0.1:$port https\n" . $how{$where}->($line));
    (my $name = $line) =~ s/\n/ /g;
    is($got->{err}, "Syntax OK\n", "$where: $name");
}

done_testing;
