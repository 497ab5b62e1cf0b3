# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that comes back to another process of the server has to start anew, and how
# often that happens depends on luck.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;
use SC::Run qw(slurp);

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'CustomLog "pids" pid'), mpm => <<'MPM');
LogFormat "%P %{SSL_SESSION_RESUMED}x" pid
Listen 127.0.0.1:$port https
CONF
<IfModule !prefork.c>
    StartServers 4
    ServerLimit 4
    ThreadsPerChild 2
    ThreadLimit 2
    MaxRequestWorkers 8
    MinSpareThreads 1
    MaxSpareThreads 8
</IfModule>
<IfModule prefork.c>
    StartServers 6
    MinSpareServers 6
    MaxSpareServers 16
    ServerLimit 16
    MaxRequestWorkers 16
</IfModule>
MPM
my %children;
my @clients = map { SC::Returning->new(port => $port, version => $_) } VERSIONS;
$_->visit for @clients;
my $resumed = 0;
my $visits  = 0;
# Several children have answered; none of them has sent anybody back.
wait_for(sub {
    $resumed += $_->visit->{resumed} for @clients;
    $visits += @clients;
    %children = map { /^(\d+) Resumed/ ? ($1 => 1) : () } split /\n/, slurp($server->dir . '/pids');
    return keys %children >= 3 && $visits >= 40;
}, 30);
cmp_ok(scalar keys %children, '>=', 3, 'sessions were resumed by three children or more');
is($resumed, $visits, "all $visits visits were resumed");
good_connection(port => $port);

done_testing;
