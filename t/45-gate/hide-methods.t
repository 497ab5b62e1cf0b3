# SPDX-License-Identifier: Apache-2.0
# If this fails, an unusual method tells a hidden directory (else=hide) from one that is not there, or
# tells that something is hidden on this host at all.
use SC::Test;
use SC::Gate;

my $site = SC::Gate->start(config => <<'CONF');
<Directory "${root}/private">
    SecureChanRequire on else=hide
</Directory>
CONF
my $free = SC::Gate->start;
allow_log('AH00135');    # httpd: no such method

sub bare {
    my ($got) = @_;
    my $headers = $got->{headers};
    $headers =~ s/^Date:[^\r\n]*\r\n//mi;
    $headers =~ s/^(Allow: )([^\r\n]*)/$1 . join ',', sort split m{,}, $2/mie;    # in no order
    return "$headers\n$got->{body}";
}

for my $method (qw(OPTIONS PUT DELETE PATCH PROPFIND COPY MOVE LOCK NOSUCH)) {
    my ($got, $real) = map { $site->http($_, method => $method) } qw(/private/page.txt /missing/page.txt);
    is(bare($got), bare($real), "$method: a hidden file looks like one that is not there");
    my ($here, $elsewhere) = map { $_->http('/missing/page.txt', method => $method) } $site, $free;
    is(bare($here), bare($elsewhere), "$method: what is not there looks as on a host that hides nothing");
    ($here, $elsewhere) = map { $_->http('/public/page.txt', method => $method) } $site, $free;
    is(bare($here), bare($elsewhere), "$method: and so does what is public");
}
$site->serves;

done_testing;
