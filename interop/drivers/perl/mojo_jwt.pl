use strict; use warnings;
use FindBin; use lib $FindBin::Bin;
use Driver; use Mojo::JWT;

serve(
    sub {
        my ($asked) = @_;
        beyond("form $asked->{form}") unless $asked->{form} eq 'compact';
        beyond("alg $asked->{alg}") unless $asked->{alg} =~ /^(HS|RS)(256|384|512)$/;
        my ($form, $key) = pick($asked, qw(secret pem jwks));
        my $jwt = Mojo::JWT->new($form eq 'secret' ? (secret => $key) : $form eq 'pem' ? (public => $key) : ());
        $jwt->add_jwkset($key) if $form eq 'jwks';
        return $jwt->decode($asked->{token}, sub { die "alg" if $_[0]->algorithm ne $asked->{alg} });
    },
    sub {
        my ($asked) = @_;
        beyond("alg $asked->{alg}") unless $asked->{alg} =~ /^(HS|RS)(256|384|512)$/;
        my ($form, $key) = pick($asked, qw(secret pem));
        my %claims = %{ $asked->{mint} };
        my $jwt = Mojo::JWT->new(secret => $key, algorithm => $asked->{alg});
        if (defined $asked->{date}) { delete $claims{exp}; $jwt->expires($asked->{date}) }
        return $jwt->claims(\%claims)->encode;
    },
);
