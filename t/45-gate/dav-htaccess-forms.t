# SPDX-License-Identifier: Apache-2.0
# If this fails, WebDAV reaches below a collection into a directory flagged by .htaccess, because the
# line is written, or the file is called, in a way that only httpd itself understands.
use SC::Test;
use SC::Gate;

my %form = (
    plain    => "SecureChanRequire on\n",
    case     => "securechanREQUIRE On\n",
    blank    => "\n   # a comment\n\t  SecureChanRequire   on   \n",
    quoted   => qq{"SecureChanRequire" "on"\n},
    split    => "SecureChan\\\nRequire \\\non\n",
    dos      => "DirectoryIndex disabled\r\nSecureChanRequire on\r\n",
    no_end   => "SecureChanRequire on",
    ifmodule => "<IfModule mod_dir.c>\nSecureChanRequire on\n</IfModule>\n",
    if       => "<If true>\nSecureChanRequire on\n</If>\n",
    files    => "<Files *>\nSecureChanRequire on\n</Files>\n",
    variable => "SecureChanRequire \${how}\n",
    name     => "\${directive} on\n",
    macro    => "Use Guard\n",
    twice    => "SecureChanRequire on pfs\n<Files nothing>\nSecureChanRequire on aead\n</Files>\n",
    long     => '#' . 'x' x 8000 . "\nSecureChanRequire on\n",
);
my %files;
for my $name (keys %form) {
    $files{"dav/$name/a/b/.htaccess"} = $form{$name};
    $files{"dav/$name/a/b/x.txt"}     = SECRET;
}
$files{"dav/own/$_/x.txt"} = SECRET for qw(one two);
$files{'dav/own/one/rules'} = $files{'dav/own/two/.acl'} = "SecureChanRequire on\n";
my $config = <<'CONF';
Define how on
Define directive SecureChanRequire
<Macro Guard>
    SecureChanRequire on
</Macro>
<Directory "${root}/dav">
    Dav On
    DirectorySlash Off
    AllowOverride All
</Directory>
<Directory "${root}/dav/open">
    AllowOverride None
</Directory>
Alias /up/ "${root}/dav/"
CONF
my $site = SC::Gate->start(config => $config, files => \%files);
my $other = SC::Gate->start(config => $config . "AccessFileName rules .acl\n", files => \%files);

sub attack {
    my ($site, $name, $inner) = @_;
    my $base = 'http://' . HOST . ':' . $site->port('http') . '/dav/open';
    $site->put('dav/open', undef);
    $site->give;
    for my $top ("/dav/$name/", "/up/$name/") {
        (my $copy = "$name$top") =~ tr{/}{-};
        $site->http($top, method => 'COPY', headers => ["Destination: $base/$copy"]);
        ok(!-e $site->root . "/dav/open/$copy/$inner", "$name: COPY of $top carries nothing off");
        $site->http($top, method => 'MOVE', headers => ["Destination: $base/$copy-m"]);
        ok(-e $site->root . "/dav/$name/$inner", 'MOVE neither');
        $site->http($top, method => 'DELETE');
        ok(-e $site->root . "/dav/$name/$inner", 'and DELETE deletes nothing');
    }
    return;
}

for my $name (sort keys %form) {
    my $direct = $site->http("/dav/$name/a/b/x.txt");
    next if $direct->{status} == 200;    # httpd itself takes it for no rule
    has_no_secret($direct, "$name: asked for directly");
    attack($site, $name, 'a/b/x.txt');
}
is($site->http("/dav/$_/a/b/x.txt")->{status}, 403, "$_ is a rule")
  for qw(plain case quoted split dos no_end ifmodule if files variable);
is_refused($other->http("/dav/own/$_/x.txt"), "AccessFileName: $_") for qw(one two);
attack($other, 'own', "$_/x.txt") for qw(one two);
allow_log(qr/not allowed here|Invalid command|macro|Line too long|AH00127/);
$site->serves('/dav/plain/a/b/x.txt');
$other->serves("/dav/own/$_/x.txt") for qw(one two);

done_testing;
