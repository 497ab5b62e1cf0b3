# SPDX-License-Identifier: Apache-2.0
# If this fails, SecureChanRequire does not work where it comes from another file, a macro or a
# condition of the configuration.
use SC::Test;
use SC::Gate;

my @names = qw(macro include optional ifmodule ifdefine nested define inner virtual);
my $site = SC::Gate->start(
    files  => { (map { ("$_/page.txt" => SECRET) } @names, 'off'), 'one.conf' => "SecureChanRequire on\n",
        'two.conf' => qq{<Directory "\${root}/optional">\nSecureChanRequire on\n</Directory>\n} },
    secure => qq{<Directory "\${root}/virtual">\nSecureChanRequire on\n</Directory>\n},
    plain  => qq{<Directory "\${root}/virtual">\nSecureChanRequire on\n</Directory>\n},
    config => <<'CONF',
<Macro Guard $dir $how>
    <Directory "${root}/$dir">
        SecureChanRequire $how
    </Directory>
</Macro>
Use Guard macro on
<Directory "${root}/include">
    Include "${root}/one.conf"
</Directory>
IncludeOptional "${root}/two.*"
<Directory "${root}/ifmodule">
    <IfModule mod_securechan.c>
        SecureChanRequire on
    </IfModule>
</Directory>
Define GUARDED
<IfDefine GUARDED>
    <Directory "${root}/ifdefine">
        SecureChanRequire on
    </Directory>
</IfDefine>
<Directory "${root}/nested">
    <IfModule mod_dir.c>
        <IfDefine !NOTHING>
            Include "${root}/one.conf"
        </IfDefine>
    </IfModule>
</Directory>
Define how on
<Directory "${root}/define">
    SecureChanRequire ${how}
</Directory>
<Directory "${root}/inner">
    <Files "*">
        <IfModule mod_dir.c>
            SecureChanRequire on
        </IfModule>
    </Files>
</Directory>
<Directory "${root}/off">
    <IfModule no_such_module>
        SecureChanRequire on
    </IfModule>
</Directory>
CONF
);
is_refused($site->http("/$_/page.txt"), $_) for @names;
is($site->http('/off/page.txt')->{status}, 200, 'a condition that does not hold leaves it out, as httpd does');
$site->serves("/$_/page.txt") for @names;

# Kinds of sections are told apart there, too.
my $mixed = SC::Gate->start(files => { 'one.conf' => "SecureChanRequire off\n" }, config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Location /private>
    <IfModule mod_dir.c>
        Include "${root}/one.conf"
    </IfModule>
</Location>
CONF
expect_log('SC0131');
is_refused($mixed->http('/private/page.txt'), 'an included "off" in <Location> does not loosen <Directory>');
$mixed->serves;

done_testing;
