# SPDX-License-Identifier: Apache-2.0
# If this fails, bits>=, pfs and aead do not keep weak ciphers out, or keep good ones out.
use SC::Test;
use SC::Gate;

my @ciphers = qw(AES128-SHA256 AES256-SHA256 AES256-GCM-SHA384 AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA256
    ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305 DHE-RSA-AES256-GCM-SHA384
);
my %files = map { ("$_/page.txt" => SECRET) } qw(bits256 bits128 pfs aead all);
my $site = SC::Gate->start(
    certificate => 'www-rsa', files => \%files, config => <<'CONF', secure => 'SecureChanCiphers ' . join(':', @ciphers),
<Directory "${root}/bits256">
    SecureChanRequire on bits>=256
</Directory>
<Directory "${root}/bits128">
    SecureChanRequire on bits>=128
</Directory>
<Directory "${root}/pfs">
    SecureChanRequire on pfs
</Directory>
<Directory "${root}/aead">
    SecureChanRequire on AEAD
</Directory>
<Directory "${root}/all">
    SecureChanRequire on tls>=1.2 bits>=256 pfs aead
</Directory>
CONF
);
allow_log('SC0123');    # the RSA certificate is for another name

# cipher => [bits256, bits128, pfs, aead, all]
my %wanted = (
    'AES128-SHA256'               => [ 0, 1, 0, 0, 0 ],
    'AES256-SHA256'               => [ 1, 1, 0, 0, 0 ],
    'AES128-GCM-SHA256'           => [ 0, 1, 0, 1, 0 ],
    'AES256-GCM-SHA384'           => [ 1, 1, 0, 1, 0 ],
    'ECDHE-RSA-AES128-SHA256'     => [ 0, 1, 1, 0, 0 ],
    'ECDHE-RSA-AES128-GCM-SHA256' => [ 0, 1, 1, 1, 0 ],
    'ECDHE-RSA-AES256-GCM-SHA384' => [ 1, 1, 1, 1, 1 ],
    'ECDHE-RSA-CHACHA20-POLY1305' => [ 1, 1, 1, 1, 1 ],
    'TLS_AES_128_GCM_SHA256'      => [ 0, 1, 1, 1, 0 ],
    'TLS_AES_256_GCM_SHA384'      => [ 1, 1, 1, 1, 1 ],
);
my @places = qw(bits256 bits128 pfs aead all);
my %reason = (
    bits256 => qr/256 bits or more is required, and this connection uses 128/,
    pfs     => qr/forward secrecy/,
    aead    => qr/AEAD/,
);
for my $cipher (sort keys %wanted) {
    my %ssl = (SSL_verify_mode => 0, SSL_hostname => HOST);
    $ssl{$_} = $cipher for $cipher =~ /^TLS_/ ? 'SSL_ciphersuites' : 'SSL_cipher_list';
    $ssl{SSL_version} = $cipher =~ /^TLS_/ ? 'TLSv1_3' : 'TLSv1_2';
    my $client = $site->connect(tls => 1, ssl => \%ssl);
    is($client->socket->get_cipher, $cipher, "a connection with $cipher");
    for my $i (0 .. $#places) {
        my $place = $places[$i];
        $client->send($site->request("/$place/page.txt", tls => 1, keep => 1));
        my ($status, $head, $body) = $client->response(10);
        is($status, $wanted{$cipher}[$i] ? 200 : 403, "$place: " . ($wanted{$cipher}[$i] ? 'served' : 'refused'));
        unlike($body, qr/the secret words/, 'no secret') if !$wanted{$cipher}[$i];
        like($body, $reason{$place}, 'with the reason') if !$wanted{$cipher}[$i] && $reason{$place};
    }
}
$site->serves('/all/page.txt', ssl => { SSL_verify_mode => 0, SSL_ciphersuites => 'TLS_AES_256_GCM_SHA384' });

done_testing;
