# SPDX-License-Identifier: Apache-2.0
# If this fails, a directory for clients with a verified certificate is served to everybody, or a
# condition that is always met (no early data is accepted) keeps people out.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF', files => { map { ("$_/page.txt" => SECRET) } qw(early both) });
<Directory "${root}/private">
    SecureChanRequire on verified
</Directory>
<Directory "${root}/early">
    SecureChanRequire on no-early-data
</Directory>
<Directory "${root}/both">
    SecureChanRequire on no-early-data verified else=redirect
</Directory>
CONF
my $got = $site->https('/private/page.txt');
is_refused($got, 'without a certificate');
like($got->{body}, qr/client certificate is required/, 'with the reason');
is_refused($site->https('/both/page.txt'), 'also with else=redirect');
is_refused($site->https('/private/page.txt', headers => [$_]), $_)
  for 'SSL-Client-Verify: SUCCESS', 'X-Client-Verify: SUCCESS', 'X-SSL-Client-Cert: x',
  'Authorization: Basic dGVzdGVyOnNlY3JldA==';
# A certificate nobody asked for is not sent, and so not verified.
my %own = map { ("SSL_${_}_file" => "$ENV{SC_WORK}/pki/alt." . ($_ eq 'cert' ? 'pem' : 'key')) } qw(cert key);
is_refused($site->https('/private/page.txt', ssl => { %own, SSL_version => $_ }), "a certificate of the client's, $_")
  for qw(TLSv1_2 TLSv1_3);
is_refused($site->http('/early/page.txt', headers => ['Early-Data: 0']), 'a header that says so, in clear');
is_refused($site->http($_), $_) for qw(/private/page.txt /early/page.txt);
is($site->http('/both/page.txt')->{status}, 308, 'else=redirect in clear');
$site->serves('/early/page.txt', ssl => { SSL_version => $_ }) for qw(TLSv1_2 TLSv1_3);

done_testing;
