#!/bin/sh
# Authlib 1.9.10 and idpyoidc 5.0.0 (PyPI) refuse the access token that belongs to an ID token, for what the algorithm is called.
#
# at_hash is half of the access token's hash, made with the hash algorithm of the ID token's alg (OpenID Connect Core §3.1.3.6,
# §3.2.2.9). That is SHA-256 for ES256K (RFC 8812 §3.2) and SHA-512 for Ed25519 (RFC 8032 §5.1; the OpenID group's issue 1125),
# whether alg says EdDSA (RFC 8037 §3.1) or, as it should now, Ed25519 (RFC 9864 §2.2). Both libraries cut the hash's name out of
# alg's, Authlib from the third character on, idpyoidc the last three, and find no sha256K, no sha25519 and no DSA. Authlib has
# EdDSA as an exception (its issue 799). joserfc, which signs here, verifies them all.
#
# Seen with Python 3.11 (idpyoidc does not know ES256K at all, so it is not asked):
#   RS256: Authlib valid, idpyoidc valid
#   ES512: Authlib valid, idpyoidc valid
#   ES256K: Authlib InvalidClaimError
#   EdDSA: Authlib valid, idpyoidc AtHashError
#   Ed25519: Authlib InvalidClaimError, idpyoidc AtHashError
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    authlib==1.9.10 idpyoidc==5.0.0 cryptojwt==1.11.0 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import base64
import hashlib
import time

from authlib.oidc.core import ImplicitIDToken
from cryptojwt import KeyJar
from idpyoidc.message.oidc import AuthorizationResponse, verify_id_token
from joserfc import jwk, jwt

ISSUER, ACCESS_TOKEN = "https://login.example", "an access token"
NOW = int(time.time())
KEYS = {"RS256": ("RSA", 2048), "ES512": ("EC", "P-521"), "ES256K": ("EC", "secp256k1")}
KEYS |= {"EdDSA": ("OKP", "Ed25519"), "Ed25519": ("OKP", "Ed25519")}
HASHES = {"RS256": "sha256", "ES512": "sha512", "ES256K": "sha256", "EdDSA": "sha512", "Ed25519": "sha512"}


def by_authlib(alg, key, token):
    read = jwt.decode(token, key, algorithms=[alg])
    ImplicitIDToken(read.claims, read.header, params={"access_token": ACCESS_TOKEN, "nonce": "n"}).validate()


def by_idpyoidc(alg, key, token):
    keys = KeyJar()
    keys.import_jwks({"keys": [key.as_dict(private=False)]}, ISSUER)
    response = AuthorizationResponse(id_token=token, access_token=ACCESS_TOKEN, token_type="Bearer")
    assert verify_id_token(response, check_hash=True, keyjar=keys, iss=ISSUER, client_id="shop", allowed_sign_alg=alg)


def word(verify, *question):
    try:
        verify(*question)
        return "valid"
    except Exception as error:
        return type(error).__name__


for alg, kind in KEYS.items():
    key = jwk.generate_key(*kind, {"kid": "k"})
    digest = hashlib.new(HASHES[alg], ACCESS_TOKEN.encode()).digest()
    at_hash = base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
    claims = {"iss": ISSUER, "sub": "ada", "aud": "shop", "iat": NOW, "exp": NOW + 300, "nonce": "n", "at_hash": at_hash}
    token = jwt.encode({"alg": alg, "kid": "k"}, claims, key, algorithms=[alg])
    verifiers = {"Authlib": by_authlib} if alg == "ES256K" else {"Authlib": by_authlib, "idpyoidc": by_idpyoidc}
    print(f"{alg}: " + ", ".join(f"{name} {word(verify, alg, key, token)}" for name, verify in verifiers.items()))
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "RS256: Authlib valid, idpyoidc valid
ES512: Authlib valid, idpyoidc valid
ES256K: Authlib InvalidClaimError
EdDSA: Authlib valid, idpyoidc AtHashError
Ed25519: Authlib InvalidClaimError, idpyoidc AtHashError" ]
