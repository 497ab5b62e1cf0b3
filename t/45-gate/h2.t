# SPDX-License-Identifier: Apache-2.0
# If this fails, HTTP/2 requests are refused though they are secure, or conditions are not looked at on
# HTTP/2 streams, which have no TLS connection of their own.
use SC::Test;
use SC::Gate;
use SC::Curl;
need_mpm(qw(event worker));

my %files = map { ("$_/page.txt" => SECRET) } qw(tls13 most verified redirect hide);
my $site = SC::Gate->start(config => <<'CONF', files => \%files);
Protocols h2 http/1.1
<Directory "${root}/private">
    SecureChanRequire on
</Directory>
<Directory "${root}/tls13">
    SecureChanRequire on tls>=1.3
</Directory>
<Directory "${root}/most">
    SecureChanRequire on tls>=1.2 bits>=128 pfs aead no-early-data
</Directory>
<Directory "${root}/verified">
    SecureChanRequire on verified
</Directory>
<Directory "${root}/redirect">
    SecureChanRequire on verified else=redirect
</Directory>
<Directory "${root}/hide">
    SecureChanRequire on verified else=hide
</Directory>
CONF
my @how = (port => $site->port('tls'), http => '2');
my $url = 'https://' . HOST;

for my $place (qw(private tls13 most)) {
    my $got = curl("$url/$place/page.txt", @how);
    is("$got->{version} $got->{code}", '2 200', "$place: served over HTTP/2");
    like($got->{body}, qr/the secret words/, 'in full');
}
my @old = (@how, args => [qw(--tls-max 1.2)]);
for my $place (qw(private most)) {
    is(curl("$url/$place/page.txt", @old)->{code}, 200, "$place: over TLS 1.2, too");
}
my $got = curl("$url/tls13/page.txt", @old);
is("$got->{version} $got->{code}", '2 403', 'TLS 1.3 is demanded and TLS 1.2 spoken: refused');
like($got->{body}, qr/TLS 1\.3 or later is required, and this connection uses TLS 1\.2/, 'with the reason');
unlike($got->{body}, qr/the secret words/, 'no secret');
for my $try ([ verified => 403 ], [ redirect => 403 ], [ hide => 404 ]) {
    my $refused = curl("$url/$try->[0]/page.txt", @how);
    is("$refused->{version} $refused->{code}", "2 $try->[1]", "$try->[0]: $try->[1]");
    unlike($refused->{body}, qr/the secret words/, 'no secret');
    is($refused->{head}{location}, undef, 'no redirect');
}
is_refused($site->http('/private/page.txt'), 'in clear');
# Many streams on one connection, good and bad mixed.
my @urls = map { "$url:" . $site->port('tls') . ($_ % 2 ? '/verified/page.txt' : '/private/page.txt') } 1 .. 19;
my $many = curl("$url/private/page.txt", @how, args => [ '-Z', map { ('-o', '/dev/null', $_) } @urls ]);
my %count;
$count{$_}++ for $many->{out} =~ /(\d{3}) 2/g;
is_deeply(\%count, { 200 => 10, 403 => 10 }, 'each stream on its own') || diag($many->{out}, $many->{err});
$site->serves;

done_testing;
