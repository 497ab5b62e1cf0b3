# SPDX-License-Identifier: Apache-2.0
# If this fails, a session cache that goes away takes the site with it, or fills the log.
use SC::Test;
use POSIX ();
use SC::Daemon;
use SC::Httpd;
use SC::Port;
use SC::Returning;

# What the providers say themselves; how often is bounded by ours leaving them alone.
my $THEIRS = qr/AH007(?:90|91)|AH034(?:78|79)/;
allow_log($THEIRS);
expect_log('SC0161');

# One site for each kind of cache, with a few clients.
sub site {
    my ($kind, $module) = @_;
    my $cache  = SC::Daemon->can($kind)->('SC::Daemon');
    my $port   = SC::Port::free();
    my $server = SC::Httpd->start(modules => ["socache_$module"], config => <<"CONF" . tls_host($port, 'www.example.test'));
SecureChanSessionCache $module:127.0.0.1:@{[$cache->port]}
Listen 127.0.0.1:$port https
CONF
    return {
        kind => $kind, cache => $cache, port => $port, server => $server, served => 0, visits => 0,
        clients => [ map { SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1) } 1 .. 4 ],
        ticket  => SC::Returning->new(port => $port, version => 'TLSv1.2'),
    };
}
my @sites = (site('memcached', 'memcache'), site('redis', 'redis'));
my $round = sub {
    for my $site (@sites) {
        for my $client (@{ $site->{clients} }, $site->{ticket}) {
            $site->{visits}++;
            $site->{served}++ if $client->is_page($client->visit);
        }
    }
};
$round->() for 1 .. 5;

# Others come and go all the time.
my $enough = "$ENV{SC_WORK}/servers/enough-$$";
my @others = map {
    my $site = $_;
    my $pid  = fork // die "fork: $!\n";
    if (!$pid) {
        my @clients = map { SC::Returning->new(port => $site->{port}, version => 'TLSv1.2', no_tickets => $_) } 0, 1;
        my ($end, $lost) = (time + 120, 0);
        while (!-e $enough && time < $end) {
            $lost += !$_->is_page($_->visit) for @clients;
        }
        POSIX::_exit($lost > 0);
    }
    $pid;
} (@sites) x 2;
$_->{cache}->stop for @sites;
my $warned = wait_for(sub { $round->(); return !grep { $_->{server}->log !~ /SC0161/ } @sites }, 30);
ok($warned, 'the caches are gone, and the logs say so');
$round->() for 1 .. 20;
for my $site (@sites) {
    is($site->{served}, $site->{visits}, "$site->{kind}: all $site->{visits} visits were served");
    $site->{ticket}->is_served(1, 'tickets need no cache');

    # One warning for each child that has noticed, however many connections there were.
    my @warnings = grep { /SC0161/ } split /\n/, $site->{server}->log;
    my %processes = map { /\[pid (\d+)/ ? ($1 => 1) : () } @warnings;
    is(scalar @warnings, scalar keys %processes, 'once for each child');
    my $told = () = $site->{server}->log =~ /$THEIRS/g;
    cmp_ok($told, '<', $site->{visits} / 4, 'and the cache has not been asked for each connection');
}

# They come back, and are used again.
$_->{cache}->start_again for @sites;
for my $site (@sites) {
    my $client = $site->{clients}[0];
    ok(wait_for(sub { $client->visit; return $client->visit->{resumed} }, 60),
        "$site->{kind} is there again: sessions are resumed");
    ok(wait_for(sub { $client->visit; return $site->{server}->log =~ /SC0162: .*works again/ }, 20), 'the log says so');
    good_connection(port => $site->{port});
}

open my $fh, '>', $enough or die "$enough: $!\n";
close $fh or die;
for my $pid (@others) {
    waitpid $pid, 0;
    is($?, 0, 'the others were served all the while');
}

done_testing;
