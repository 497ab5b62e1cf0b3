# SPDX-License-Identifier: Apache-2.0
# If this fails, a server does not start because of its session cache and nobody is told why; or it
# starts, and the cache is not there.
use SC::Test;
use SC::Httpd;
use SC::Port;

my $port = SC::Port::free();
my $host = "Listen 127.0.0.1:$port https\n" . tls_host($port, 'www.example.test');
# the arguments, words that the message holds
my @BAD = (
    [ 'memcache:127.0.0.1:11211', 'SC0182', 'LoadModule socache_memcache_module', 'mod_socache_memcache.so', 'shmcb' ],
    [ 'redis:127.0.0.1',          'SC0182', 'LoadModule socache_redis_module' ],
    [ 'memcached:127.0.0.1',      'SC0182', 'memcached', 'shmcb' ],
    [ ':x',                       'SC0182', 'shmcb' ],
    [ 'shmcb:sessions(12)',       'SC0183', '8192' ],
    [ 'shmcb:sessions(x)',        'SC0183', 'not numerical' ],
    [ 'shmcb:sessions(10000',     'SC0183', 'parenthesis' ],
    [ 'shmcb timeout=0s',         'SC0181', '1s to 1d' ],
    [ 'shmcb timeout=1500ms',     'SC0181', 'whole seconds' ],
    [ 'shmcb timeout=25h',        'SC0181', '1s to 1d' ],
    [ 'shmcb timeout=5',          'SC0181', 'timeout=5m' ],
    [ 'shmcb life=5m',            'SC0181', 'timeout=' ],
);
for my $case (@BAD) {
    my ($words, @expected) = @$case;
    my $got = config_test("SecureChanSessionCache $words\n$host");
    isnt($got->{exit}, 0, "$words: an error");
    my ($message) = $got->{err} =~ /^(SC\d{4}: SecureChanSessionCache.*)$/m;
    like($message // '', qr/\Q$_\E/, "it says $_") for @expected;
}
for my $words ('none', 'None', 'shmcb', 'shmcb:sessions', 'shmcb:sessions(512000)', 'shmcb timeout=1s', 'shmcb timeout=1d', 'none timeout=5m') {
    is(config_test("SecureChanSessionCache $words\n$host")->{err}, "Syntax OK\n", "$words is good");
}

# What can be seen only when it is started: at the start an error, at a restart a server without.
my $bad = 'SecureChanSessionCache dbm:no/such/directory/cache';
my $try = SC::Httpd->try(modules => ['socache_dbm'], config => "$bad\n$host");
ok(!$try->{started}, 'a cache that cannot be started');
like($try->{log}, qr/SC0163: SecureChanSessionCache \(\S*site\.conf:1\): the session cache dbm cannot be started/, 'the reason');

my $server = SC::Httpd->start(modules => ['socache_dbm'], config => $host);
expect_log('SC0163', qr/AH00804/);
my $site = $server->dir . '/site.conf';
open my $fh, '>', $site or die;
print {$fh} "$bad\n$host";
close $fh or die;
ok($server->graceful, 'the same at a restart');
good_connection(port => $port);

# Without mod_socache_shmcb there is no cache, and nobody complains.
my $plain = join '', grep { !/socache|authn_socache/ } do { local @ARGV = ($ENV{SC_BASE_CONF}); <> };
my $other = SC::Port::free();
my $small = SC::Httpd->start(base => $plain, config => "Listen 127.0.0.1:$other https\n" . tls_host($other, 'www.example.test'));
good_connection(port => $other);

done_testing;
