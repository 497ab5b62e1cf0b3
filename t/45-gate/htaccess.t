# SPDX-License-Identifier: Apache-2.0
# If this fails, authors who flag their directory in .htaccess are not obeyed, or are obeyed where the
# administrator does not let them.
use SC::Test;
use SC::Gate;

my $on   = "SecureChanRequire on\n";
my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/auth">
    AllowOverride AuthConfig
</Directory>
<Directory "${root}/list">
    AllowOverride None
    AllowOverrideList SecureChanRequire
</Directory>
<Directory "${root}/none">
    AllowOverride None
</Directory>
<Directory "${root}/options">
    AllowOverride Options FileInfo Indexes Limit
</Directory>
<Directory "${root}/private">
    AllowOverride AuthConfig
    SecureChanRequire on
</Directory>
Alias /other "${root}/auth"
CONF
    files => {
        (map { ("$_/.htaccess" => $on, "$_/page.txt" => SECRET, "$_/sub/deep/page.txt" => SECRET) } qw(auth list none options)),
        'auth/cond/.htaccess'  => "SecureChanRequire on tls>=1.3\n", 'auth/cond/page.txt' => SECRET,
        'auth/files/.htaccess' => "<Files x.txt>\nSecureChanRequire on else=hide\n</Files>\n",
        'auth/limit/.htaccess' => "<Limit GET>\nSecureChanRequire on\n</Limit>\n", 'auth/limit/page.txt' => SECRET,
        'auth/words/.htaccess' => "SecureChanRequire yes\n", 'auth/words/page.txt' => SECRET,
        'auth/files/x.txt' => SECRET, 'auth/files/y.txt' => SECRET,
        'private/.htaccess'    => "SecureChanRequire on aead\n",
    },
);
expect_log(qr/SecureChanRequire not allowed here/, qr/SC0115/);
allow_log(qr/SecureChanRequire cannot occur within <Limit>/);

is_refused($site->http($_), $_)
  for qw(/auth/page.txt /auth/ /auth/sub/deep/page.txt /list/page.txt /list/sub/deep/page.txt /auth/cond/page.txt
  /other/page.txt /other/sub/deep/page.txt /private/page.txt /auth/.htaccess);
is($site->http('/none/page.txt')->{status}, 200, 'AllowOverride None: not even read');
is($site->http('/options/page.txt')->{status}, 500, 'AllowOverride without AuthConfig: an error, not silence');
has_no_secret($site->http($_), $_) for qw(/auth/files/x.txt /auth/files/y.txt /auth/limit/page.txt /auth/words/page.txt);
is($site->http('/auth/words/page.txt')->{status}, 500, 'a wrong word in .htaccess is an error');
is($site->http('/auth/limit/page.txt')->{status}, 500, 'and so is <Limit> around it');
$site->serves($_) for qw(/auth/page.txt /auth/sub/deep/page.txt /list/page.txt /auth/cond/page.txt /auth/files/x.txt);
my $old = $site->https('/auth/cond/page.txt', ssl => { SSL_version => 'TLSv1_2' });
is_refused($old, 'its condition over TLS 1.2');
like($old->{body}, qr/TLS 1\.3 or later is required/, 'with the reason');

done_testing;
