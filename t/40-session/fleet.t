# SPDX-License-Identifier: Apache-2.0
# If this fails, several servers behind a balancer send clients back to full handshakes whenever they
# meet another one than last time, or whenever the ticket keys change.
use SC::Test;
use SC::Daemon;
use SC::Httpd;
use SC::Port;
use SC::Returning;
use SC::Run qw(slurp);
use SC::Secret;

use constant ROTATE => 3;

sub server {
    my ($port, $lines) = @_;
    return SC::Httpd->start(modules => ['socache_memcache'],
        config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'CustomLog "seen" seen'));
LogFormat "%{SSL_PROTOCOL}x %{SSL_SESSION_RESUMED}x" seen
Listen 127.0.0.1:$port https
$lines
CONF
}
my @ports = map { SC::Port::free() } 1 .. 2;
my $begun = time;
my $lines = 'SecureChanTickets on rotate=' . ROTATE . 's secret=' . secret_file(time => $begun);
my @servers  = map { server($_, $lines) } @ports;
my $balancer = SC::Daemon->haproxy(@ports);
my @clients  = map { SC::Returning->new(port => $balancer->port, version => $_) } VERSIONS;
$_->is_served(0, 'the first visit') for @clients;

my $epoch = sub { return int((time - $begun) / ROTATE) };
my $last  = $epoch->() + 3;
my ($visits, $resumed) = (0, 0);
ok(wait_for(sub {
    for my $client (@clients, $clients[0], @clients) {
        my $got = $client->visit;
        $visits++;
        $resumed++ if $client->is_page($got) && $got->{resumed};
    }
    return $epoch->() >= $last;
}, 60), 'three rotations have passed');
is($resumed, $visits, "all $visits visits after the first were resumed");
for my $version (VERSIONS) {
    my @by = map { my $log = slurp($_->dir . '/seen'); scalar(() = $log =~ /^\Q$version\E Resumed/mg) } @servers;
    cmp_ok($_, '>', 5, "$version: resumed by this server") for @by;
    my $full = 0;
    $full += () = slurp($_->dir . '/seen') =~ /^\Q$version\E Initial/mg for @servers;
    is($full, 1, "$version: one full handshake in all");
}

# One of them starts anew, in step at once.
$servers[0]->stop;
$servers[0] = server($ports[0], $lines);
$_->is_served(1, 'after a new start of one of them') for (@clients) x 4;
$_->stop for @servers;

# Without a secret in common each knows its own tickets alone.
@servers = map { server($_, '') } @ports;
my $lost = SC::Returning->new(port => $ports[0]);
$lost->is_served(0, 'no secret, first server');
$lost->copy->is_served(0, 'no secret, second server', port => $ports[1]);
$_->stop for @servers;

# A cache in common serves clients without tickets, if there is a secret in common, too.
my $cache = SC::Daemon->memcached;
@servers = map { server($_, "$lines\nSecureChanSessionCache memcache:127.0.0.1:" . $cache->port) } @ports;
my $old = SC::Returning->new(port => $ports[0], version => 'TLSv1.2', no_tickets => 1);
$old->is_served(0, 'by the cache, first server');
ok(wait_for(sub { $old->copy->visit(port => $ports[1])->{resumed} }, 10), 'resumed by the second');
good_connection(port => $ports[0]);

done_testing;
