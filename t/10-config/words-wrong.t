# SPDX-License-Identifier: Apache-2.0
# If this fails, a typing error in a directive is taken silently, or the message does not say where
# it is or what would be right.
use SC::Test;
use SC::Httpd;
use SC::Port;

# directive, wrong arguments, words the message must hold
my @CASES = (
    [ 'SecureChanEngine',     'yes',            qw(on off) ],
    [ 'SecureChanEngine',     'optional',       qw(on off) ],
    [ 'SecureChanPolicy',     'strong',         qw(modern intermediate legacy fips) ],
    [ 'SecureChanProtocol',   'SSLv3',          qw(TLSv1.2 TLSv1.3) ],
    [ 'SecureChanProtocol',   'TLSv1.4',        qw(TLSv1.2 TLSv1.3) ],
    [ 'SecureChanProtocol',   'all',            qw(TLSv1.2 TLSv1.3) ],
    [ 'SecureChanProtocol',   'TLSv1.3-TLSv1.2', qw(TLSv1.2 TLSv1.3) ],
    [ 'SecureChanCiphers',    'TLSv1.2 AES128', qw(TLSv1.3) ],
    [ 'SecureChanSNI',        'strict',         qw(mismatch=auth mismatch=strict mismatch=off unknown=default unknown=reject) ],
    [ 'SecureChanSNI',        'mismatch=on',    qw(auth strict off) ],
    [ 'SecureChanSNI',        'unknown=close',  qw(default reject) ],
    [ 'SecureChanTickets',    'yes',            qw(on off rotate= secret=) ],
    [ 'SecureChanTickets',    'rotate=12h',     qw(on off rotate= secret=) ],
    [ 'SecureChanTickets',    'on rotate=1h',   qw(whole server VirtualHost) ],
    [ 'SecureChanTickets',    'on secret=x',    qw(whole server VirtualHost) ],
    [ 'SecureChanTickets',    'on rotate=0s',    qw(1s 7d), 'main' ],
    [ 'SecureChanTickets',    'on rotate=8d',    qw(1s 7d), 'main' ],
    [ 'SecureChanTickets',    'on rotate=12',    qw(units s m h d), 'main' ],
    [ 'SecureChanTickets',    'on rotate=1500ms', qw(whole seconds), 'main' ],
    [ 'SecureChanTickets',    'on rotate=-1h',   qw(rotate=), 'main' ],
    [ 'SecureChanTickets',    'on secret=',      qw(secret= path), 'main' ],
    [ 'SecureChanTickets',    'on keys=x',       qw(rotate= secret=), 'main' ],
    [ 'SecureChanHandshake',  '10s',            qw(timeout=) ],
    [ 'SecureChanHandshake',  'timeout=10',     qw(ms s m h d) ],
    [ 'SecureChanHandshake',  'timeout=fast',   qw(timeout=) ],
    [ 'SecureChanHandshake',  'timeout=-1s',    qw(timeout=) ],
    [ 'SecureChanHandshake',  'timout=1s',      qw(timeout= head=) ],
    [ 'SecureChanHandshake',  'head=999ms',     qw(head= 1s 1h) ],
    [ 'SecureChanHandshake',  'head=3601s',     qw(head= 1s 1h) ],
    [ 'SecureChanHandshake',  'head=20',        qw(ms s m h d) ],
    [ 'SecureChanHandshake',  'head=',          qw(head=) ],
    [ 'SecureChanHandshake',  'timeout=5s header=5s', qw(timeout= head=) ],
    [ 'SecureChanPlainHTTP',  'on',             qw(error redirect close) ],
    [ 'SecureChanHSTS',       'on',             qw(off subdomains preload) ],
    [ 'SecureChanHSTS',       '365d everything', qw(subdomains preload) ],
    [ 'SecureChanHSTS',       '1d preload',     qw(subdomains) ],
    [ 'SecureChanHSTS',       '-5',             qw(off) ],
    [ 'SecureChanExport',     'everything',     qw(vars cert) ],
    [ 'SecureChanExport',     '+vars cert',     qw(+ -) ],
    [ 'SecureChanExport',     '+StdEnvVars',    qw(vars cert) ],
    [ 'SecureChanPassPhrase', 'secret', qw(builtin exec: file:), 'main' ],
    [ 'SecureChanPassPhrase', 'file:',  qw(path), 'main' ],
    [ 'SecureChanPassPhrase', 'exec:',  qw(path), 'main' ],
);

my $port = SC::Port::free();
my $bare = tls_host($port, 'www.example.test');
for my $case (@CASES) {
    my ($directive, $arguments, @words) = @$case;
    my $main   = $words[-1] eq 'main' && pop @words;
    my $config = $main
      ? "Listen 127.0.0.1:$port https\n$directive $arguments\n$bare"
      : "Listen 127.0.0.1:$port https\n"
      . tls_host($port, 'www.example.test', extra => "$directive $arguments");
    my $line = 1;
    for (split /\n/, $config) {
        last if /^\s*\Q$directive $arguments\E$/;
        $line++;
    }
    subtest "$directive $arguments" => sub {
        my $got = config_test($config);
        isnt($got->{exit}, 0, 'it is an error');
        like($got->{err}, qr/line $line of \S*site\.conf/, 'file and line');
        my ($message) = $got->{err} =~ /^(SC\d{4}: .*)$/m;
        like($message || '', qr/^SC\d{4}: \Q$directive\E/, 'a message of ours');
        for my $word (@words) {
            like($message || '', qr/(?<![\w.])\Q$word\E(?!\w)/, "it names $word");
        }
    };
}
my $good = config_test("Listen 127.0.0.1:$port https\n$bare");
is($good->{exit}, 0, 'the same configuration without a mistake is good');

done_testing;
