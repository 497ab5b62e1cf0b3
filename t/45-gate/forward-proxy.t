# SPDX-License-Identifier: Apache-2.0
# If this fails, a flagged forward proxy takes requests, or opens tunnels, in clear.
use SC::Test;
use SC::Gate;

my $backend = SC::Gate->start(files => { 'private/far.txt' => SECRET });
my $target  = '127.0.0.1:' . $backend->port('http');
my $site    = SC::Gate->start(modules => ['proxy_connect'], config => <<"CONF");
ProxyRequests On
AllowCONNECT 1-65535
<Proxy "*">
    SecureChanRequire on
    Require all granted
</Proxy>
CONF
is_refused($site->http("http://$target/private/page.txt", host => $target), 'a request for elsewhere');
is_refused($site->http("http://$target/private/page.txt", host => $target, method => $_, body => 'x'), $_) for qw(POST PUT);
my $tunnel = $site->connect;
$tunnel->send("CONNECT $target HTTP/1.1\r\nHost: $target\r\n\r\n" . $site->request('/private/far.txt', host => $target));
my $answer = $tunnel->read_all(15);
like($answer || '', qr/^HTTP\/1\.1 403 /, 'CONNECT');
unlike($answer || '', qr/the secret words/, 'no tunnel');
is($site->http('/public/page.txt')->{status}, 200, 'its own pages are served');
$site->serves("http://$target/private/page.txt", host => $target);
my $secure = $site->connect(tls => 1);
$secure->send("CONNECT $target HTTP/1.1\r\nHost: $target\r\n\r\n");
like($secure->read_until(qr/\r\n\r\n/, 10) || '', qr/^HTTP\/1\.[01] 200 /, 'over https a tunnel is opened');
$secure->send($site->request('/private/far.txt', host => $target));
like($secure->read_all(15) || '', qr/the secret words/, 'and leads there');

done_testing;
