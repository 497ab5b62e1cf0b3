# SPDX-License-Identifier: Apache-2.0
# If this fails, HTTP/2 clients built on the nghttp2 library get no answer, a damaged one, or cannot
# verify the server.
use SC::Test;
use SC::Run qw(run slurp);
need_mpm(qw(event worker));

my $name = 'www.example.test';
my $file = vars('documentroot') . '/five.bin';
system('openssl', 'rand', '-out', $file, 5 * 1024 * 1024 + 123) == 0 or die "openssl rand failed\n";
chmod 0644, $file;

# nghttp takes its CAs from where OpenSSL looks, verifies the name it sends, and only warns.
sub nghttp {
    my ($path, %opt) = @_;
    return run([
        'nghttp', '-t', '20', @{ $opt{args} || [] }, '-H', ":authority: $name",
        'https://127.0.0.1:' . port('tls') . $path,
    ], timeout => 40, env => { SSL_CERT_FILE => pki($opt{ca} || 'root.pem'), SSL_CERT_DIR => '/nonexistent' });
}

my $page = nghttp('/plain.txt');
is($page->{exit}, 0,              'a page: nghttp is content');
is($page->{out},  "plain text\n", 'the page');
is($page->{err},  '',             'and no warning: the certificate is verified');
like(nghttp('/plain.txt', ca => 'selfsigned.pem')->{err}, qr/verification failed/, 'as another CA shows');

my $verbose = nghttp('/plain.txt', args => ['-nv']);
like($verbose->{out}, qr/The negotiated protocol: h2/, 'by ALPN');
like($verbose->{out}, qr/:status: 200/,                'with status 200');

for my $args ([], [ '-w', '30', '-W', '30' ], [ '-w', '14', '-W', '14' ]) {
    my $big = nghttp('/five.bin', args => $args);
    is($big->{exit}, 0, "5 MB (@$args): nghttp is content") || diag($big->{err});
    ok($big->{out} eq slurp($file), 'every byte');
}
my $many = nghttp('/plain.txt', args => [ '-m', '50' ]);
is($many->{out}, "plain text\n" x 50, '50 requests on one connection');
good_connection();

done_testing;
