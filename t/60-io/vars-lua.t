# SPDX-License-Identifier: Apache-2.0
# If this fails, Lua scripts see an insecure connection where it is secure.
use SC::Test;
use SC::Curl;

for my $http (mpm() eq 'prefork' ? '1.1' : qw(1.1 2)) {
    my $got = curl('https://www.example.test/lua/show.lua', port => port('tls'), http => $http);
    like($got->{body}, qr/^https=true$/m, "HTTP/$http: is_https");
    like($got->{body}, qr/^protocol=TLSv1\.3$/m, 'ssl_var_lookup');
}
like(curl('http://www.example.test/lua/show.lua', port => port('http'))->{body}, qr/^https=false$/m,
    'plain HTTP: not');
good_connection();

done_testing;
