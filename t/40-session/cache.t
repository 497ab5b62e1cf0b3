# SPDX-License-Identifier: Apache-2.0
# If this fails, clients of TLS 1.2 that know no tickets cannot come back to their session: by the cache
# that there is without a word of configuration, or by one of the others.
use SC::Test;
use SC::Daemon;
use SC::Httpd;
use SC::Port;
use SC::Returning;
use SC::Run qw(slurp);

my $memcached = SC::Daemon->memcached;
my $redis     = SC::Daemon->redis;
# what is configured, the module for it, how long an entry is kept
my @CACHES = (
    [ '',                                                           [] ],
    [ 'SecureChanSessionCache shmcb',                               [] ],
    [ 'SecureChanSessionCache shmcb:sessions(100000) timeout=1h',   [] ],
    [ 'SecureChanSessionCache dbm:sessions',                        ['socache_dbm'] ],
    [ 'SecureChanSessionCache memcache:127.0.0.1:' . $memcached->port, ['socache_memcache'] ],
    [ 'SecureChanSessionCache redis:127.0.0.1:' . $redis->port,    ['socache_redis'] ],
);
for my $case (@CACHES) {
    my ($line, $modules) = @$case;
    my ($what) = ($line || 'the default') =~ /(\w+[^:]*)$/;
    my $port   = SC::Port::free();
    my $server = SC::Httpd->start(modules => $modules,
        config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'CustomLog "pids" pid') . tls_host($port, 'alt.example.test', certificate => 'alt'), mpm => <<'MPM');
LogFormat "%P %{SSL_SESSION_RESUMED}x" pid
Listen 127.0.0.1:$port https
$line
CONF
<IfModule !prefork.c>
    StartServers 3
    ServerLimit 3
    ThreadsPerChild 2
    ThreadLimit 2
    MaxRequestWorkers 6
    MinSpareThreads 1
    MaxSpareThreads 6
</IfModule>
<IfModule prefork.c>
    StartServers 4
    MinSpareServers 4
    MaxSpareServers 8
    ServerLimit 8
    MaxRequestWorkers 8
</IfModule>
MPM
    my $client = SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1);
    $client->is_served(0, "$what: first");
    ok(!defined $client->ticket, 'there is no ticket');
    # What is stored over the network may take a moment; then every child finds it.
    my $first = $client->copy;
    ok(wait_for(sub { $first->copy->visit->{resumed} }, 10), "$what: stored");
    my %children;
    my $all = 1;
    wait_for(sub {
        $all &&= $first->copy->visit->{resumed};
        %children = map { /^(\d+) Resumed/ ? ($1 => 1) : () } split /\n/, slurp($server->dir . '/pids');
        return keys %children >= 2;
    }, 30);
    ok($all, "$what: resumed each time");
    cmp_ok(scalar keys %children, '>=', 2, 'by several children');
    $client->copy->is_served(0, "$what: not by another host", name => 'alt.example.test');
    $server->stop;
}
good_connection();

done_testing;
