#!/bin/sh
# Crypt::JWT 0.034 (Debian's libcrypt-jwt-perl) gives undef, and no error, for a JWE whose header names the two parties.
#
# With ECDH-ES the header may say who talks to whom, apu and apv (RFC 7518 §4.6.1); both go into the key's derivation, decoded
# from base64url. What jwcrypto 1.6.1 encrypts with them, the module does not get; what jwcrypto encrypts without, it does.
# joserfc 1.8.0 reads both.
#
# Needs apt-get and Perl 5.36 (nothing is installed: the packages are unpacked into a temporary folder). Seen on Debian 12:
#   without apu and apv: joserfc hello, Crypt::JWT hello
#   with apu and apv: joserfc hello, Crypt::JWT undef
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check jwcrypto==1.6.1 joserfc==1.8.0 cryptography==50.0.2
apt-get download -qq libcrypt-jwt-perl=0.034-1 libcryptx-perl libjson-perl libtomcrypt1 libtommath1 2> /dev/null
for package in *.deb; do dpkg -x "$package" root; done
cat > make.py <<'PY'
import json

import joserfc.jwe
import joserfc.jwk
from jwcrypto import jwe, jwk

key = jwk.JWK.generate(kty="EC", crv="P-256")
members = key.export_private(as_dict=True)
plain = {"alg": "ECDH-ES", "enc": "A256GCM"}
for what, header in {"without": plain, "with": {**plain, "apu": "QWxpY2U", "apv": "Qm9i"}}.items():
    token = jwe.JWE(b"hello", json.dumps(header), recipient=key).serialize(compact=True)
    read = joserfc.jwe.decrypt_compact(token, joserfc.jwk.import_key(members)).plaintext.decode()
    print(json.dumps({"what": what, "key": members, "token": token, "joserfc": read}))
PY
cat > see.pl <<'PERL'
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use JSON::PP;

while (my $line = <STDIN>) {
    my $case = decode_json($line);
    my $found = decode_jwt(token => $case->{token}, key => $case->{key}) // 'undef';
    print "$case->{what} apu and apv: joserfc $case->{joserfc}, Crypt::JWT $found\n";
}
PERL
PERL5LIB=$(find "$dir/root/usr" -type d \( -name perl5 -o -path '*/perl5/5.*' \) -prune -print | tr '\n' ':')
PERL5LIB="$PERL5LIB$(find "$dir/root/usr/lib" -type d -path '*/perl5/5.*' -prune | tr '\n' ':')"
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libtomcrypt.so.1' | head -n 1)")
export PERL5LIB LD_LIBRARY_PATH
seen=$(env/bin/python make.py | perl see.pl)
printf '%s\n' "$seen"
[ "$seen" = "without apu and apv: joserfc hello, Crypt::JWT hello
with apu and apv: joserfc hello, Crypt::JWT undef" ]
