# SPDX-License-Identifier: Apache-2.0
# If this fails, programs and logs that ask for the server's certificate, or for the session, get
# nothing, or something wrong, as soon as a client comes back.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;

my $port   = SC::Port::free();
my $pki    = "$ENV{SC_WORK}/pki";
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test', extra => qq{SecureChanCertificate "$pki/www-rsa.pem" "$pki/www-rsa.key"}) . tls_host($port, 'alt.example.test', certificate => 'alt'));
Listen 127.0.0.1:$port https
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
SecureChanExport vars cert
CONF

# The environment of a program, as a hash.
sub environment {
    my ($client) = @_;
    my $got = $client->visit(path => '/cgi-bin/env');
    my %env = map { /^(\w+)=(.*)$/ ? ($1 => $2) : () } split /\n/, $got->{body};
    return ($got->{resumed}, \%env);
}

# The same on both connections, but for what a resumed one has not.
my %differs = map { $_ => 1 } qw(SSL_SESSION_ID SSL_SESSION_RESUMED SSL_HANDSHAKE_MS SSL_SIGALG REMOTE_PORT UNIQUE_ID
  REQUEST_TIME);
for my $version (VERSIONS) {
    for my $name (qw(www.example.test alt.example.test)) {
        my $client = SC::Returning->new(port => $port, version => $version, name => $name);
        my ($resumed, $first) = environment($client);
        is($resumed, 0, "$version, $name: a full handshake");
        is($first->{SSL_SESSION_RESUMED}, 'Initial', 'SSL_SESSION_RESUMED');
        is($first->{SSL_SERVER_S_DN_CN}, $name, 'SSL_SERVER_S_DN_CN');
        ($resumed, my $again) = environment($client);
        is($resumed, 1, "$version, $name: resumed");
        is($again->{SSL_SESSION_RESUMED}, 'Resumed', 'SSL_SESSION_RESUMED');
        ok(!exists $again->{SSL_SIGALG}, 'nothing was signed');
        is_deeply([ map { "$_=" . ($again->{$_} // '-') } sort grep { !$differs{$_} } keys %$first ],
            [ map { "$_=$first->{$_}" } sort grep { !$differs{$_} } keys %$first ], 'all else is the same');
    }
}

# The number of a session is that of the handshake before where the client has it from the cache.
my $old = SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1);
my (undef, $first) = environment($old);
my ($resumed, $again) = environment($old);
is($resumed, 1, 'resumed by the cache');
like($first->{SSL_SESSION_ID}, qr/^[0-9A-F]{64}$/, 'SSL_SESSION_ID');
is($again->{SSL_SESSION_ID}, $first->{SSL_SESSION_ID}, 'the same again');
good_connection(port => $port);

done_testing;
