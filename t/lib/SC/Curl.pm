# SPDX-License-Identifier: Apache-2.0
package SC::Curl;

# Requests through the curl program. Names under .test all resolve to the loopback address.
use strict;
use warnings;
use Exporter   qw(import);
use File::Temp ();
use SC::Run    qw(run slurp);
our @EXPORT = qw(curl);

# curl($url, port => N, ...): a hash of
#     exit     curl's exit status (undef after a timeout)     err   what it printed
#     code     HTTP status, 0 if there was none               body  the body
#     version  "1.1", "2", ...                                head  hash of lower case headers
#     headers  the last response's header block as text       seconds
# Options: http => '1.0'|'1.1'|'2' (default 1.1), args => [more arguments], timeout => 20,
#     data => body to POST, upload => file to PUT, out => file for the body, ca => 0 (do not
#     verify the certificate), address => '127.0.0.1'
sub curl {
    my ($url, %opt) = @_;
    my ($scheme, $host, $path) = $url =~ m{^(https?)://([^/]+)(/.*)?$} or die "bad url $url\n";
    $path = '/' if !defined $path;
    my $port    = $opt{port} || ($scheme eq 'https' ? 443 : 80);
    my $address = $opt{address} || '127.0.0.1';
    my $http    = $opt{http} || '1.1';
    my $headers = File::Temp->new;
    my $data    = File::Temp->new;
    my $body    = $opt{out} ? undef : File::Temp->new;
    my $timeout = $opt{timeout} || 20;
    my $target  = $opt{out} || "$body";
    my @command = (
        'curl', '-q', '-sS', '--noproxy', '*', '--max-time', $timeout,
        '--http' . ($http eq '2' ? '2' : $http),
        '-D', "$headers", '-o', $target, '-w', '%{http_code} %{http_version} %{size_download}',
    );
    push @command, '--resolve', "$host:$port:$address" if $host !~ /^[\d.]+$|^\[/;
    if ($scheme eq 'https') {
        push @command, defined $opt{ca} && !$opt{ca} ? '-k' : ('--cacert', "$ENV{SC_WORK}/pki/root.pem");
    }
    if (defined $opt{data}) {
        binmode $data;
        print {$data} $opt{data};
        $data->flush;
        push @command, '--data-binary', "\@$data";
    }
    push @command, '-T', $opt{upload} if $opt{upload};
    push @command, @{ $opt{args} || [] }, "$scheme://$host:$port$path";
    my $got = run(\@command, timeout => $timeout + 5);
    my ($code, $version) = $got->{out} =~ /^(\d+) (\S+)/;
    my @blocks = split /\r?\n\r?\n/, slurp("$headers");
    my $last = @blocks ? $blocks[-1] : '';
    my %head;
    for (split /\r?\n/, $last) {
        $head{ lc $1 } = $2 if /^([^:\s]+):\s*(.*)$/;
    }
    return {
        %$got,
        code    => ($code || 0) + 0,
        version => $version || '',
        headers => $last,
        head    => \%head,
        body    => $body ? slurp("$body") : undef,
    };
}

1;
