use strict; use warnings; no warnings qw(numeric portable overflow);
use FindBin; use lib $FindBin::Bin;
use Driver; use Crypt::JWT;

serve(
    sub {
        my ($asked) = @_;
        beyond("alg $asked->{alg}") unless $asked->{alg} =~ /^(EdDSA|(HS|RS|PS)(256|384|512)|ES(256|256K|384|512))$/;
        beyond("form $asked->{form}") unless $asked->{form} =~ /^(compact|flat)$/;
        my ($form, $key) = pick($asked, qw(secret pem jwk jwks));
        my @how = $form eq 'jwks' ? (kid_keys => $key) : (key => $form eq 'pem' ? \$key : $key);
        push @how, verify_aud => $asked->{aud} if defined $asked->{aud};
        push @how, verify_iss => $asked->{iss} if defined $asked->{iss};
        push @how, decode_payload => 0 if $asked->{kind} eq 'jws';
        return Crypt::JWT::decode_jwt(token => $asked->{token}, accepted_alg => $asked->{alg}, @how);
    },
    sub {
        my ($asked) = @_;
        my ($form, $key) = pick($asked, qw(secret pem));
        my $given = $form eq 'pem' ? \$key : $key;
        return Crypt::JWT::encode_jwt(payload => numbers($asked), alg => $asked->{alg}, key => $given);
    },
);
