# SPDX-License-Identifier: Apache-2.0
package Bench::Config;

# The configurations of the servers that are compared: all serve the same files
# with the same certificate, cipher and groups, keep connections alive without a
# limit, write no access log, and say what a good administrator would say about
# sessions. What is not written here is each server's default.
#
#     my $text = Bench::Config::text($server, \%site);
#     my $why  = Bench::Config::cannot($server, $row);    # undef if it can
#
# A site: mpm (event unless it says so), dir (scratch of this server), docs, port, pki, libexec and module (for
# httpd), cert (ecdsa or rsa), h2 (also HTTP/2), hosts (so many virtual hosts, each
# with a certificate of its own), crowd (many connections at once), workers (so
# many threads in all).
use strict;
use warnings;

my %TEXT = (
    securechan => \&httpd,
    mod_ssl    => \&httpd,
    httpd      => \&httpd,
    nginx      => \&nginx,
    haproxy    => \&haproxy,
    h2o        => \&h2o,
    lighttpd   => \&lighttpd,
);

my $CIPHER12 = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256';
my $CIPHER13 = 'TLS_AES_128_GCM_SHA256';

# Rows that a peer is not asked to do, by site or by path.
my %CANNOT = (
    haproxy => {
        '/100k' => 'it serves no files of this size', '/10m' => 'it serves no files of this size',
        '/upload' => 'it would have to pass it on', hosts => 'not configured',
    },
    h2o      => { '/upload' => 'its file handler takes no POST', hosts => 'not configured' },
    lighttpd => { '/upload' => 'it takes no POST for a file',    hosts => 'not configured' },
);

sub text {
    my ($server, $site) = @_;
    return $TEXT{$server}->($server, $site);
}

sub known { return grep { $_ ne 'httpd' } sort keys %TEXT }

sub cannot {
    my ($server, $row) = @_;
    my $why = $CANNOT{$server} or return;
    my ($path) = join(' ', @{ $row->{load} || [] }) =~ /--path (\S+)/;
    return $why->{hosts} if $row->{site}{hosts};
    return defined $path ? $why->{$path} : undef;
}

sub is_root { return $> == 0 }

# Who the server becomes when it was started by root.
sub user {
    my ($name) = grep { defined getpwnam $_ } qw(www-data nobody);
    my $group = getgrgid((getpwnam $name)[3]);
    return ($name, $group);
}

# [name, certificate without extension] of each virtual host.
sub hosts {
    my ($site) = @_;
    return [ 'www.bench.test', "$site->{pki}/$site->{cert}" ] if !$site->{hosts};
    return map { [ "h$_.bench.test", "$site->{pki}/$_" ] } 1 .. $site->{hosts};
}

# ------------------------------------------------------------------- httpd

# Debian's default modules, as far as they have a part in serving a file.
my @MODULES = qw(authz_core authz_host alias dir env filter mime
  reqtimeout setenvif socache_shmcb);

my %HTTPD_MODULE = (securechan => ['securechan'], mod_ssl => ['ssl'], httpd => []);

# One pair for both kinds of host, so that the modules differ in nothing else.
my %HTTPD_HOST = (
    httpd   => sub { return '' },
    mod_ssl => sub {
        my ($pair) = @_;
        return <<"CONF";
    SSLEngine on
    SSLCertificateFile "$pair.pem"
    SSLCertificateKeyFile "$pair.key"
CONF
    },
    securechan => sub {
        my ($pair) = @_;
        return <<"CONF";
    SecureChanEngine on
    SecureChanCertificate "$pair.pem" "$pair.key"
CONF
    },
);

my %HTTPD_GLOBAL = (
    httpd   => sub { return '' },
    mod_ssl => sub {
        my ($site) = @_;
        return <<"CONF";
SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLCipherSuite $CIPHER12
SSLCipherSuite TLSv1.3 $CIPHER13
SSLHonorCipherOrder on
SSLOpenSSLConfCmd Curves X25519:P-256
SSLSessionCache "shmcb:$site->{dir}/sessions(512000)"
SSLSessionCacheTimeout 300
SSLSessionTickets on
SSLUseStapling off
CONF
    },
    securechan => sub { return <<"CONF" },
SecureChanProtocol TLSv1.2-TLSv1.3
SecureChanCiphers $CIPHER12
SecureChanCiphers TLSv1.3 $CIPHER13
SecureChanGroups X25519:P-256
CONF
);

