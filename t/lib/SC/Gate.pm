# SPDX-License-Identifier: Apache-2.0
package SC::Gate;

# A server with a flagged directory, one host with TLS and one without that serve the same files,
# and an attacker's client.
#
#     my $site = SC::Gate->start(config => <<'CONF', files => { 'a/b.txt' => "text" });
#     <Directory "${root}/private">
#         SecureChanRequire on
#     </Directory>
#     CONF
#     is_refused($site->http('/private/page.txt'));
#     $site->serves;                                  # good connection: https, to the same server
#
# ${root}, ${var} (a place to write), ${http}, ${tls} and ${pki} are defined in the configuration. config stands in the main
# server (both hosts inherit it), plain and secure inside the two hosts.
use strict;
use warnings;
use Exporter       qw(import);
use File::Basename qw(dirname);
use File::Path     qw(make_path);
use Test::More ();
use SC::Httpd;
use SC::Port;
use SC::Run qw(slurp);
use SC::Tcp;
our @EXPORT = qw(is_refused has_no_secret SECRET HOST);

use constant SECRET => 'the secret words';
use constant HOST   => 'gate.wild.example.test';

my %CONTENT = (
    'index.html'          => "<p>the public index</p>\n",
    'public/page.txt'     => "the public words\n",
    'private/index.html'  => "<p>" . SECRET . "</p>\n",
    'private/page.txt'    => SECRET . "\n",
    'private/sub/one.txt' => SECRET . "\n",
);
my $count = 0;

# Write one file below the document root; ".cgi" files can be executed. undef makes a directory.
sub put {
    my ($self, $name, $text) = @_;
    my $file = "$self->{root}/$name";
    make_path(defined $text ? dirname($file) : $file);
    return if !defined $text;
    open my $fh, '>:raw', $file or die "$file: $!\n";
    print {$fh} $text;
    close $fh or die "$file: $!\n";
    chmod 0755, $file if $name =~ /\.cgi$/;
    return;
}

# The server may write here: what it must not write it must refuse by itself.
sub give {
    my ($self) = @_;
    system 'chown', '-R', 'nobody:nogroup', $self->{root}, "$self->{root}.var" if $> == 0;
    return;
}

