# SPDX-License-Identifier: Apache-2.0
# If this fails, beside mod_ssl the gate does not know a secure connection, or takes an insecure one
# for secure.
use SC::Test;
use SC::Gate;
use SC::Port;

my $other = SC::Port::free();
my $half  = SC::Port::free();
my $site  = SC::Gate->start(
    modules => ['ssl'],
    files   => { map { ("$_/page.txt" => SECRET) } qw(tls13 cipher pq early verified redirect) },
    config  => <<"CONF");
Listen 127.0.0.1:$other https
<VirtualHost 127.0.0.1:$other>
    ServerName gate.wild.example.test
    SSLEngine on
    SSLCertificateFile "\${pki}/wild.pem"
    SSLCertificateKeyFile "\${pki}/wild.key"
</VirtualHost>
Listen 127.0.0.1:$half https
<VirtualHost 127.0.0.1:$half>
    ServerName gate.wild.example.test
    SSLEngine off
</VirtualHost>
<Directory "\${root}/private">
    SecureChanRequire on
</Directory>
<Directory "\${root}/tls13">
    SecureChanRequire on tls>=1.3
</Directory>
<Directory "\${root}/cipher">
    SecureChanRequire on bits>=128 pfs aead
</Directory>
<Directory "\${root}/pq">
    SecureChanRequire on pq
</Directory>
<Directory "\${root}/early">
    SecureChanRequire on no-early-data
</Directory>
<Directory "\${root}/verified">
    SecureChanRequire on verified
</Directory>
<Directory "\${root}/redirect">
    SecureChanRequire on else=redirect
</Directory>
CONF
allow_log(qr/AH01906|AH01909|AH02292|AH01916|AH01873/);    # mod_ssl's own

my %theirs = (port => $other);
my %old = (ssl => { SSL_version => 'TLSv1_2' });
$site->serves($_, %theirs) for qw(/private/page.txt /tls13/page.txt /cipher/page.txt /redirect/page.txt);
$site->serves($_, %theirs, %old) for qw(/private/page.txt /cipher/page.txt);
is_refused($site->https('/tls13/page.txt', %theirs, %old), 'TLS 1.2 of mod_ssl where 1.3 is demanded');
is_refused($site->https("/$_/page.txt", %theirs), "$_: what cannot be known of its connections is not met")
  for qw(pq early verified);
for my $port ($site->port('http'), $half) {
    is_refused($site->http("/$_/page.txt", port => $port), "$_ in clear") for qw(private tls13 cipher early);
    has_no_secret($site->http('/redirect/page.txt', port => $port), 'redirect in clear');
}
has_no_secret($site->http('/private/page.txt', port => $other), 'HTTP on the TLS port of mod_ssl');
has_no_secret($site->http('/private/page.txt', port => $site->port('tls')), 'and on ours');
$site->serves($_) for qw(/private/page.txt /tls13/page.txt /cipher/page.txt /early/page.txt);

done_testing;
