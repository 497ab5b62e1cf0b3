# SPDX-License-Identifier: Apache-2.0
# If this fails, a directory that demands TLS 1.3 is served over TLS 1.2, or people with an old client
# are sent round in circles instead of being told.
use SC::Test;
use SC::Gate;

my %files = map { ("$_/page.txt" => SECRET) } qw(redirect hide twelve);
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}/private">
    SecureChanRequire on tls>=1.3
</Directory>
<Directory "${root}/redirect">
    SecureChanRequire on TLS>=1.3 else=redirect
</Directory>
<Directory "${root}/hide">
    SecureChanRequire on tls>=1.3 else=hide
</Directory>
<Directory "${root}/twelve">
    SecureChanRequire on tls>=1.2
</Directory>
CONF
my %old = (ssl => { SSL_version => 'TLSv1_2' });

my $got = $site->https('/private/page.txt', %old);
is_refused($got, 'over TLS 1.2');
is($got->{line}, 'HTTP/1.1 403 Secure Channel Required', 'the status line');
like($got->{body}, qr/TLS 1\.3 or later is required, and this connection uses TLS 1\.2\./, 'the page says what is missing');
unlike($got->{body}, qr/href=/, 'and has no link: this is the https address');
my $redirect = $site->https('/redirect/page.txt', %old);
is_refused($redirect, 'else=redirect over TLS 1.2');
is($redirect->{head}{location}, undef, 'is never a redirect');
is_refused($site->https('/redirect/page.txt', %old, method => $_), $_) for qw(HEAD POST);
is_refused($site->https('/.well-known/acme-challenge/../../redirect/page.txt', %old), 'by way of the ACME path');
my $hide = $site->https('/hide/page.txt', %old);
is($hide->{status}, 404, 'else=hide over TLS 1.2 is 404');
has_no_secret($hide, 'no secret');
is($site->http('/redirect/page.txt')->{status}, 308, 'in clear it is a redirect');
is_refused($site->http($_), "$_ in clear") for qw(/private/page.txt /twelve/page.txt);
$site->serves("/$_/page.txt", ssl => { SSL_version => 'TLSv1_3' }) for qw(private redirect hide twelve);
$site->serves('/twelve/page.txt', %old);
is($site->https('/public/page.txt', %old)->{status}, 200, 'what demands nothing is served over TLS 1.2');

done_testing;
