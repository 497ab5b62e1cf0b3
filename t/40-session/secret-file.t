# SPDX-License-Identifier: Apache-2.0
# If this fails, a bad secret file is taken without a word, or its message does not say what to do; or a
# bad file at a restart makes a running server forget its tickets.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Returning;
use SC::Secret;

my $port  = SC::Port::free();
my $host  = "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test');
my $now   = time;
my $words = 'securechan-ticket-secret 1';
my @BAD = (
    [ 'is missing',        "$ENV{SC_WORK}/servers/none",              'SC0200', 'does not exist' ],
    [ 'is a directory',    "$ENV{SC_WORK}/servers",                   'SC0201', 'directory' ],
    [ 'is empty',          secret_file(text => ''),                   'SC0205', 'is empty' ],
    [ 'others read it',    secret_file(mode => 0644),                 'SC0153', '0600' ],
    [ 'the group reads it', secret_file(mode => 0640),                'SC0153', '0600' ],
    [ 'others write it',   secret_file(mode => 0602),                 'SC0153', '0600' ],
    [ 'is too short',      secret_file(bytes => 'x' x 31),            'SC0152', 'has 62 hexadecimal digits', 'cut off' ],
    [ 'is too long',       secret_file(bytes => 'x' x 48),            'SC0152', 'has 96 hexadecimal digits', 'too long' ],
    [ 'is raw bytes',      secret_file(text => 'x' x 32),             'SC0151', 'openssl rand -hex 32' ],
    [ 'is garbage',        secret_file(text => "\0\1\2" x 40),        'SC0151', 'openssl rand -hex 32' ],
    [ 'is from tomorrow',  secret_file(time => $now + 86_400),        'SC0154', 'still to come', 'GMT' ],
    [ 'is from long ago',  secret_file(time => $now - 2_000_000),     'SC0155', '1000000 rotations' ],
);
for my $case (@BAD) {
    my ($what, $file, @expected) = @$case;
    my $config = "SecureChanTickets on rotate=1s secret=$file\n$host";
    my $got    = config_test($config);
    isnt($got->{exit}, 0, "a file that $what: an error");
    my @lines = grep { /^SC\d/ } split /\n/, $got->{err};
    is(scalar @lines, 1, 'one line');
    like($lines[0] // '', qr/SecureChanTickets \(\S*site\.conf:1\)/, 'it says where');
    like($lines[0] // '', qr/\Q$_\E/, "and $_") for @expected, $file;
}
my $try = SC::Httpd->try(config => "SecureChanTickets on secret=$BAD[6][1]\n$host");
ok(!$try->{started}, 'the server does not start with one');
like($try->{log}, qr/SC0152/, 'and says why');

for my $file (secret_file(), secret_file(mode => 0400), secret_file(time => 1), secret_file(time => $now + 30)) {
    is(config_test("SecureChanTickets on secret=$file\n$host")->{err}, "Syntax OK\n", 'a good one');
}

# At a restart of a running server.
my $file   = secret_file();
my $server = SC::Httpd->start(config => "SecureChanTickets on secret=$file\n$host");
my $client = SC::Returning->new(port => $port);
$client->is_served(0, 'first');
expect_log('SC0153', 'SC0152', 'SC0200');
for my $change (
    [ SC0153 => sub { chmod 0666, $file } ],
    [ SC0152 => sub { chmod 0600, $file; truncate $file, 60 } ],
    [ SC0200 => sub { unlink $file } ],
) {
    my ($id, $break) = @$change;
    $break->();
    ok($server->graceful, "a restart with a bad file ($id)");
    ok($server->log =~ /securechan:error.* $id: SecureChanTickets/, 'the log says so, as an error');
    $client->is_served(1, 'the last good secret is in force');
}
rename secret_file(), $file or die;
ok($server->graceful, 'a restart with another good file');
$client->is_served(0, 'another secret, other tickets');
$client->is_served(1, 'which are good');
good_connection(port => $port);

done_testing;
