# SPDX-License-Identifier: Apache-2.0
# If this fails, a directory that demands a post-quantum key exchange is served without one, or not
# served with one.
use SC::Test;
use SC::Gate;
use SC::Run qw(run);

my $site = SC::Gate->start(config => <<'CONF', files => { 'redirect/page.txt' => SECRET });
<Directory "${root}/private">
    SecureChanRequire on pq
</Directory>
<Directory "${root}/redirect">
    SecureChanRequire on pq else=redirect
</Directory>
CONF
my $request = $site->request('/private/page.txt', tls => 1);
my @client  = ('openssl', 's_client', '-connect', '127.0.0.1:' . $site->port('tls'), '-servername', HOST,
    '-CAfile', "$ENV{SC_WORK}/pki/root.pem", '-ign_eof', '-quiet');

for my $group (qw(X25519 P-256 P-384)) {
    my $got = SC::Gate::parse(run([ @client, '-groups', $group ], stdin => $request)->{out});
    is_refused($got, $group);
    like($got->{body}, qr/post-quantum/, 'with the reason');
}
is_refused($site->https('/private/page.txt', ssl => { SSL_version => 'TLSv1_2' }), 'TLS 1.2');
my $redirect = $site->https('/redirect/page.txt', ssl => { SSL_version => 'TLSv1_2' });
is_refused($redirect, 'and else=redirect changes nothing: the address would be the same');

# What the library can do is known only here: OpenSSL 3.5 brought the groups.
my $known = run([qw(openssl list -tls-groups)])->{out} || run([qw(openssl list -kem-algorithms)])->{out};
my $pq    = run([ @client, '-groups', 'X25519MLKEM768' ], stdin => $request);
my $got   = SC::Gate::parse($pq->{out});
if ($known =~ /X25519MLKEM768/i) {
    is($got->{status}, 200, 'X25519MLKEM768: served');
    like($got->{body}, qr/the secret words/, 'in full');
}
else {
    is($got->{status}, 0, 'this OpenSSL has no such group, so that nobody can come in');
    has_no_secret($site->https('/private/page.txt'), 'and nobody does');
}
is_refused($site->http('/private/page.txt'), 'in clear');
is($site->https('/public/page.txt')->{status}, 200, 'what demands nothing is served');

done_testing;
