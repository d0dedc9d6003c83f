# What all Perl drivers share: the protocol of interop/__init__.py.
package Driver;
use strict; use warnings;
use JSON::PP (); use MIME::Base64 qw(encode_base64 decode_base64url);
use Exporter 'import';
our @EXPORT = qw(beyond pick serve numbers);

my $questions = JSON::PP->new->utf8;
my $claims = JSON::PP->new->utf8->allow_nonref->canonical->allow_blessed->convert_blessed->allow_bignum;
my $answers = JSON::PP->new->ascii->canonical;

sub beyond { die { beyond => $_[0] } }

# The key in the first of these forms that the question offers, and which one it is.
sub pick {
    my ($asked, @forms) = @_;
    for my $form (@forms) {
        next unless exists $asked->{key}{$form};
        my $key = $asked->{key}{$form};
        return ($form, $form eq 'secret' ? decode_base64url($key) : $key);
    }
    beyond('key form ' . join(', ', sort keys %{ $asked->{key} }));
}

sub numbers { my ($asked) = @_; beyond('a date type') if defined $asked->{date}; return $asked->{mint} }

sub answer {
    my ($asked, $read, $mint) = @_;
    if ($asked->{mint}) { beyond('minting') unless $mint; return { token => $mint->($asked) } }
    my $found = $read->($asked);
    if (ref $found) { my $text = $claims->encode($found); utf8::decode($text); return { claims => $text } }
    $found = '' unless defined $found;
    utf8::encode($found) if utf8::is_utf8($found);
    return { bytes => encode_base64($found, '') };
}

# Answer one question after the other, until stdin ends.
sub serve {
    my ($read, $mint) = @_;
    $| = 1;
    while (my $line = <STDIN>) {
        my $asked = $questions->decode($line);
        my $said = eval { answer($asked, $read, $mint) };
        if (my $error = $@) {
            if (ref $error eq 'HASH') { $said = $error }
            else {
                my $why = ref $error && eval { $error->can('message') } ? $error->message : "$error";
                $why =~ s/\s+/ /g;
                $why =~ s/ at \S+ line \d+\.//;
                $said = { refused => substr($why, 0, 200) };
            }
        }
        print $answers->encode({ id => $asked->{id}, %$said }), "\n";
    }
}
1;
