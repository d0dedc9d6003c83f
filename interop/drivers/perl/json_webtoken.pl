use strict; use warnings;
use FindBin; use lib $FindBin::Bin;
use Driver; use JSON::WebToken;

sub known { my ($asked) = @_; beyond("alg $asked->{alg}") unless $asked->{alg} =~ /^(HS|RS)(256|384|512)$/ }

serve(
    sub {
        my ($asked) = @_;
        beyond("form $asked->{form}") unless $asked->{form} eq 'compact';
        known($asked);
        my ($form, $key) = pick($asked, qw(secret pem));
        return JSON::WebToken->decode($asked->{token}, $key, 1, [$asked->{alg}]);
    },
    sub {
        my ($asked) = @_;
        known($asked);
        my ($form, $key) = pick($asked, qw(secret pem));
        return JSON::WebToken->encode(numbers($asked), $key, $asked->{alg});
    },
);
