# SPDX-License-Identifier: Apache-2.0
# If this fails, a listing in clear shows what is flagged, or its header and footer are taken from it.
use SC::Test;
use SC::Gate;

for my $options ('FancyIndexing', 'ShowForbidden HTMLTable', '-FancyIndexing') {
    for my $else (qw(deny redirect hide)) {
        my %files = ('list/seen.txt' => "x\n", 'list/secretdir/a.txt' => SECRET, 'list/b.secret' => SECRET);
        my $site = SC::Gate->start(config => <<"CONF", files => \%files);
<Directory "\${root}">
    Options +Indexes
    DirectoryIndex disabled
    IndexOptions $options
    HeaderName /private/page.txt
    ReadmeName /private/sub/one.txt
</Directory>
<Directory "\${root}/private">
    SecureChanRequire on else=$else
</Directory>
<Directory "\${root}/list/secretdir">
    SecureChanRequire on else=$else
</Directory>
<Files "*.secret">
    SecureChanRequire on else=$else
</Files>
CONF
        my $top = $site->http('/');
        like($top->{body}, qr/public/, "$options, else=$else: the listing");
        has_no_secret($top, 'has no header or footer from the flagged directory');
        unlike($top->{body}, qr{href="/?private}, 'and does not name it') if $options !~ /ShowForbidden/;
        my $list = $site->http('/list/');
        like($list->{body}, qr/seen\.txt/, 'what is not flagged is listed');
        unlike($list->{body}, qr/secret/, 'what is flagged is not') if $options !~ /ShowForbidden/ || $else eq 'hide';
        my $secure = $site->https('/list/');
        like($secure->{body}, qr/secretdir.*?b\.secret|b\.secret.*?secretdir/s, 'over https all of it is');
        like($site->https('/')->{body}, qr/the secret words/, 'with header and footer');
        isnt($site->http('/private/')->{status}, 200, 'its own listing is refused');
        unlike($site->http('/private/?C=M;O=D')->{body}, qr/page\.txt"/, 'also sorted');
    }
}

done_testing;
