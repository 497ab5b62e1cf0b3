# SPDX-License-Identifier: Apache-2.0
# If this fails, what a reverse proxy fetches for a flagged <Proxy> or <Location> goes out in clear.
use SC::Test;
use SC::Gate;

my $backend = SC::Gate->start;
my $port = $backend->port('http');
my $site = SC::Gate->start(config => <<"CONF");
ProxyPass      /back/      http://127.0.0.1:$port/private/
ProxyPass      /located/   http://127.0.0.1:$port/private/
ProxyPassMatch ^/match/(.*)\$ http://127.0.0.1:$port/private/\$1
ProxyPass      /open/      http://127.0.0.1:$port/public/
<Proxy "http://127.0.0.1:$port/private/*">
    SecureChanRequire on
</Proxy>
<Location /inside/>
    ProxyPass http://localhost:$port/private/
    SecureChanRequire on
</Location>
<ProxyMatch "^http://localhost:$port/private/sub/">
    SecureChanRequire on
</ProxyMatch>
ProxyPass /sub/ http://localhost:$port/private/sub/
ProxyPass /free/ http://localhost:$port/private/
CONF
is_refused($site->http($_), $_)
  for qw(/back/page.txt /located/page.txt /match/page.txt /inside/page.txt /inside/ /sub/one.txt /back/./page.txt
  /back/%70age.txt /back/sub/../page.txt);
is_refused($site->http('/back/page.txt', method => $_, body => 'x'), $_) for qw(POST PUT DELETE);
is($site->http('/open/page.txt')->{status}, 200, 'what is not flagged is passed on');
like($site->http('/free/page.txt')->{body}, qr/the secret words/, 'also the same files by an address not flagged');
$site->serves($_) for qw(/back/page.txt /located/page.txt /match/page.txt /inside/page.txt /sub/one.txt);

done_testing;
