# SPDX-License-Identifier: Apache-2.0
# If this fails, a server cannot move from mod_ssl host by host.
use SC::Test;
use SC::Curl;
use SC::Httpd;
use SC::Port;
use SC::Run ();
use SC::SClient;

# mod_ssl says that it has no session cache.
allow_log(qr/AH01873/);
my ($ours, $theirs) = map { SC::Port::free() } 1 .. 2;
my $pki    = "$ENV{SC_WORK}/pki";
my $server = SC::Httpd->start(modules => ['ssl'], config => <<"CONF" . tls_host($ours, 'www.example.test'));
Listen 127.0.0.1:$ours https
Listen 127.0.0.1:$theirs https
LogFormat "%V uri=%U https=%{HTTPS}x protocol=%{SSL_PROTOCOL}x" both
CustomLog "both_log" both
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
<Location /cgi-bin/>
    SecureChanExport +vars
    SSLOptions +StdEnvVars
</Location>
<Location /show/>
    Header set X-Protocol "%{SSL_PROTOCOL}s"
    Header set X-Expr     "expr=%{SSL_PROTOCOL}"
    Header set X-Https    "expr=%{HTTPS}"
</Location>
Alias /show/ "$ENV{SC_WORK}/t/htdocs/"
<VirtualHost 127.0.0.1:$theirs>
    ServerName alt.example.test
    SSLEngine on
    SSLCertificateFile    $pki/alt.pem
    SSLCertificateKeyFile $pki/alt.key
    CustomLog "both_log" both
</VirtualHost>
CONF
is(s_client(port => $ours,   name => 'www.example.test')->{cn}, 'www.example.test', 'our host is ours');
is(s_client(port => $theirs, name => 'alt.example.test')->{cn}, 'alt.example.test', 'theirs is theirs');
for my $case ([ 'www', $ours, 'mod_securechan' ], [ 'alt', $theirs, 'mod_ssl' ]) {
    my ($name, $port, $owner) = @$case;
    my $env = curl("https://$name.example.test/cgi-bin/env", port => $port)->{body};
    like($env, qr/^HTTPS=on$/m, "$name: HTTPS");
    like($env, qr/^SSL_PROTOCOL=TLSv1\.3$/m, 'SSL_PROTOCOL');
    my $head = curl("https://$name.example.test/show/plain.txt", port => $port)->{head};
    is($head->{'x-protocol'}, 'TLSv1.3', 'mod_headers');
    is($head->{'x-expr'},     'TLSv1.3', 'expressions');
    is($head->{'x-https'},    'on',      'HTTPS in expressions');
    my $line = wait_for(sub {
        (grep { /^$name\S* uri=\/show/ } split /\n/, SC::Run::slurp($server->dir . '/both_log'))[0];
    }, 5) || '';
    like($line, qr/https=on protocol=TLSv1\.3/, 'the log');
    good_connection(port => $port, host => "$name.example.test", http => '2')
      if mpm() ne 'prefork';
}
good_connection(port => $ours);

done_testing;
