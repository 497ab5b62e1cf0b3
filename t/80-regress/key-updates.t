# SPDX-License-Identifier: Apache-2.0
# If this fails, a client that only ever updates its TLS keys keeps its connection, or a worker, for as
# long as it likes; or one that does so now and then is sent away.
use SC::Test;
use SC::Httpd;
use SC::Port;
use SC::Run qw(run);
need_mpm('event');

my $client = "$ENV{SC_WORK}/bin/key-update";
my $made   = run([ 'gcc', '-O1', '-o', $client, "$ENV{SC_WORK}/t/clients/key-update.c", '-lssl', '-lcrypto' ]);
is($made->{exit}, 0, 'the client compiles') || diag($made->{err});

my $port   = SC::Port::free();
my $server = SC::Httpd->start(config => <<"CONF" . tls_host($port, 'www.example.test', extra => 'SecureChanHandshake head=30s'));
KeepAliveTimeout 3
Listen 127.0.0.1:$port https
CONF

sub updates {
    my $got = run([ $client, $port, @_ ], timeout => 60);
    return $got->{out} =~ /^(\w+) (\S+)$/ ? ($1, $2) : ("$got->{out}$got->{err}", 0);
}

is((updates(10, 100, 'first'))[0], 'answered', 'a first request after updates');
is((updates(10, 100))[0],          'answered', 'another request after updates');
is((updates(1000, 0))[0],          'answered', 'after many of them');
my ($end, $took) = updates(200, 100);
is($end, 'closed', 'updates do not prolong KeepAliveTimeout');
ok($took > 2 && $took < 6, 'which is obeyed') || diag("$took s");
is((updates(500_000, 0, 'first'))[0], 'closed', 'updates without end are not put up with');
expect_log('SC0352');
good_connection(port => $port);

done_testing;