# The site and its configuration, not started. Options: config, plain, secure, files, keep_files,
# no_tls (no host with TLS), certificate, and those of SC::Httpd.
sub new {
    my ($class, %opt) = @_;
    my ($name) = $0 =~ m{([^/]+)\.t$};
    my $root = sprintf '%s/gate/%s-%d-%d', $ENV{SC_WORK}, $name, $$, ++$count;
    my $self = bless { root => $root, http => SC::Port::free(), tls => SC::Port::free() }, $class;
    my %files = (%CONTENT, %{ delete $opt{files} || {} });
    $self->put($_, $files{$_}) for sort keys %files;
    make_path("$root.var");
    $self->give;
    my %part = map { $_ => delete $opt{$_} // '' } qw(config plain secure);
    my $host = HOST;
    my $tls  = delete $opt{no_tls} ? '' : "Listen 127.0.0.1:$self->{tls} https\n"
      . tls_host($self->{tls}, $host, certificate => delete $opt{certificate} || 'wild', extra => $part{secure});
    $self->{httpd} = {
        %opt,
        docroot => $root,
        config  => <<"CONF",
Define root "$root"
Define http $self->{http}
Define tls $self->{tls}
Define var "$root.var"
Define pki "$ENV{SC_WORK}/pki"
<IfModule dav_fs_module>
    DAVLockDB "$root.var/davlock"
</IfModule>
DirectoryIndex index.html
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory "$root">
    Require all granted
    Options FollowSymLinks
</Directory>
$part{config}
Listen 127.0.0.1:$self->{http} http
<VirtualHost 127.0.0.1:$self->{http}>
    ServerName $host
    $part{plain}
</VirtualHost>
$tls
CONF
    };
    return $self;
}

sub start {
    my ($class, %opt) = @_;
    my $self = $class->new(%opt);
    $self->{server} = SC::Httpd->start(%{ $self->{httpd} });
    return $self;
}

sub root   { return $_[0]{root} }
sub server { return $_[0]{server} }
sub port   { return $_[0]{ $_[1] } }
sub text   { return slurp("$_[0]{root}/$_[1]") }

# One response out of the bytes a server sent: status, line, head (a hash), headers, body, raw.
sub parse {
    my ($raw) = @_;
    my $rest = defined $raw ? $raw : '';
    $rest =~ s/\AHTTP\/1\.1 100 .*?\r\n\r\n//s;
    my ($headers, $body) = $rest =~ /\A(HTTP\/1\.[01] .*?\r\n)\r\n(.*)\z/s;
    ($headers, $body) = ('', $rest) if !defined $headers;
    my ($line)   = $headers =~ /\A([^\r\n]*)/;
    my ($status) = $line =~ /^HTTP\S+ (\d+)/;
    my %head;
    while ($headers =~ /^([^:\s]+):[ \t]*([^\r\n]*)/mg) {
        $head{ lc $1 } = exists $head{ lc $1 } ? $head{ lc $1 } . ", $2" : $2;
    }
    if (($head{'transfer-encoding'} || '') =~ /chunked/i) {
        my ($left, $plain) = ($body, '');
        while ($left =~ s/\A([0-9a-fA-F]+)[^\r\n]*\r\n//) {
            $plain .= substr $left, 0, hex $1, '';
            $left =~ s/\A\r\n//;
        }
        $body = $plain;
    }
    return {
        status => $status || 0, line => $line, head => \%head, headers => $headers,
        body => $body, raw => $rest,
    };
}

# A new connection: SC::Tcp. Options: tls => 1, name => SNI, ssl => {...} for IO::Socket::SSL.
sub connect {
    my ($self, %opt) = @_;
    return SC::Tcp->tls($opt{port} || $self->{tls}, $opt{name} || HOST, %{ $opt{ssl} || {} }) if $opt{tls};
    return SC::Tcp->connect($opt{port} || $self->{http});
}

# Send bytes on a connection of their own and read the answer to its end.
sub send_bytes {
    my ($self, $bytes, %opt) = @_;
    my $client = $self->connect(%opt);
    $client->send($bytes);
    return parse($client->read_all(15));
}

# The bytes of a request. Options: method, host, headers => [lines], body, version.
sub request {
    my ($self, $path, %opt) = @_;
    my $host = defined $opt{host} ? $opt{host} : HOST . ":$self->{ $opt{tls} ? 'tls' : 'http' }";
    my @lines = (($opt{method} || 'GET') . " $path HTTP/" . ($opt{version} || '1.1'), "Host: $host");
    push @lines, "Content-Length: " . length $opt{body} if defined $opt{body};
    push @lines, @{ $opt{headers} || [] };
    push @lines, 'Connection: close' if !$opt{keep};
    return join("\r\n", @lines, '', '') . (defined $opt{body} ? $opt{body} : '');
}

# $site->http('/path', method => 'POST', headers => ['A: b'], ...): the answer over plain HTTP;
# https: the same over TLS.
sub http {
    my ($self, $path, %opt) = @_;
    return $self->send_bytes($self->request($path, %opt), %opt);
}

sub https {
    my ($self, $path, %opt) = @_;
    return $self->http($path, %opt, tls => 1);
}

# The two things a test says most: refused by the gate, and served over https.
sub has_no_secret {
    my ($got, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return Test::More::ok(length $got->{raw} && $got->{raw} !~ /\Q@{[SECRET]}\E/, $name)
      || Test::More::diag($got->{raw});
}

sub is_refused {
    my ($got, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $ok = $got->{status} == 403 && $got->{raw} !~ /\Q@{[SECRET]}\E/;
    return Test::More::ok($ok, ($name || 'request') . ': refused') || Test::More::diag($got->{raw});
}

sub serves {
    my ($self, $path, %opt) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $path ||= '/private/page.txt';
    my $got = $self->https($path, %opt);
    my $ok = $got->{status} == 200 && $got->{body} =~ /\Q@{[SECRET]}\E/;
    return Test::More::ok($ok, "over https $path is served") || Test::More::diag($got->{raw});
}

1;
