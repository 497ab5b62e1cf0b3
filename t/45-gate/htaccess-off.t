# SPDX-License-Identifier: Apache-2.0
# If this fails, somebody who may write a .htaccess file opens a flagged directory.
use SC::Test;
use SC::Gate;

my %try = (
    off       => "SecureChanRequire off\n",
    late      => "SecureChanRequire on\nSecureChanRequire off\n",
    files     => "<Files page.txt>\nSecureChanRequire off\n</Files>\n",
    match     => "<FilesMatch .*>\nSecureChanRequire off\n</FilesMatch>\n",
    if        => "<If true>\nSecureChanRequire off\n</If>\n",
    elseif    => "<If false>\n</If>\n<Else>\nSecureChanRequire off\n</Else>\n",
    ifmodule  => "<IfModule mod_dir.c>\nSecureChanRequire OFF\n</IfModule>\n",
);
my %never = (    # these loosen nothing, so they may pass or be an error, but not open it
    nested  => "<If true>\n<Files page.txt>\nSecureChanRequire off\n</Files>\n</If>\n",    # httpd ignores it
    satisfy => "Satisfy Any\nRequire all granted\n",
    weaker  => "SecureChanRequire on\n",
    rewrite => "RewriteEngine On\nRewriteRule .* - [E=HTTPS:on]\n",
    index   => "DirectoryIndex page.txt\n",
    handler => "SetHandler default-handler\n",
);
my %files;
for my $set (\%try, \%never) {
    $files{"$_/.htaccess"} = $set->{$_}, $files{"$_/page.txt"} = SECRET, $files{"$_/deep/page.txt"} = SECRET for keys %$set;
}
$files{'outer/.htaccess'}       = "SecureChanRequire on\n";
$files{'outer/inner/.htaccess'} = "SecureChanRequire off\n";
$files{"outer/$_"}              = SECRET for qw(page.txt inner/page.txt inner/x/page.txt);
$files{'free/.htaccess'}        = "SecureChanRequire off\n";
$files{'free/page.txt'}         = "the public words\n";
my $flagged = join '', map { qq{<Directory "\${root}/$_">\nSecureChanRequire on\n</Directory>\n} } keys %try, keys %never;
my $site = SC::Gate->start(config => <<"CONF", files => \%files);
<Directory "\${root}">
    AllowOverride All
</Directory>
$flagged
CONF
expect_log('SC0402');

for my $name (sort keys %try) {
    my $got = $site->http("/$name/page.txt");
    has_no_secret($got, "$name: over http no secret");
    is($got->{status}, 500, 'but a server error');
    ok(wait_log(qr{SC0402: SecureChanRequire in \S*/$name/\.htaccess:[1-9]}), 'the log names file and line')
      || diag($site->server->log);
    is($site->https("/$name/page.txt")->{status}, 500, 'over https too: nobody gets used to it');
    has_no_secret($site->http("/$name/deep/page.txt"), 'and deeper down');
}
for my $name (sort keys %never) {
    is_refused($site->http("/$name/page.txt"), $name);
    $site->serves("/$name/page.txt");
}
is_refused($site->http('/outer/page.txt'), 'flagged by .htaccess');
has_no_secret($site->http("/outer/inner/$_"), 'and not opened again by an inner .htaccess') for qw(page.txt x/page.txt);
is($site->http('/outer/inner/page.txt')->{status}, 500, 'which is an error');
like($site->http('/free/page.txt')->{body}, qr/public words/, 'off where nothing is demanded is none');
$site->serves('/outer/page.txt');

done_testing;
