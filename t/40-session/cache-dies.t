# SPDX-License-Identifier: Apache-2.0
# If this fails, a session cache that goes away takes the site with it, or fills the log.
use SC::Test;
use SC::Daemon;
use SC::Httpd;
use SC::Port;
use SC::Returning;

# What the providers say themselves; how often is bounded by ours leaving them alone.
allow_log(qr/AH007(?:90|91)|AH034(?:78|79)/);
for my $kind (qw(memcached redis)) {
    my $cache  = SC::Daemon->can($kind)->('SC::Daemon');
    my $module = $kind eq 'redis' ? 'redis' : 'memcache';
    my $port   = SC::Port::free();
    my $server = SC::Httpd->start(modules => ["socache_$module"], config => <<"CONF" . tls_host($port, 'www.example.test'));
SecureChanSessionCache $module:127.0.0.1:@{[$cache->port]}
Listen 127.0.0.1:$port https
CONF
    my @clients = map { SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1) } 1 .. 4;
    my $ticket = SC::Returning->new(port => $port, version => 'TLSv1.2');
    my ($served, $visits) = (0, 0);
    my $round = sub {
        for my $client (@clients, $ticket) {
            $visits++;
            $served++ if $client->is_page($client->visit);
        }
    };
    $round->() for 1 .. 5;
    expect_log('SC0161');
    $cache->stop;
    my $warned = wait_for(sub { $round->(); return $server->log =~ /SC0161/ }, 30);
    ok($warned, "$kind is gone, and the log says so");
    $round->() for 1 .. 20;
    is($served, $visits, "all $visits visits were served");
    $ticket->is_served(1, 'tickets need no cache');

    # One warning for each child that has noticed, however many connections there were.
    my @warnings = grep { /SC0161/ } split /\n/, $server->log;
    my %processes = map { /\[pid (\d+)/ ? ($1 => 1) : () } @warnings;
    is(scalar @warnings, scalar keys %processes, 'once for each child');
    my $told = () = $server->log =~ /AH007(?:90|91)|AH034(?:78|79)/g;
    cmp_ok($told, '<=', 8 * keys %processes, 'and the provider has not been asked for each connection');

    # It comes back, and is used again.
    $cache->start_again;
    my $back = wait_for(sub {
        $clients[0]->visit;
        return $clients[0]->visit->{resumed};
    }, 60);
    ok($back, "$kind is there again: sessions are resumed");
    ok($server->log =~ /SC0162: .*works again/, 'the log says so');
    good_connection(port => $port);
    $server->stop;
}

done_testing;
