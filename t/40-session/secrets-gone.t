# SPDX-License-Identifier: Apache-2.0
# If this fails, who seizes the server (its memory, a core dump, a stolen machine) can open the tickets
# of yesterday and, with a record of the traffic, read it.
use SC::Test;
use SC::Curl;
use SC::Httpd;
use SC::Port;
use SC::Returning;
use SC::Run qw(slurp);
use SC::Secret;

use constant ROTATE => 2;

my $bytes  = join '', map { chr int rand 256 } 1 .. 32;
my $begun  = time - 20 * ROTATE;
my $file   = secret_file(bytes => $bytes, time => $begun);
my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test'));
SecureChanTickets on rotate=@{[ROTATE]}s secret=$file
SecureChanSessionCache shmcb
ScriptAlias /cgi-bin/ "$ENV{SC_WORK}/t/cgi-bin/"
Listen 127.0.0.1:$port https
CONF
my @epochs = epochs($bytes, ROTATE, 200);
my $epoch  = sub { return int((time - $begun) / ROTATE) };

# Which of the needles are in the memory a process can write to.
sub found {
    my ($pid, %needles) = @_;
    my %found;
    open my $mem, '<:raw', "/proc/$pid/mem" or return;
    for (split /\n/, slurp("/proc/$pid/maps")) {
        my ($from, $to) = /^([0-9a-f]+)-([0-9a-f]+) rw/ or next;
        no warnings 'portable';
        my ($at, $end) = (hex $from, hex $to);
        next if $end - $at > 1 << 30;    # what a sanitizer keeps for itself
        my $rest = '';
        while ($at < $end) {
            my $size = $end - $at > 1 << 20 ? 1 << 20 : $end - $at;
            sysseek $mem, $at, 0 or last;
            my $chunk;
            my $n = sysread $mem, $chunk, $size;
            last if !$n;
            $at += $n;
            $chunk = $rest . $chunk;
            for (keys %needles) {
                $found{$_} = 1 if index($chunk, $needles{$_}) >= 0;
            }
            $rest = substr $chunk, -31;
        }
    }
    return sort keys %found;
}

sub needles {
    my ($from, $to, @parts) = @_;
    return map { my $n = $_; map { ("$_ of epoch $n" => substr $epochs[$n]{$_}, 0, 16) } @parts } $from .. $to;
}

# What httpd starts anew at a restart, such as mod_cgid's daemon, has no part in the keys either.
ok($server->graceful, 'a graceful restart');

# Everything is used: tickets of both versions, the cache, and a program that httpd starts.
my @clients = map { SC::Returning->new(port => $port, version => $_) } VERSIONS;
push @clients, SC::Returning->new(port => $port, version => 'TLSv1.2', no_tickets => 1);
my $first = $epoch->();
for (1 .. 3) { $_->visit for @clients }
is(curl("https://www.example.test/cgi-bin/env", port => $port)->{code}, 200, 'CGI');
my @children = $server->children;
cmp_ok(scalar @children, '>=', 1, 'there are child processes');

# The search can find: the keys of now are there.
my %now  = needles($epoch->() - 1, $epoch->() + 1, 'cipher');
my @seen = map { found($_, %now) } @children;
cmp_ok(scalar @seen, '>=', 1, 'the keys in force are in the children');

# When the epochs of those visits are over, what they were sealed with is nowhere.
my $last = $epoch->();
my %old  = (
    root => substr($bytes, 0, 16), 'root as text' => substr(unpack('H*', $bytes), 0, 32),
    needles($first - 1, $last + 1, 'secret'), needles($first - 1, $last, qw(cipher mac cache)),
);
my %left;
for my $pid ($server->pid, @children) {
    my $clean = wait_for(sub {
        return if $epoch->() < $last + 2;
        $left{$pid} = [ found($pid, %old) ];
        return !@{ $left{$pid} };
    }, 60);
    ok($clean, ($pid == $server->pid ? 'parent' : 'child') . ': nothing of them is left')
      || diag(join ', ', @{ $left{$pid} || [] }, slurp("/proc/$pid/comm"));
}
good_connection(port => $port);

done_testing;
