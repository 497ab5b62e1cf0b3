# SPDX-License-Identifier: Apache-2.0
package SC::Test;

# What every test file uses: Test::More, the facts about the test site, the log rules.
#
#     use SC::Test;
#     expect_log('SC0301');            # must be logged, may be a warning
#     ...
#     good_connection();               # the server still serves others
#     done_testing;                    # also checks the logs
use strict;
use warnings;
use Apache::TestConfig ();
use Exporter           ();
use Test::More import => [ grep { $_ ne 'done_testing' } @Test::More::EXPORT ];
use SC::Curl;
use SC::Log;
use SC::Wait;

our @EXPORT = (
    @Test::More::EXPORT, qw(
      vars port pki mpm need_mpm good_connection wait_for
      expect_log allow_log wait_log log_text
      )
);

my ($vars, $checked);

sub import {
    strict->import;
    warnings->import;
    goto &Exporter::import;
}

BEGIN {
    *expect_log = \&SC::Log::expect_log;
    *allow_log  = \&SC::Log::allow_log;
    *wait_log   = \&SC::Log::wait_log;
    *log_text   = \&SC::Log::text;
}

# One of the values Apache::Test and t/TEST know: vars('documentroot').
sub vars {
    my ($name) = @_;
    $vars ||= Apache::TestConfig->thaw->{vars};
    die "no test variable $name\n" if !exists $vars->{$name};
    return $vars->{$name};
}

# A port of the test site by its name (see t/TEST); "http" is the plain one.
sub port {
    my ($name) = @_;
    return $name if $name =~ /^\d+$/;
    return vars($name eq 'http' ? 'port' : "port_$name");
}

# The path of a file that t/pki/make made.
sub pki {
    my ($name) = @_;
    my $file = "$ENV{SC_WORK}/pki/$name";
    die "no such test certificate: $name\n" if !-e $file;
    return $file;
}

sub mpm { return $ENV{SC_MPM} }

# Says which MPMs a test is about; t/run-suite reads this line and leaves the test out for the others.
sub need_mpm {
    my @names = @_;
    return if grep { $_ eq mpm() } @names;
    die "this is about the @names MPM\n";
}

# One ordinary request that must succeed.
sub good_connection {
    my (%opt) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $name = delete $opt{name} || 'a good connection right afterwards';
    my $host = delete $opt{host} || 'www.example.test';
    my $got  = curl("https://$host/plain.txt", port => port(delete $opt{port} || 'tls'), %opt);
    return ok($got->{code} == 200 && $got->{body} eq "plain text\n", $name)
      || diag("curl exit $got->{exit}, status $got->{code}: $got->{err}");
}

# Test::More's, after one more test: the logs hold nothing that was not announced.
sub done_testing {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $_->stop for SC::Httpd->can('running') ? SC::Httpd::running() : ();
    $checked = 1;
    my @complaints = SC::Log::complaints();
    ok(!@complaints, 'the error log holds nothing unannounced') || diag(join "\n", @complaints);
    return Test::More::done_testing();
}

END {
    if (!$checked) {
        my @complaints = SC::Log::complaints();
        diag(join "\n", @complaints) if @complaints;
        $? ||= 1;
    }
}

1;
