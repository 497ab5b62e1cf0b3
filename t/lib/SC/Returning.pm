# SPDX-License-Identifier: Apache-2.0
package SC::Returning;

# A client that comes back and has kept the session of its last visit.
#
#     my $client = SC::Returning->new(port => N, version => 'TLSv1.3');
#     $client->is_served(0, 'first');     # one test: 200, the page, by a full handshake
#     $client->is_served(1, 'again');     # the same, by a resumed one
#     $client->change_ticket(sub { ... }) # what the client will show next time
#
# Options: name => 'www.example.test', path => '/plain.txt', page => its text, alpn => 'h2', no_tickets =>
# 1 (the client does not know them), address => '127.0.0.1'.
use strict;
use warnings;
use Exporter   qw(import);
use Net::SSLeay ();
use Test::More  ();
use SC::Tcp;
our @EXPORT = qw(VERSIONS);
use constant VERSIONS => qw(TLSv1.2 TLSv1.3);

my %NUMBER = ('TLSv1.2' => 0x0303, 'TLSv1.3' => 0x0304);
my $PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . pack 'xnCCN', 0, 4, 0, 0;

sub new {
    my ($class, %opt) = @_;
    return bless {
        name => 'www.example.test', path => '/plain.txt', page => "plain text\n", version => 'TLSv1.3',
        %opt,
    }, $class;
}

sub context {
    my ($self) = @_;
    my $ctx = Net::SSLeay::CTX_new_with_method(Net::SSLeay::TLS_client_method());
    my $number = $NUMBER{ $self->{version} } or die "no version $self->{version}\n";
    Net::SSLeay::CTX_set_min_proto_version($ctx, $number);
    Net::SSLeay::CTX_set_max_proto_version($ctx, $number);
    Net::SSLeay::CTX_load_verify_locations($ctx, "$ENV{SC_WORK}/pki/root.pem", '');
    Net::SSLeay::CTX_set_verify($ctx, Net::SSLeay::VERIFY_PEER());
    Net::SSLeay::CTX_set_options($ctx, 0x4000) if $self->{no_tickets};
    Net::SSLeay::CTX_set_alpn_protos($ctx, [ $self->{alpn} ]) if $self->{alpn};
    return $ctx;
}

sub reason {
    my $text = '';
    while (my $error = Net::SSLeay::ERR_get_error()) {
        $text .= Net::SSLeay::ERR_error_string($error) . ' ';
    }
    return $text;
}

# Ask and read: HTTP/1.1 to the end of the connection, HTTP/2 until the server has spoken.
sub talk {
    my ($self, $ssl) = @_;
    my $h2 = ($self->{alpn} || '') eq 'h2';
    Net::SSLeay::write($ssl, $h2 ? $PREFACE
        : "GET $self->{path} HTTP/1.1\r\nHost: $self->{name}\r\nConnection: close\r\n\r\n");
    my $answer = '';
    while (!$h2 || length $answer < 9) {
        my $bytes = Net::SSLeay::read($ssl);
        last if !defined $bytes || $bytes eq '';
        $answer .= $bytes;
    }
    return $answer;
}

# One connection: a hash of ok (the handshake), resumed, status, body, answer, error.
sub visit {
    my ($self, %opt) = @_;
    local @$self{ keys %opt } = values %opt;
    my $tcp = SC::Tcp->connect($self->{port});
    my $ctx = $self->context;
    my $ssl = Net::SSLeay::new($ctx);
    my %got = (ok => 0, resumed => 0, status => 0, body => '', error => '');
    local $SIG{ALRM} = sub { die "timed out\n" };
    Net::SSLeay::set_fd($ssl, fileno $tcp->socket);
    Net::SSLeay::set_tlsext_host_name($ssl, $self->{name});
    if ($self->{session}) {
        my $session = Net::SSLeay::d2i_SSL_SESSION($self->{session}) or die "bad session\n";
        Net::SSLeay::set_session($ssl, $session);
        Net::SSLeay::SESSION_free($session);
    }
    eval {
        alarm 20;
        $got{ok} = Net::SSLeay::connect($ssl) == 1;
        if ($got{ok}) {
            $got{resumed} = Net::SSLeay::session_reused($ssl) ? 1 : 0;
            $got{answer} = $self->talk($ssl);
        }
        alarm 0;
    };
    alarm 0;
    $got{error} = $@ . reason();
    if ($got{ok}) {
        ($got{status}) = $got{answer} =~ m{^HTTP/1\.\d (\d+)};
        ($got{body})   = $got{answer} =~ /\r\n\r\n(.*)\z/s;
        my $session = Net::SSLeay::get1_session($ssl);
        $self->{session} = Net::SSLeay::i2d_SSL_SESSION($session);
        Net::SSLeay::SESSION_free($session);
        Net::SSLeay::shutdown($ssl);
    }
    Net::SSLeay::free($ssl);
    Net::SSLeay::CTX_free($ctx);
    $tcp->close_raw;
    return \%got;
}

# A copy of this client, with the session as it is now.
sub copy { my ($self) = @_; return bless {%$self}, ref $self }

# True if the answer is the page (with HTTP/2: anything of that protocol).
sub is_page {
    my ($self, $got) = @_;
    return $got->{ok} && $got->{answer} =~ /^...\x04/s if ($self->{alpn} || '') eq 'h2';
    return $got->{ok} && $got->{status} == 200 && $got->{body} eq $self->{page};
}

# One test: served, resumed or not.
sub is_served {
    my ($self, $resumed, $name, %opt) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $got = $self->visit(%opt);
    my $ok  = $self->is_page($got) && $got->{resumed} == $resumed;
    return Test::More::ok($ok, "$self->{version}: $name: served, " . ($resumed ? 'resumed' : 'full handshake'))
      || Test::More::diag("resumed $got->{resumed}, " . substr(($got->{answer} // '') . $got->{error}, 0, 300));
}

# ---- The session as ASN.1: SEQUENCE; the ticket is element 10 ----

sub header {
    my ($tag, $bytes) = @_;
    return pack 'CCn', $tag, 0x82, length $bytes;
}

# Takes one element off: its tag, its content, and all its bytes.
sub element {
    my ($der) = @_;
    my ($tag, $length) = unpack 'CC', $$der;
    my $start = 2;
    if ($length & 0x80) {
        $start += $length & 0x7f;
        my $number = 0;
        $number = $number << 8 | $_ for unpack 'C*', substr $$der, 2, $length & 0x7f;
        $length = $number;
    }
    my $all = substr $$der, 0, $start + $length, '';
    return ($tag, substr($all, $start), $all);
}

sub elements {
    my ($der) = @_;
    my (undef, $content) = element(\$der);
    my @elements;
    while (length $content) {
        my ($tag, $inner, $all) = element(\$content);
        push @elements, { tag => $tag, inner => $inner, all => $all };
    }
    return @elements;
}

# The ticket, or undef.
sub ticket {
    my ($self) = @_;
    for my $element (elements($self->{session})) {
        return (element(\$element->{inner}))[1] if $element->{tag} == 0xaa;
    }
    return;
}

# Replaces the ticket by what the function makes of it.
sub change_ticket {
    my ($self, $change) = @_;
    my $content = '';
    for my $element (elements($self->{session})) {
        if ($element->{tag} == 0xaa) {
            my $ticket = $change->((element(\$element->{inner}))[1]);
            my $octets = header(4, $ticket) . $ticket;
            $element->{all} = header(0xaa, $octets) . $octets;
        }
        $content .= $element->{all};
    }
    $self->{session} = header(0x30, $content) . $content;
    return;
}

1;