# Debian's default of 25 threads in a child and two children, neither more nor
# fewer: CPU time is read from processes that live throughout.
sub httpd_threads {
    my ($site) = @_;
    return <<'CONF' if ($site->{mpm} || '') eq 'prefork';
StartServers 48
MinSpareServers 1
MaxSpareServers 48
ServerLimit 48
MaxRequestWorkers 48
MaxConnectionsPerChild 0
CONF
    my $all   = $site->{workers} || 50;
    my $child = $all / 2;
    my $crowd =
      $site->{crowd} || $site->{workers} ? "AsyncRequestWorkerFactor 128\nListenBacklog 4096\n" : '';
    return <<"CONF";
StartServers 2
ServerLimit 2
ThreadsPerChild $child
ThreadLimit $child
MaxRequestWorkers $all
MinSpareThreads 1
MaxSpareThreads $all
MaxConnectionsPerChild 0
$crowd
CONF
}

sub httpd {
    my ($server, $site) = @_;
    my @modules = ('mpm_' . ($site->{mpm} || 'event'), @MODULES, $site->{h2} ? 'http2' : ());
    my $loads = join '',
      map { qq{LoadModule ${_}_module "$site->{libexec}/mod_$_.so"\n} } @modules;
    for my $name (@{ $HTTPD_MODULE{$server} }) {
        my $file = $name eq 'securechan' ? $site->{module} : "$site->{libexec}/mod_$name.so";
        $loads .= qq{LoadModule ${name}_module "$file"\n};
    }
    my $user      = is_root() ? sprintf "User %s\nGroup %s\n", user() : '';
    my $protocols = $site->{h2} ? 'Protocols h2 http/1.1' : 'Protocols http/1.1';
    my $scheme    = $server eq 'httpd' ? 'http' : 'https';
    # The kernel must not keep silent peers to itself where they are counted.
    my $filter = $site->{workers} ? "AcceptFilter http none\nAcceptFilter https none\n" : '';
    my $virtual = join '', map { <<"CONF" } hosts($site);
<VirtualHost *:$site->{port}>
    ServerName $_->[0]
@{[ $HTTPD_HOST{$server}->($_->[1]) ]}</VirtualHost>
CONF
    return <<"CONF";
ServerRoot "$site->{dir}"
DefaultRunTimeDir "$site->{dir}"
PidFile "$site->{dir}/pid"
Mutex "file:$site->{dir}" default
ErrorLog "$site->{dir}/error_log"
LogLevel notice
$loads$user@{[ httpd_threads($site) ]}$filter
ServerName www.bench.test
Listen 127.0.0.1:$site->{port} $scheme
DocumentRoot "$site->{docs}"
TypesConfig "$site->{docs}/mime.types"
<Directory "/">
    AllowOverride None
    Require all granted
</Directory>
$protocols
Timeout 300
KeepAlive on
KeepAliveTimeout 300
MaxKeepAliveRequests 0
RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500
@{[ $HTTPD_GLOBAL{$server}->($site) ]}
$virtual
CONF
}

# ------------------------------------------------------------------- nginx

