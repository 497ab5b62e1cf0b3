# SPDX-License-Identifier: Apache-2.0
# If this fails, a SecureChanRequire that guards less than it seems to (a slip of the pen, a place where
# it does not work) is accepted in silence.
use SC::Test;
use SC::Gate;
use SC::Httpd;

my $in = sub { qq{<Directory "/srv">\n$_[0]\n</Directory>\n} };
my @bad = (    # configuration, what the error says
    [ $in->("<Limit GET>\nSecureChanRequire on\n</Limit>"),       qr/SecureChanRequire cannot occur within <Limit>/ ],
    [ $in->("<LimitExcept POST>\nSecureChanRequire on\n</LimitExcept>"), qr/cannot occur within <Limit> or <LimitExcept>/ ],
    [ "SecureChanRequire on\n",                                   qr/SecureChanRequire not allowed here/ ],
    [ "<VirtualHost *>\nSecureChanRequire on\n</VirtualHost>\n",  qr/SecureChanRequire not allowed in <VirtualHost> context/ ],
    [ "<IfModule mod_dir.c>\nSecureChanRequire on\n</IfModule>\n", qr/SecureChanRequire not allowed here/ ],
    [ $in->('SecureChanRequire'),                                 qr/SC0115:.*on or off is missing/ ],
    [ $in->('SecureChanRequire yes'),                             qr/SC0115:.*must be on or off, not "yes"/ ],
    [ $in->('SecureChanRequire tls>=1.3'),                        qr/must be on or off/ ],
    [ $in->('SecureChanRequire on off'),                          qr/only once/ ],
    [ $in->('SecureChanRequire off pfs'),                         qr/off demands nothing/ ],
    [ $in->('SecureChanRequire off else=hide'),                   qr/off demands nothing/ ],
    [ $in->('SecureChanRequire on pfss'),
        qr/"pfss" is not known; allowed are .*tls>=1\.3.*bits>=256.*pfs.*aead.*pq.*verified.*no-early-data.*else=deny.*else=hide/ ],
    [ $in->('SecureChanRequire on else=allow'),
        qr/"else=allow" is not known; allowed are else=deny, else=redirect, else=hide/ ],
    [ $in->('SecureChanRequire on else='),                        qr/allowed are else=deny/ ],
    [ $in->('SecureChanRequire on else = deny'),                  qr/is not known; allowed are/ ],
    [ $in->('SecureChanRequire on else=deny else=hide'),          qr/"else=" is given twice/ ],
    [ $in->('SecureChanRequire on pfs pfs'),                      qr/"pfs" is given twice/ ],
    [ $in->('SecureChanRequire on tls>=1.2 tls>=1.3'),            qr/given twice/ ],
    [ $in->('SecureChanRequire on tls>=1.4'),
        qr/names no version; allowed are tls>=1\.0, tls>=1\.1, tls>=1\.2, tls>=1\.3/ ],
    [ $in->('SecureChanRequire on tls>=1'),                       qr/names no version/ ],
    [ $in->('SecureChanRequire on tls>1.2'),                      qr/is not known; allowed are/ ],
    [ $in->('SecureChanRequire on tls=1.3'),                      qr/is not known; allowed are/ ],
    [ $in->('SecureChanRequire on tls >= 1.3'),                   qr/is not known; allowed are/ ],
    [ $in->('SecureChanRequire on bits>=0'),                      qr/is not possible; allowed is a number from 1 to 256/ ],
    [ $in->('SecureChanRequire on bits>=257'),                    qr/is not possible/ ],
    [ $in->('SecureChanRequire on bits>=128x'),                   qr/is not possible/ ],
    [ $in->('SecureChanRequire on "" pfs'),                           qr/is not known/ ],
    [ $in->('SecureChanRequire on "pfs aead"'),                   qr/is not known/ ],
    [ $in->('Require secure on'),                                 qr/SC0117:.*"on" is not known; allowed are/ ],
    [ $in->('Require secure else=hide'),                          qr/SC0117:.*is not known/ ],
    [ $in->('Require ssl pfs'),                                   qr/SC0118:.*takes no arguments/ ],
);
for my $case (@bad) {
    my ($config, $error) = @$case;
    (my $name = $config) =~ s/\s*\n\s*/ /g;
    my $got = config_test($config);
    isnt($got->{exit}, 0, "$name is an error");
    (my $text = $got->{err}) =~ s/\s*\n\s*/ /g;
    like($text, $error, 'that says what is wrong');
    like($text, qr/on line \d+ of \S*site\.conf/, 'and where');
}
for my $line ('on', 'ON', 'off', 'on tls>=1.0', 'on TLS>=1.3 Bits>=256 PFS aead pq verified no-early-data else=Hide',
    'on else=deny', 'on bits>=1')
{
    my $got = config_test($in->("SecureChanRequire $line") . qq{<Location "/x">\nSecureChanRequire $line\n</Location>\n});
    is($got->{exit}, 0, "SecureChanRequire $line is right") || diag($got->{err});
}
SC::Gate->start(config => $in->('SecureChanRequire on'))->serves;

done_testing;
