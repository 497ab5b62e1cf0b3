# SPDX-License-Identifier: Apache-2.0
# If this fails, "Require secure" and "Require ssl" let people in over plain HTTP or too weak a
# channel, or cannot be combined like other Require lines.
use SC::Test;
use SC::Gate;
use SC::Curl;

my %rules = (
    secure   => 'Require secure',
    ssl      => 'Require ssl',
    tls13    => 'Require secure tls>=1.3',
    several  => 'Require secure tls>=1.2 aead pfs no-early-data',
    verified => 'Require secure verified',
    all      => "<RequireAll>\nRequire secure\nRequire ip 127.0.0.1\n</RequireAll>",
    any      => "<RequireAny>\nRequire secure\nRequire expr \"%{HTTP:X-Pass} == 'yes'\"\n</RequireAny>",
    none     => "<RequireAll>\nRequire all granted\nRequire not secure\n</RequireAll>",
    expr     => 'Require expr "%{HTTPS} == \'on\'"',
);
my $config = join '', map { qq{<Directory "\${root}/$_">\n$rules{$_}\n</Directory>\n} } sort keys %rules;
my $site = SC::Gate->start(
    config => "Protocols h2 http/1.1\n$config",
    files  => { map { ("$_/page.txt" => SECRET) } keys %rules },
);
allow_log('AH01630', 'AH01631');    # httpd: denied by configuration

my @forged = ('X-Forwarded-Proto: https', 'Forwarded: proto=https', 'HTTPS: on');
for my $name (grep { $_ ne 'none' } sort keys %rules) {
    is_refused($site->http("/$name/page.txt", headers => \@forged), "$name in clear");
}
$site->serves("/$_/page.txt") for qw(secure ssl tls13 several all any expr);
my %old = (ssl => { SSL_version => 'TLSv1_2' });
is_refused($site->https('/tls13/page.txt', %old), 'tls>=1.3 over TLS 1.2');
$site->serves("/$_/page.txt", %old) for qw(secure ssl several);
is_refused($site->https('/verified/page.txt'), 'verified, without a certificate');
like($site->http('/any/page.txt', headers => ['X-Pass: yes'])->{body}, qr/the secret words/,
    'as one alternative of several it is no more than that');
is_refused($site->https('/none/page.txt'), '"not secure" over https');
is($site->http('/none/page.txt')->{status}, 200, 'and in clear');
if (mpm() ne 'prefork') {
    for my $name (qw(secure ssl tls13 several)) {
        my $got = curl('https://' . HOST . "/$name/page.txt", port => $site->port('tls'), http => '2');
        is("$got->{version} $got->{code}", '2 200', "$name over HTTP/2");
    }
}
$site->serves('/secure/page.txt');

done_testing;
