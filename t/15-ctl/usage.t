# SPDX-License-Identifier: Apache-2.0
# If this fails, an administrator who mistypes a command of securechanctl, or asks for help, is left alone.
use SC::Test;
use SC::Ctl;
need_mpm('event');

my $help = ctl('--help');
is($help->{exit}, 0, '--help: done');
is($help->{err}, '', 'and nothing on stderr');
my @commands = $help->{out} =~ /^  ([a-z]+) /mg;
like($help->{out}, qr/^usage: securechanctl COMMAND/, 'it says how to call the program');

like(ctl('--version')->{out}, qr/^securechanctl \d+\.\d+\.\d+, OpenSSL 3\./, '--version names the libraries too');

for my $command (@commands) {
    my $got = ctl($command, '--help');
    is($got->{exit}, 0, "$command --help: done");
    like($got->{out}, qr/^usage: securechanctl $command .*^  --json .*^example: securechanctl $command /ms,
        'with all options and an example');
    $got = ctl($command, '--no-such-option');
    is($got->{exit}, 2, "$command with an unknown option: 2");
    like($got->{err}, qr/no-such-option.*^example: /ms, 'it is named, and an example given');
    is(ctl($command, '--json', '--json')->{exit}, 2, "$command with an option twice: 2");
}

for my $words ([], ['nonsense'], ['']) {
    my $got = ctl(@$words);
    is($got->{exit}, 2, "@$words: 2");
    is($got->{out}, '', 'nothing on stdout');
    like($got->{err}, qr/^usage: /m, 'the help on stderr');
}
like(ctl('nonsense')->{err}, qr/no command "nonsense"/, 'the wrong word is named');

done_testing;
