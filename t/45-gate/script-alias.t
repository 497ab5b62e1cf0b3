# SPDX-License-Identifier: Apache-2.0
# If this fails, a program in a flagged directory can be run over plain HTTP, by its own URL or with
# more path behind it.
use SC::Test;
use SC::Gate;

my $cgi = <<'CGI';
#!/usr/bin/env perl
open my $fh, '>>', 'ran' or die; print {$fh} "x"; close $fh;
print "Content-Type: text/plain\n\nthe secret words: $ENV{PATH_INFO} https=$ENV{HTTPS}\n";
CGI
my $site = SC::Gate->start(
    config => <<'CONF',
<Directory "${root}/private">
    SecureChanRequire on
    Options +ExecCGI
</Directory>
ScriptAlias      /cgi/          "${root}/private/"
ScriptAlias      /program       "${root}/private/run"
ScriptAliasMatch ^/match/(.*)$  "${root}/private/$1"
CONF
    files => { 'private/run.cgi' => $cgi, 'private/run' => $cgi },
);
chmod 0755, $site->root . '/private/run';
for my $path (qw(/cgi/run.cgi /cgi/run /cgi/run/more/path /program /program/more /match/run.cgi
    /match/run/../run /cgi/run/%2e%2e/run /cgi/run?query=1 /cgi/run/index.html /cgi//run))
{
    is_refused($site->http($path), $path);
    is_refused($site->http($path, method => 'POST', body => 'x=y'), "POST $path");
}
ok(!-e $site->root . '/private/ran', 'the program never ran');
$site->serves('/cgi/run/more/path?a=b');
like($site->https('/cgi/run/more')->{body}, qr{: /more https=on}, 'with its path');

done_testing;
