# SPDX-License-Identifier: Apache-2.0
# If this fails, scripts hooked into a request's life (translation, access, log-in, fixups, handler)
# can be reached, or lead somewhere, past the gate.
use SC::Test;
use SC::Gate;

my $lua = <<'LUA';
function translate(r)
    if r.uri == "/map" then
        r.filename = r.document_root .. "/private/page.txt"
        return apache2.OK
    end
    return apache2.DECLINED
end
function allow(r) return apache2.OK end
function fixup(r)
    if r.uri == "/public/fix.txt" then
        r.filename = r.document_root .. "/private/page.txt"
    end
    return apache2.DECLINED
end
function handle(r)
    r.content_type = "text/plain"
    r:puts("the secret words")
    return apache2.OK
end
LUA
my $hooks = <<'CONF';
LuaHookTranslateName "${root}/hooks.lua" translate early
CONF
my $site = SC::Gate->start(config => <<'CONF', plain => $hooks, secure => $hooks, files => { 'hooks.lua' => $lua });
<Directory "${root}/private">
    SecureChanRequire on
    LuaHookAccessChecker "${root}/hooks.lua" allow early
    LuaHookAuthChecker "${root}/hooks.lua" allow early
</Directory>
<Location /handled>
    SecureChanRequire on
    LuaMapHandler "/handled" "${root}/hooks.lua" handle
</Location>
CONF
is_refused($site->http($_), $_) for qw(/map /private/page.txt /handled /handled/x);
$site->serves($_) for qw(/map /private/page.txt /handled);

done_testing;
