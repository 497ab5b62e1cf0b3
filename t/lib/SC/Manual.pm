# SPDX-License-Identifier: Apache-2.0
package SC::Manual;

# Apache's own manual (Debian's package apache2-doc), served over https and http by an extra server.
# Its directory en/howto is flagged. The access log has a line "HTTP/2.0 /en/x.html TLSv1.3" for
# each request.
#
#     my $manual = SC::Manual->start;
#     $manual->{tls}; $manual->{plain}; $manual->log; slurp($manual->file('en/index.html'));
use strict;
use warnings;
use Exporter   qw(import);
use File::Find qw(find);
use SC::Httpd;
use SC::Port;
use SC::Run qw(slurp);
our @EXPORT = qw(MANUAL_HOST);
use constant MANUAL_HOST => 'manual.wild.example.test';

my $ROOT = '/usr/share/doc/apache2-doc/manual';

sub start {
    my ($class) = @_;
    # dpkg's path-exclude, as container images have it, leaves documentation out.
    die "no manual in $ROOT: is apache2-doc installed, with its files?\n" if !-r "$ROOT/en/index.html";
    my $self = bless { tls => SC::Port::free(), plain => SC::Port::free() }, $class;
    my $host = MANUAL_HOST;
    $self->{server} = SC::Httpd->start(docroot => $ROOT, config => <<"CONF" . tls_host($self->{tls}, $host, certificate => 'wild'));
<IfModule http2_module>
    Protocols h2 http/1.1
</IfModule>
<Directory "$ROOT">
    Require all granted
    Options FollowSymLinks
</Directory>
<Directory "$ROOT/en/howto">
    SecureChanRequire on
</Directory>
DirectoryIndex index.html
AddType text/css .css
AddType text/javascript .js
LogFormat "%H %U %{SSL_PROTOCOL}x" brief
CustomLog "brief_log" brief
Listen 127.0.0.1:$self->{plain} http
Listen 127.0.0.1:$self->{tls} https
<VirtualHost 127.0.0.1:$self->{plain}>
    ServerName $host
</VirtualHost>
CONF
    return $self;
}

sub file { return "$ROOT/$_[1]" }
sub log  { return slurp($_[0]{server}->dir . '/brief_log') }

# The names of all pages in a directory, sorted.
sub pages {
    my ($self, $directory) = @_;
    my @pages;
    find(sub { push @pages, substr $File::Find::name, length "$ROOT/" if -f && /\.html$/ }, "$ROOT/$directory");
    return sort @pages;
}

1;
