# SPDX-License-Identifier: Apache-2.0
# If this fails, a Require line that is met stands in for the secure channel: several Require lines
# are alternatives, SecureChanRequire is not one of them.
use SC::Test;
use SC::Gate;

my @rules = (
    "Require all granted",
    "Require ip 127.0.0.1\nRequire local",
    "Require expr true",
    "<RequireAny>\nRequire secure\nRequire all granted\n</RequireAny>",
    "<RequireAny>\nRequire ssl\nRequire local\n</RequireAny>",
    "<RequireAll>\n<RequireNone>\nRequire ip 192.0.2.1\n</RequireNone>\nRequire all granted\n</RequireAll>",
    "Require method GET\nAuthMerging Or\nRequire all granted",
);
my ($config, %files) = ('');
for my $i (0 .. $#rules) {
    $files{"private/$i/page.txt"} = SECRET . "\n";
    $config .= qq{<Directory "\${root}/private/$i">\n$rules[$i]\n</Directory>\n};
}
my $site = SC::Gate->start(config => <<"CONF", files => \%files);
<Directory "\${root}/private">
    SecureChanRequire on
</Directory>
$config
CONF
for my $i (0 .. $#rules) {
    (my $name = $rules[$i]) =~ s/\n/; /g;
    is_refused($site->http("/private/$i/page.txt"), $name);
    $site->serves("/private/$i/page.txt");
}

done_testing;
