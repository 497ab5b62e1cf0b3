# SPDX-License-Identifier: Apache-2.0
# If this fails, scripts that need the server's certificate itself do not get it.
use SC::Test;
use SC::Curl;
use SC::Run ();

my $got = curl('https://alt.example.test/cgi-cert/env', port => port('tls'));
my ($pem) = $got->{body} =~ /^SSL_SERVER_CERT=(.*)$/m;
($pem = defined $pem ? $pem : '') =~ s/\\n/\n/g;
is($pem, SC::Run::slurp(pki('alt.leaf.pem')), 'SSL_SERVER_CERT is the certificate');
good_connection();

done_testing;
