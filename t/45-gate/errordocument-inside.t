# SPDX-License-Identifier: Apache-2.0
# If this fails, the error page of a flagged directory that lies in it is shown in clear, or httpd goes
# round in circles.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
    ErrorDocument 403 /private/page.txt
    ErrorDocument 404 /private/sub/one.txt
</Directory>
CONF
for my $path (qw(/private/index.html /private/none /private/ /private/page.txt)) {
    my $got = $site->http($path);
    is_refused($got, $path);
    like($got->{body}, qr/Forbidden|Secure Channel Required/, 'with a page of httpd\'s');
}
unlike($site->http('/public/none')->{raw}, qr/the secret words/, 'elsewhere errors are as ever');
my $none = $site->https('/private/none');
is($none->{status}, 404, 'over https its error pages');
like($none->{body}, qr/the secret words/, 'are shown');
$site->serves;

done_testing;
