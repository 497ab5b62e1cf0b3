# SPDX-License-Identifier: Apache-2.0
package SC::Tcp;

# Plain TCP connections, and TLS ones on top of them, with a deadline on everything.
#
#     my $c = SC::Tcp->connect(port('tls'));                      # plain
#     my $s = SC::Tcp->tls(port('tls'), 'www.example.test');      # TLS, verified
#     $c->send("bytes"); my $text = $c->read_until(qr/\n\n/, 5); $c->eof_within(5);
use strict;
use warnings;
use IO::Select       ();
use IO::Socket::INET ();
use IO::Socket::SSL  ();
use Socket qw(IPPROTO_TCP SOL_SOCKET SO_LINGER SO_RCVBUF SHUT_WR TCP_NODELAY);
use Time::HiRes      qw(time);

# Writing to a peer that has gone is an answer here, not a reason to die.
$SIG{PIPE} = "IGNORE";

# The connected socket; dies when it cannot. Options: rcvbuf => bytes (before connecting).
sub connect {
    my ($class, $port, %opt) = @_;
    my $socket = IO::Socket::INET->new(Proto => 'tcp') or die "socket: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_RCVBUF, pack 'l', $opt{rcvbuf} if $opt{rcvbuf};
    my $to = Socket::pack_sockaddr_in($port, Socket::inet_aton('127.0.0.1'));
    local $SIG{ALRM} = sub { die "connect to port $port: timed out\n" };
    alarm 10;
    CORE::connect($socket, $to) or die "connect to port $port: $!\n";
    alarm 0;
    # each write is a segment of its own, sent at once
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    return bless { socket => $socket, data => '', eof => 0 }, $class;
}

# The same after a TLS handshake. Further options are IO::Socket::SSL's.
sub tls {
    my ($class, $port, $name, %opt) = @_;
    my $self = $class->connect($port, rcvbuf => delete $opt{rcvbuf});
    my $ok = IO::Socket::SSL->start_SSL(
        $self->{socket},
        SSL_ca_file         => "$ENV{SC_WORK}/pki/root.pem",
        SSL_hostname        => $name,
        SSL_verifycn_scheme => 'http',
        SSL_verifycn_name   => $name,
        Timeout             => 10,
        %opt,
    );
    die "TLS handshake with $name: $IO::Socket::SSL::SSL_ERROR\n" if !$ok;
    $self->{tls} = 1;
    return $self;
}

sub socket { return $_[0]{socket} }

# Send all bytes, waiting at most 20 seconds. False when the peer is gone.
sub send {
    my ($self, $bytes) = @_;
    my $select = IO::Select->new($self->{socket});
    my $end    = time + 20;
    my $done   = 0;
    while ($done < length $bytes) {
        return 0 if time > $end || !$select->can_write($end - time);
        my $n = syswrite $self->{socket}, $bytes, length($bytes) - $done, $done;
        return 0 if !defined $n && !$!{EAGAIN} && !$!{EINTR};
        $done += $n || 0;
    }
    return 1;
}

# Read what is there within $seconds: true if bytes came, false at the end or after the time. A record
# without data, such as a session ticket, is no bytes.
sub fill {
    my ($self, $seconds) = @_;
    my $socket = $self->{socket};
    return 0 if $self->{eof};
    my $pending = $self->{tls} && $socket->pending;
    return 0 if !$pending && !IO::Select->new($socket)->can_read($seconds);
    $socket->blocking(0);
    my $n     = sysread $socket, $self->{data}, 65_536, length $self->{data};
    my $error = "$!";
    my $again = !defined $n && ($!{EAGAIN} || $!{EINTR});
    $socket->blocking(1);
    return 1 if $n;
    return 0 if $again;
    $self->{error} = defined $n ? '' : $error;
    $self->{eof} = 1;
    return 0;
}

# Everything up to and with the first match; what is left stays. Undef if it does not come.
sub read_until {
    my ($self, $pattern, $seconds) = @_;
    my $end = time + $seconds;
    while ($self->{data} !~ $pattern) {
        return if time > $end || !$self->fill($end - time) && $self->{eof};
    }
    $self->{data} =~ $pattern;
    my $length = $+[0];
    return substr $self->{data}, 0, $length, '';
}

# Exactly $count bytes, or undef.
sub read_bytes {
    my ($self, $count, $seconds) = @_;
    my $end = time + $seconds;
    while (length $self->{data} < $count) {
        return if time > $end || !$self->fill($end - time) && $self->{eof};
    }
    return substr $self->{data}, 0, $count, '';
}

# All bytes to the end of the connection; undef if the end does not come.
sub read_all {
    my ($self, $seconds) = @_;
    my $end = time + $seconds;
    while (!$self->{eof}) {
        return if time > $end;
        $self->fill($end - time);
    }
    return substr $self->{data}, 0, length $self->{data}, '';
}

# True if the peer ends the connection within the time (whatever it sends before).
sub eof_within {
    my ($self, $seconds) = @_;
    return defined $self->read_all($seconds);
}

# One HTTP/1.1 response with a Content-Length or to the end of the connection: (status, headers, body).
sub response {
    my ($self, $seconds) = @_;
    my $head = $self->read_until(qr/\r\n\r\n/, $seconds);
    return if !defined $head;
    my ($status) = $head =~ m{^HTTP/1\.\d (\d+)};
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;
    my $body = defined $length ? $self->read_bytes($length, $seconds) : $self->read_all($seconds);
    return ($status, $head, $body);
}

# True if the peer said goodbye properly (close_notify) rather than just going away.
sub got_close_notify {
    my ($self) = @_;
    my $ssl = $self->{tls} ? $self->{socket}->_get_ssl_object : undef;
    return $ssl ? !!(Net::SSLeay::get_shutdown($ssl) & 2) : 0;
}

# End our half: with close_notify on TLS connections, and the TCP half.
sub half_close {
    my ($self) = @_;
    if ($self->{tls}) {
        my $ssl = $self->{socket}->_get_ssl_object;
        Net::SSLeay::shutdown($ssl);
    }
    else {
        shutdown $self->{socket}, SHUT_WR;
    }
    return;
}

# End the TCP half without a close_notify: a truncation, seen from the server.
sub truncate { my ($self) = @_; shutdown $self->{socket}, SHUT_WR; return }

# Go away with a TCP reset.
sub reset {
    my ($self) = @_;
    setsockopt $self->{socket}, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0;
    $self->close_raw;
    return;
}

# Close the descriptor, with no TLS goodbye.
sub close_raw {
    my ($self) = @_;
    my $socket = delete $self->{socket} or return;
    $self->{tls} ? $socket->close(SSL_no_shutdown => 1) : close $socket;
    return;
}

1;
