# SPDX-License-Identifier: Apache-2.0
package SC::Httpd;

# An extra httpd with a configuration of the test's own, on loopback ports of its own.
#
#     my $server = SC::Httpd->start(config => <<CONF);      # dies with the log if it does not start
#     Listen 127.0.0.1:$port https
#     ...
#     CONF
#     my $try = SC::Httpd->try(config => $bad);             # { started => 0, exit, log }
#     my $t   = config_test($config, 'args');               # "-t": { exit, err }
#
# The modules of t/conf/modules.txt are loaded (modules => [...] adds some); MPM settings are small.
# Servers are stopped by pid when the object goes, at the latest when the test ends.
use strict;
use warnings;
use Exporter   qw(import);
use File::Path qw(make_path);
use POSIX      qw(:sys_wait_h);
use SC::Log;
use SC::Port;
use SC::Run qw(run spawn reap slurp);
use SC::Tcp;
use SC::Wait;
our @EXPORT = qw(config_test tls_host);

my $count = 0;
my %running;

# The directory, the file with the complete configuration, and the preamble of one extra server.
sub prepare {
    my (%opt) = @_;
    my ($name) = $0 =~ m{([^/]+)\.t$};
    my $dir = sprintf '%s/servers/%s-%d-%d', $ENV{SC_WORK}, $name || 'server', $$, ++$count;
    make_path("$dir/htdocs", { mode => 0755 });
    my $worker = $> == 0 ? "User nobody\nGroup nogroup\n" : '';
    my $loads = join '',
      map { qq{LoadModule ${_}_module "$ENV{SC_LIBEXEC}/mod_$_.so"\n} } @{ $opt{modules} || [] };
    my $mpm = $opt{mpm} || <<'MPM';
<IfModule !prefork.c>
    StartServers 1
    ServerLimit 4
    ThreadsPerChild 8
    ThreadLimit 8
    MaxRequestWorkers 8
    MinSpareThreads 1
    MaxSpareThreads 8
</IfModule>
<IfModule prefork.c>
    StartServers 4
    MinSpareServers 1
    MaxSpareServers 16
    ServerLimit 16
    MaxRequestWorkers 16
</IfModule>
MPM
    my $base = exists $opt{base} ? $opt{base} : qq{Include "$ENV{SC_BASE_CONF}"\n};
    my $docroot = $opt{docroot} || "$ENV{SC_WORK}/t/htdocs";
    my $text = <<"CONF";
ServerRoot "$dir"
DefaultRunTimeDir "$dir"
PidFile "$dir/httpd.pid"
Mutex "file:$dir" default
$base$loads$worker
ServerName main.example.test
DocumentRoot "$docroot"
ErrorLog "$dir/error_log"
LogLevel info securechan:debug
CoreDumpDirectory "$ENV{SC_WORK}/cores"
TypesConfig "$ENV{SC_WORK}/t/conf/mime.types"
<IfModule cgid_module>
    ScriptSock "$dir/cgisock"
</IfModule>
<IfModule dav_fs_module>
    DAVLockDB "$dir/davlock"
</IfModule>
$mpm
Include "$dir/site.conf"
CONF
    open my $site, '>', "$dir/site.conf" or die "$dir/site.conf: $!\n";
    print {$site} $opt{config};
    close $site or die;
    open my $main, '>', "$dir/httpd.conf" or die "$dir/httpd.conf: $!\n";
    print {$main} $text;
    close $main or die;
    return $dir;
}

# config_test($config, %options of start, args => [...]): "apache2 -t", as a hash of exit and err.
# Lines of the configuration are known to httpd as site.conf:1 and so on.
sub config_test {
    my ($config, %opt) = @_;
    my $dir = prepare(%opt, config => $config);
    my $got = run([ $ENV{SC_HTTPD}, '-t', '-f', "$dir/httpd.conf", @{ $opt{args} || [] } ],
        timeout => 60, stdin => '');
    $got->{err} .= $got->{out} if $opt{both};
    $got->{dir} = $dir;
    return $got;
}

