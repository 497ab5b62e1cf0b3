# SPDX-License-Identifier: Apache-2.0
# If this fails, an Action (a program that handles a type of files) in the flagged directory runs for
# requests that came in clear.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(
    config => <<'CONF',
Options +ExecCGI
<Directory "${root}/private">
    SecureChanRequire on
    Options +ExecCGI
    AddHandler cgi-script .cgi
</Directory>
Action x-secret /private/run.cgi
AddHandler x-secret .act
Action x-virtual /private/run.cgi virtual
<Location /virtual>
    SetHandler x-virtual
</Location>
<Location /script>
    Script PUT /private/run.cgi
</Location>
CONF
    files => {
        'public/page.act' => "the public words\n",
        'private/run.cgi' => <<'CGI',
#!/usr/bin/env perl
open my $fh, '>', 'ran' or die; close $fh;
print "Content-Type: text/plain\n\nthe secret words\n";
CGI
    },
);
is_refused($site->http($_), $_) for qw(/public/page.act /virtual /virtual/none);
has_no_secret($site->http('/script/x', method => 'PUT', body => 'x'), 'Script PUT');
ok(!-e $site->root . '/private/ran', 'the program never ran');
$site->serves($_) for qw(/public/page.act /virtual);

done_testing;