# One worker: one core is all it gets. Uploads are read and dropped by "return",
# as httpd drops the body of a POST for a file.
sub nginx {
    my ($server, $site) = @_;
    my $user        = is_root()   ? sprintf "user %s %s;\n", user() : '';
    my $h2          = $site->{h2} ? ' http2' : '';
    my $connections = $site->{crowd} || $site->{workers} ? 8192 : 1024;
    my $page        = substr 'abcdefghijklmnopqrstuvwxyz012345' x 32, 0, 1024;
    my $virtual     = join '', map { <<"CONF" } hosts($site);
    server {
        listen 127.0.0.1:$site->{port} ssl$h2;
        server_name $_->[0];
        ssl_certificate $_->[1].pem;
        ssl_certificate_key $_->[1].key;
        location = /upload {
            return 200 "$page";
        }
    }
CONF
    return <<"CONF";
${user}worker_processes 1;
pid $site->{dir}/pid;
daemon off;
error_log $site->{dir}/error_log notice;
worker_rlimit_nofile 16384;
events {
    worker_connections $connections;
}
http {
    access_log off;
    default_type application/octet-stream;
    root $site->{docs};
    server_names_hash_max_size 65536;
    server_names_hash_bucket_size 128;
    client_max_body_size 100m;
    client_body_temp_path $site->{dir}/body;
    proxy_temp_path $site->{dir}/proxy;
    fastcgi_temp_path $site->{dir}/fastcgi;
    uwsgi_temp_path $site->{dir}/uwsgi;
    scgi_temp_path $site->{dir}/scgi;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 300s;
    keepalive_requests 1000000000;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers $CIPHER12;
    ssl_conf_command Ciphersuites $CIPHER13;
    ssl_prefer_server_ciphers on;
    ssl_ecdh_curve X25519:prime256v1;
    ssl_session_cache shared:SSL:10m;
    ssl_session_timeout 5m;
    ssl_session_tickets on;
$virtual
}
CONF
}

# ------------------------------------------------------------------- others

# It serves one page from memory: it has no files.
sub haproxy {
    my ($server, $site) = @_;
    my $user = is_root() ? sprintf "user %s\n    group %s", user() : '';
    my $cert = "$site->{pki}/$site->{cert}";
    my $alpn = $site->{h2} ? 'h2,http/1.1' : 'http/1.1';
    return <<"CONF";
global
    nbthread 1
    maxconn 8192
    $user
    ssl-default-bind-options ssl-min-ver TLSv1.2
    ssl-default-bind-ciphers $CIPHER12
    ssl-default-bind-ciphersuites $CIPHER13
    ssl-default-bind-curves X25519:P-256
defaults
    mode http
    option http-ignore-probes
    timeout client 300s
    timeout http-keep-alive 300s
    timeout http-request 300s
frontend bench
    bind 127.0.0.1:$site->{port} ssl crt $site->{dir}/pair.pem alpn $alpn
    http-request return status 200 content-type text/plain file $site->{docs}/1k
CONF
}

sub h2o {
    my ($server, $site) = @_;
    my $user = is_root() ? 'user: ' . (user())[0] : '';
    return <<"CONF";
$user
num-threads: 1
max-connections: 8192
http1-request-timeout: 300
http2-idle-timeout: 300
ssl-session-resumption:
  mode: all
listen:
  host: 127.0.0.1
  port: $site->{port}
  ssl:
    certificate-file: $site->{pki}/$site->{cert}.pem
    key-file: $site->{pki}/$site->{cert}.key
    minimum-version: TLSv1.2
    cipher-suite: $CIPHER12
    cipher-preference: server
    ocsp-update-interval: 0
hosts:
  default:
    paths:
      /:
        file.dir: $site->{docs}
CONF
}

sub lighttpd {
    my ($server, $site) = @_;
    my $user = is_root() ? sprintf qq{server.username = "%s"\nserver.groupname = "%s"}, user() : '';
    return <<"CONF";
server.modules = ( "mod_openssl" )
server.document-root = "$site->{docs}"
server.bind = "127.0.0.1"
server.port = $site->{port}
$user
server.max-connections = 8192
server.max-fds = 16384
server.max-keep-alive-requests = 65535
server.max-keep-alive-idle = 300
server.max-read-idle = 300
ssl.engine = "enable"
ssl.pemfile = "$site->{pki}/$site->{cert}.pem"
ssl.privkey = "$site->{pki}/$site->{cert}.key"
ssl.openssl.ssl-conf-cmd = (
    "MinProtocol" => "TLSv1.2",
    "CipherString" => "$CIPHER12",
    "Ciphersuites" => "$CIPHER13",
    "Groups" => "X25519:P-256"
)
CONF
}

1;
