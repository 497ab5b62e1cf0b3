# SPDX-License-Identifier: Apache-2.0
# If this fails, SecureChanTickets off does not keep tickets from being made, or clients cannot come
# back by the session cache, which is there for that.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => "SecureChanTickets off\nListen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test') . tls_host($port, 'alt.example.test', certificate => 'alt'));
for my $version (VERSIONS) {
    my $client = SC::Returning->new(port => $port, version => $version);
    $client->is_served(0, 'first');
    ok(!defined $client->ticket || length $client->ticket == 32, 'no ticket but, in TLS 1.3, the number of a session');
    $client->is_served(1, "again $_") for 1 .. 3;
    $client->copy->is_served(0, 'another host', name => 'alt.example.test');

    my $stranger = $client->copy;
    $stranger->change_ticket(sub { "\x5a" x length $_[0] }) if defined $stranger->ticket;
    $stranger->is_served(0, 'a number that was never given') if defined $stranger->ticket;
}
$server->stop;

# Neither tickets nor a cache: nobody comes back, and nobody is told that he could.
$server = SC::Httpd->start(config => "SecureChanTickets off\nSecureChanSessionCache none\nListen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test'));
for my $version (VERSIONS) {
    my $client = SC::Returning->new(port => $port, version => $version);
    $client->is_served(0, 'without both, first');
    $client->is_served(0, 'without both, again');
}
good_connection(port => $port);

done_testing;
