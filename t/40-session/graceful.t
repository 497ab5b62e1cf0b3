# SPDX-License-Identifier: Apache-2.0
# If this fails, a restart makes all clients that come back start from the beginning, all at once.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
my @clients = map { SC::Returning->new(port => $port, version => $_) } VERSIONS;

$_->is_served(0, 'first') for @clients;
for my $round (1, 2) {
    ok($server->graceful, "graceful restart $round");
    $_->is_served(1, 'resumed after it') for @clients;
}
my $before = () = $server->log =~ /resuming normal operations/g;
kill HUP => $server->pid;
ok(wait_for(sub { (() = $server->log =~ /resuming normal operations/g) > $before }, 20), 'a hard restart');
$_->is_served(1, 'resumed after it') for @clients;

# Another length of rotation is another set of keys.
open my $site, '>>', $server->dir . '/site.conf' or die;
print {$site} "SecureChanTickets on rotate=1h\n";
close $site or die;
ok($server->graceful, 'a graceful restart with another rotation');
$_->is_served(0, 'the old ticket is of no use') for @clients;
$_->is_served(1, 'the new one is')              for @clients;

$server->stop;
$server = SC::Httpd->start(config => "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test'));
$_->is_served(0, 'a server that was stopped has forgotten') for @clients;
good_connection(port => $port);

done_testing;
