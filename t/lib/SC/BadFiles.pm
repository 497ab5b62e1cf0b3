# SPDX-License-Identifier: Apache-2.0
package SC::BadFiles;

# Certificates and keys with which a server must not start, and how to check the complaint.
use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(bad_files complaint_about bad_config lines_of_ours);

# Each: a name, the arguments of SecureChanCertificate (files of t/pki, "/" marks other paths),
# and a pattern of what the message must name.
sub bad_files {
    return (
        [ 'certificate missing',         [qw(/nowhere/none.pem www-ecdsa.key)], qr/none\.pem/ ],
        [ 'key missing',                 [qw(www-ecdsa.pem /nowhere/none.key)], qr/none\.key/ ],
        [ 'certificate is a directory',  [qw(work www-ecdsa.key)],              qr/work/ ],
        [ 'certificate empty',           [qw(empty.pem www-ecdsa.key)],         qr/empty\.pem/ ],
        [ 'key empty',                   [qw(www-ecdsa.pem empty.key)],         qr/empty\.key/ ],
        [ 'certificate garbage',         [qw(garbage.pem www-ecdsa.key)],       qr/garbage\.pem/ ],
        [ 'certificate damaged',         [qw(broken.pem www-ecdsa.key)],        qr/broken\.pem/ ],
        [ 'certificate in UTF-16',       [qw(utf16.pem www-ecdsa.key)],         qr/utf16\.pem/ ],
        [ 'key garbage',                 [qw(www-ecdsa.pem garbage.key)],       qr/garbage\.key/ ],
        [ 'key damaged',                 [qw(www-ecdsa.pem damaged.key)],       qr/damaged\.key/ ],
        [ 'key is a certificate',        [qw(www-ecdsa.pem www-ecdsa.leaf.pem)], qr/www-ecdsa\.leaf\.pem/ ],
        [ 'certificate is a key',        [qw(www-ecdsa.key www-ecdsa.key)],     qr/www-ecdsa\.key/ ],
        [ 'no key given, none in file',  [qw(www-ecdsa.pem)],                   qr/www-ecdsa\.pem/ ],
        [ 'key of another pair',         [qw(www-ecdsa.pem other.key)],         qr/www-ecdsa\.pem.*other\.key/ ],
        [ 'key of another type',         [qw(www-ecdsa.pem www-rsa.key)],       qr/www-ecdsa\.pem.*www-rsa\.key/ ],
        [ 'expired',                     [qw(expired.pem expired.key)],         qr/expired\.pem/ ],
        [ 'not yet valid',               [qw(notyet.pem notyet.key)],           qr/notyet\.pem/ ],
        [ 'encrypted key, no terminal',  [qw(www-ecdsa.pem encrypted.key)],     qr/encrypted\.key/ ],
    );
}

# The configuration with such a certificate on the last of two hosts.
sub bad_config {
    my ($port, $files) = @_;
    my $pki = "$ENV{SC_WORK}/pki";
    my $arguments = join ' ', map { m{^/} ? $_ : "$pki/$_" } @$files;
    return <<"CONF";
Listen 127.0.0.1:$port https
<VirtualHost 127.0.0.1:$port>
    ServerName alt.example.test
    SecureChanEngine on
    SecureChanCertificate $pki/alt.pem $pki/alt.key
</VirtualHost>
<VirtualHost 127.0.0.1:$port>
    ServerName www.example.test
    SecureChanEngine on
    SecureChanCertificate $arguments
</VirtualHost>
CONF
}

# The lines of a text that carry a message of ours.
sub lines_of_ours {
    my ($text) = @_;
    return grep { /\bSC\d{4}: / } split /\n/, $text;
}

# The start of a complaint about line 10 of that configuration.
sub complaint_about {
    my ($host, $line) = @_;
    return qr/\bSC\d{4}: SecureChanCertificate \([^()]*site\.conf:$line, \Q$host\E(?::\d+)?\)/;
}

1;
