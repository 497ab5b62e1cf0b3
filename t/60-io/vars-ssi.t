# SPDX-License-Identifier: Apache-2.0
# If this fails, server side includes do not see the connection's variables.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my @how = (port => port('tls'), http => $http);
    my $page = curl('https://www.example.test/ssi/page.shtml', @how);
    like($page->{body}, qr/^https=on protocol=\(none\) included=plain text$/m, "HTTP/$http: HTTPS, as always");
    my $vars = curl('https://www.example.test/ssi/vars/page.shtml', @how);
    like($vars->{body}, qr/^https=on protocol=TLSv1\.3 included=plain text$/m, 'the rest where exported');
}
my $plain = curl('http://www.example.test/ssi/vars/page.shtml', port => port('http'));
like($plain->{body}, qr/^https=\(none\) protocol=\(none\)/m, 'nothing over plain HTTP');
good_connection();

done_testing;
