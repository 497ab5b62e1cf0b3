# SPDX-License-Identifier: Apache-2.0
# If this fails, browsers are asked for a pass word, or send one, before the channel is secure.
use SC::Test;
use SC::Gate;

my @login = ('Authorization: Basic dGVzdGVyOnNlY3JldA==');
for my $type ("Basic\nAuthBasicProvider file", "Digest\nAuthDigestProvider file") {
    my ($name) = $type =~ /(\w+)/;
    for my $else (qw(deny redirect hide)) {
        my $site = SC::Gate->start(config => <<"CONF", files => { 'above/private/page.txt' => SECRET });
<Directory "\${root}/private">
    SecureChanRequire on else=$else
    AuthType $type
    AuthUserFile "\${root}/../../t/conf/passwords"
    AuthName gate
    Require valid-user
</Directory>
<Directory "\${root}/above">
    AuthType $type
    AuthUserFile "\${root}/../../t/conf/passwords"
    AuthName gate
    Require valid-user
</Directory>
<Directory "\${root}/above/private">
    SecureChanRequire on else=$else
</Directory>
CONF
        for my $path (qw(/private/page.txt /private/ /above/private/page.txt)) {
            for my $headers ([], \@login) {
                my $got = $site->http($path, headers => $headers);
                isnt($got->{status}, 401, "$name, else=$else, $path, " . @$headers . ' log-in: not asked');
                is($got->{head}{'www-authenticate'}, undef, 'no challenge');
                has_no_secret($got, 'no secret');
            }
            is($site->https($path)->{status}, 401, 'over https it is asked for');
            $site->serves($path, headers => \@login) if $name eq 'Basic';
        }
    }
}

done_testing;
