# SPDX-License-Identifier: Apache-2.0
package SC::SClient;

# Handshakes through "openssl s_client".
use strict;
use warnings;
use Exporter qw(import);
use SC::Run  qw(run);
our @EXPORT = qw(s_client);

# s_client(port => N, name => 'www.example.test', args => [...], send => TEXT): a hash of
#     ok        the handshake was completed             protocol  "TLSv1.3"
#     cipher    OpenSSL's name                          group     "X25519", "ECDH" ...
#     alpn      the protocol chosen, or ''              cn        the server certificate's name
#     alert     number of the alert received, or 0      verified  the chain was good
#     sigtype   type of the server's signature          out, err, exit, seconds
# send: what to send once the handshake is done; the connection is then read to its end.
sub s_client {
    my (%opt) = @_;
    my @command = (
        'openssl', 's_client', '-connect', ($opt{address} || '127.0.0.1') . ":$opt{port}",
        '-CAfile', "$ENV{SC_WORK}/pki/root.pem",
    );
    push @command, defined $opt{name} ? ('-servername', $opt{name}) : '-noservername';
    push @command, '-ign_eof' if defined $opt{send};
    push @command, @{ $opt{args} || [] };
    my $got = run(\@command, stdin => $opt{send}, timeout => $opt{timeout} || 15);
    my $all = $got->{out} . "\n" . $got->{err};
    my ($protocol, $cipher) = $all =~ /^(?:New|Reused), (\S+), Cipher is (\S+)/m;
    # A handshake that fails half way has a cipher but no certificate.
    my $ok = defined $cipher && $cipher ne q{(NONE)} && $all !~ /^no peer certificate available/m;
    # TLS 1.2 and before: "New, TLSv1.2, ..." is the cipher's version, "Protocol" the connection's.
    my ($version) = $all =~ /^\s*Protocol\s*: (\S+)/m;
    my ($group) = $all =~ /^(?:Server|Peer) Temp Key: ([\w-]+)/m;
    my ($group13) = $all =~ /^Negotiated TLS1\.3 group: (\S+)/m;
    my ($curve) = $all =~ /^(?:Server|Peer) Temp Key: ECDH, ([\w-]+)/m;
    my ($sigtype) = $all =~ /^Peer signature type: (\S+)/m;
    my ($alpn) = $all =~ /^ALPN protocol: (\S+)/m;
    my ($subject) = $all =~ /^subject=(.*)$/m;
    my ($cn) = defined $subject ? $subject =~ /CN\s*=\s*([^,\/]+)/ : ();
    my ($alert) = $all =~ /SSL alert number (\d+)/;
    return {
        %$got,
        ok       => $ok,
        protocol => $ok ? ($version || $protocol) : '',
        cipher   => $ok ? $cipher : '',
        group    => $group13 || $curve || $group || '',
        sigtype  => $sigtype || '',
        alpn     => $alpn || '',
        cn       => defined $cn ? $cn : '',
        alert    => $alert || 0,
        verified => $all =~ /^\s*Verif(?:ication: OK|y return code: 0 )/m ? 1 : 0,
    };
}

1;
