# SPDX-License-Identifier: Apache-2.0
# If this fails, an inner section of the same kind cannot loosen or tighten what the outer one says, or
# does so for more than itself.
use SC::Test;
use SC::Gate;

my %files = map { ($_ => SECRET) } qw(private/open/page.txt private/open/in/page.txt private/open/shut/page.txt
  private/opener/page.txt private/strict/page.txt private/hide/page.txt);
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}/private/open/shut">
    SecureChanRequire on
</Directory>
<Directory "${root}/private/open">
    SecureChanRequire off
</Directory>
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/private/strict">
    SecureChanRequire on tls>=1.3
</Directory>
<Directory "${root}/private/hide">
    SecureChanRequire on else=hide
</Directory>
CONF
my $url = SC::Gate->start(config => <<'CONF');
<Location /url>
    SecureChanRequire on
</Location>
<Location /url/open>
    SecureChanRequire off
</Location>
Alias /url "${root}/public"
CONF
like($site->http($_)->{body}, qr/the secret words/, "$_ is open, as configured")
  for qw(/private/open/page.txt /private/open/in/page.txt);
is_refused($site->http($_), $_)
  for qw(/private/page.txt /private/opener/page.txt /private/open/shut/page.txt /private/strict/page.txt
  /private/open/../page.txt /private/open/../open/shut/page.txt /private/opened);
is_refused($url->http($_), $_) for qw(/url/page.txt /url/opens /url/open/../page.txt);
is($site->http('/private/hide/page.txt')->{status}, 404, 'an inner else= counts inside');
is($url->http('/url/open')->{status}, 404, 'a Location inside a Location is open');
is_refused($site->https('/private/strict/page.txt', ssl => { SSL_version => 'TLSv1_2' }), 'an inner condition');
is($site->https('/private/page.txt', ssl => { SSL_version => 'TLSv1_2' })->{status}, 200, 'holds inside only');
$site->serves($_) for qw(/private/page.txt /private/strict/page.txt /private/open/shut/page.txt /private/hide/page.txt);

done_testing;
