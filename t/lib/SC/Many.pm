# SPDX-License-Identifier: Apache-2.0
package SC::Many;

# Many hosts, each with a certificate and a key of its own, made in no time.
#
#     my $dir = many_pairs(300);       # DIR/0.pem DIR/0.key ... DIR/299.key
#     my $config = many_hosts($port, $dir, 300);
#
# Host N is called N.many.example.test; its files hold a leaf with an intermediate, and a key.
use strict;
use warnings;
use Exporter              qw(import);
use File::Path            qw(make_path);
use IO::Socket::SSL::Utils qw(CERT_create PEM_cert2string PEM_key2string);
use SC::Httpd;
our @EXPORT = qw(many_pairs many_hosts many_name);

sub many_name { my ($i) = @_; return "$i.many.example.test" }

sub spew {
    my ($file, $text) = @_;
    open my $fh, '>', $file or die "$file: $!\n";
    print {$fh} $text;
    close $fh or die "$file: $!\n";
    chmod 0600, $file;
    return;
}

# Write the files of so many hosts into a new directory, and return it.
sub many_pairs {
    my ($count) = @_;
    my $dir = "$ENV{SC_WORK}/servers/many.$$";
    make_path($dir);
    my $key   = sub { return IO::Socket::SSL::Utils::KEY_create_ec('prime256v1') };
    my $root  = [ CERT_create(CA => 1, subject => { commonName => 'Many Root' }, key => $key->()) ];
    my $inter = [
        CERT_create(CA => 1, subject => { commonName => 'Many Intermediate' }, issuer => $root, key => $key->())
    ];
    for my $i (0 .. $count - 1) {
        my ($cert, $own) = CERT_create(
            purpose         => 'server',
            subject         => { commonName => many_name($i) },
            subjectAltNames => [ [ DNS => many_name($i) ] ],
            issuer          => $inter,
            key             => $key->(),
        );
        spew("$dir/$i.pem", PEM_cert2string($cert) . PEM_cert2string($inter->[0]));
        spew("$dir/$i.key", PEM_key2string($own));
    }
    return $dir;
}

# The virtual hosts on one port; the directives of some may be replaced: { N => 'lines' }.
sub many_hosts {
    my ($port, $dir, $count, $other) = @_;
    return "Listen 127.0.0.1:$port https\n" . join '', map {
        my $lines = $other->{$_} || qq{SecureChanCertificate "$dir/$_.pem" "$dir/$_.key"};
        tls_host($port, many_name($_), directives => $lines);
    } 0 .. $count - 1;
}

1;