# tls_host($port, $name, extra => 'lines'): the usual virtual host on 127.0.0.1:$port.
sub tls_host {
    my ($port, $name, %opt) = @_;
    my $certificate = $opt{certificate} || 'www-ecdsa';
    my $directives = exists $opt{directives}
      ? $opt{directives}
      : qq{SecureChanCertificate "$ENV{SC_WORK}/pki/$certificate.pem" "$ENV{SC_WORK}/pki/$certificate.key"};
    my $extra = defined $opt{extra} ? $opt{extra} : '';
    return <<"CONF";
<VirtualHost 127.0.0.1:$port>
    ServerName $name
    SecureChanEngine on
    $directives
    $extra
</VirtualHost>
CONF
}

# try(config => TEXT, ...): start it; on success { started => 1, server => object }, else the exit
# status and all it wrote. Options: mpm, modules, docroot, base, env, args, wait => seconds,
# files => how many descriptors it may have open.
sub try {
    my ($class, %opt) = @_;
    my $dir = prepare(%opt);
    open my $null, '<', '/dev/null' or die;
    open my $console, '>>', "$dir/console" or die "$dir/console: $!\n";
    my @limit = $opt{files} ? (qw(sh -c), q{ulimit -n "$1"; shift; exec "$@"}, q{sh}, $opt{files}) : ();
    my $pid = spawn([ @limit, $ENV{SC_HTTPD}, '-D', 'FOREGROUND', @{ $opt{args} || [] }, '-f', "$dir/httpd.conf" ],
        stdin => $null, stdout => $console, stderr => $console, env => $opt{env});
    my $self = bless { pid => $pid, dir => $dir, owner => $$ }, $class;
    $running{$pid} = $self;
    my $status;
    my $up = wait_for(sub {
        if (waitpid($pid, WNOHANG) == $pid) {
            $status = $?;
            return 1;
        }
        # "resuming normal operations" is logged when the sockets listen and the children are made.
        return slurp("$dir/error_log") =~ /AH00(?:489|292|163):/;
    }, $opt{wait} || 30);
    if ($up && !defined $status) {
        SC::Log::watch("$dir/error_log", $pid);
        SC::Log::watch("$dir/console");
        return { started => 1, server => $self };
    }
    if (!defined $status) {
        $status = -1;
        $self->stop;
    }
    delete $running{$pid};
    delete $self->{pid};
    SC::Log::set_seen("$dir/$_", -s "$dir/$_" || 0) for qw(console error_log);
    return { started => 0, exit => $status, log => slurp("$dir/console") . slurp("$dir/error_log") };
}

# The running server; dies if it does not come up.
sub start {
    my ($class, %opt) = @_;
    my $try = $class->try(%opt);
    die "httpd did not start (status $try->{exit}):\n$try->{log}\n" if !$try->{started};
    return $try->{server};
}

sub pid     { return $_[0]{pid} }
sub dir     { return $_[0]{dir} }
sub log     { return slurp("$_[0]{dir}/error_log") }
sub running { return values %running }

# The process ids of the children.
sub children {
    my ($self) = @_;
    return grep { slurp("/proc/$_/stat") =~ /\) \w $self->{pid} / }
      map { m{(\d+)} } glob '/proc/[0-9]*';
}

# Graceful restart, done when the new generation is in the log.
sub graceful {
    my ($self) = @_;
    my $before = () = $self->log =~ /resuming normal operations/g;
    kill USR1 => $self->{pid};
    return wait_for(sub { (() = $self->log =~ /resuming normal operations/g) > $before }, 20);
}

# httpd's event and worker MPMs close the sockets of their busy workers when they are told to stop at
# once, and look at a socket whose memory a worker is just giving back: the child crashes in
# close_worker_sockets(). So a server is told only when all its threads sleep.
sub is_at_rest {
    my ($self) = @_;
    return !grep { slurp($_) =~ /\) [RD] / } map { glob "/proc/$_/task/*/stat" } $self->children;
}

# Stop it, with a deadline. True if it went without being killed.
sub stop {
    my ($self) = @_;
    my $pid = $self->{pid} or return 1;
    delete $running{$pid};
    return 1 if $self->{owner} != $$;
    wait_for(sub { $self->is_at_rest }, 2);
    delete $self->{pid};
    kill TERM => $pid;
    local $?;
    return defined reap($pid, 20);
}

sub DESTROY { my ($self) = @_; $self->stop; return }

$SIG{$_} = sub { exit 1 } for qw(INT TERM HUP);
END { local $?; $_->stop for values %running }

1;
