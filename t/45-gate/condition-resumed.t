# SPDX-License-Identifier: Apache-2.0
# If this fails, somebody who comes back with a resumed session is taken for weaker, or stronger, than
# his connection is.
use SC::Test;
use SC::Gate;
use SC::Run qw(run);

my $site = SC::Gate->start(config => <<'CONF', files => { map { ("$_/page.txt" => SECRET) } qw(tls13 most) });
<Directory "${root}/tls13">
    SecureChanRequire on tls>=1.3
</Directory>
<Directory "${root}/most">
    SecureChanRequire on tls>=1.2 bits>=128 pfs aead no-early-data
</Directory>
CONF
my $file   = $site->root . '.var/session';
my @client = ('openssl', 's_client', '-connect', '127.0.0.1:' . $site->port('tls'), '-servername', HOST,
    '-CAfile', "$ENV{SC_WORK}/pki/root.pem", '-ign_eof');
my $request = sub { return $site->request("/$_[0]/page.txt", tls => 1) };

for my $version (qw(tls1_2 tls1_3)) {
    unlink $file;
    my $first = run([ @client, "-$version", '-sess_out', $file ], stdin => $request->('most'));
    like($first->{out}, qr/the secret words/, "$version: a first connection");
    my @session = ('-sess_in', $file);
    for my $place (qw(most tls13)) {
        my $again = run([ @client, "-$version", @session ], stdin => $request->($place));
        like($again->{out}, qr/^Reused, /m, "$version: resumed");
        my $good  = $place eq 'most' || $version eq 'tls1_3';
        is($again->{out} =~ /the secret words/ ? 1 : 0, $good ? 1 : 0, "again: $place is " . ($good ? 'served' : 'refused'));
        like($again->{out}, qr/TLS 1\.3 or later is required/, 'with the reason') if !$good;
    }

    # A request in early data may come from somebody who recorded it: none is answered as such.
    next if $version ne 'tls1_3';
    open my $fh, '>', "$file.early" or die "$file.early: $!\n";
    print {$fh} $request->('most');
    close $fh or die;
    my $early = run([ @client, "-$version", @session, '-early_data', "$file.early" ], stdin => $request->('public'));
    unlike($early->{out}, qr/Early data was accepted|the secret words/, 'early data is not accepted');
}
$site->serves('/most/page.txt');

done_testing;
