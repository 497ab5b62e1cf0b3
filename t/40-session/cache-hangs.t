# SPDX-License-Identifier: Apache-2.0
# If this fails, a session cache that is there but does not answer (a network that swallows packets)
# stops the whole site, one worker after the other.
use SC::Test;
use SC::Daemon;
use SC::Httpd;
use SC::Port;
use SC::Returning;
use Time::HiRes qw(time);

my $cache  = SC::Daemon->memcached;
my $port   = SC::Port::free();
my $server = SC::Httpd->start(modules => ['socache_memcache'], config => <<"CONF" . tls_host($port, 'www.example.test'));
SecureChanSessionCache memcache:127.0.0.1:@{[$cache->port]}
Listen 127.0.0.1:$port https
CONF
my @clients = map { SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1) } 1 .. 4;
ok(wait_for(sub { $_->visit for @clients; return !grep { !$_->copy->visit->{resumed} } @clients }, 20), 'it works');

expect_log('SC0161');
allow_log(qr/AH007(?:90|91)/);
$cache->freeze;
my ($served, $visits, $longest) = (0, 0, 0);
my $end = time + 3;
while (time < $end || $visits < 40) {
    for my $client (@clients) {
        my $begun = time;
        my $got   = $client->visit;
        my $took  = time - $begun;
        $longest = $took if $took > $longest;
        $visits++;
        $served++ if $client->is_page($got);
    }
}
is($served, $visits, "all $visits visits were served");
cmp_ok($longest, '<', 8, 'none waited for the cache for long') || diag("$longest s");
ok(wait_log(qr/SC0161/, 10), 'the log says so');
$cache->thaw;
good_connection(port => $port);

# With calls that hang a child ends all the same.
$cache->freeze;
$_->visit for @clients;
ok($server->stop, 'the server stops');
$cache->thaw;

done_testing;
