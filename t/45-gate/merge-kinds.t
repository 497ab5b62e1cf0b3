# SPDX-License-Identifier: Apache-2.0
# If this fails, an "off" in a section of another kind opens a flagged directory, because httpd applies
# it later; or the administrator is not told that it does not.
use SC::Test;
use SC::Gate;

my %files = map { ("$_/page.txt" => SECRET) } qw(b c d e f);
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Location /private>
    SecureChanRequire off
</Location>
<Location /b>
    SecureChanRequire on
</Location>
<Directory "${root}/b">
    SecureChanRequire off
</Directory>
<Directory "${root}/c">
    SecureChanRequire on
    <Files "*.txt">
        SecureChanRequire off
    </Files>
</Directory>
<Directory "${root}/d">
    <Files "*.txt">
        SecureChanRequire on
    </Files>
</Directory>
<Location /d>
    SecureChanRequire off
</Location>
<Directory "${root}/e">
    SecureChanRequire on tls>=1.3
</Directory>
<Location /e>
    SecureChanRequire on bits>=128 else=hide
</Location>
<Files "page.txt">
    <If "%{REQUEST_URI} =~ m#^/f/#">
        SecureChanRequire on
    </If>
</Files>
<Directory "${root}/f">
    SecureChanRequire off
</Directory>
CONF
my @warnings = $site->server->log =~ /^(.*SC0131.*)$/mg;
expect_log('SC0131');
cmp_ok(scalar @warnings, '>=', 5, 'each "off" that loosens nothing is told');
like("@warnings", qr/site\.conf:\d+.*<Location \/private> does not loosen what <Directory [^>]*private\/?> demands/,
    'with both places');

is_refused($site->http("/$_/page.txt"), $_) for qw(private b c d f);
is($site->http('/e/page.txt')->{status}, 404, 'the stricter answer of two kinds counts');
is($site->https('/e/page.txt', ssl => { SSL_version => 'TLSv1_2' })->{status}, 404, 'and conditions add up');
$site->serves("/$_/page.txt") for qw(private b c d e f);

done_testing;
