#!/bin/bash
# axa-fr-oidc 2.2.0 (PyPI) knows the key of a DPoP proof again only if it is an elliptic one.
#
# A proof may be signed with any asymmetric algorithm that the server supports, and the access token names its key by the
# thumbprint (RFC 9449 §4.2, §6.1; RFC 7638). What counts for it is e, kty and n for RSA (RFC 7638 §3.2), crv, kty and x for
# Ed25519 (RFC 8037 §2). The package makes the thumbprint itself, always of crv, kty, x and y, after it has verified the
# signature. What else a key has ends in a KeyError, whose text is all that the result says: "'crv'" or "'y'". Its README speaks
# of DPoP without a word about keys. joserfc, which signs here, finds proof, hash and thumbprint right.
#
# Seen with Python 3.11 (the access token is the same but for its thumbprint, signed with RS256):
#   P-256, ES256: joserfc right, axa-fr-oidc right
#   P-384, ES384: joserfc right, axa-fr-oidc right
#   RSA, RS256: joserfc right, axa-fr-oidc refused, "'crv'"
#   RSA, PS256: joserfc right, axa-fr-oidc refused, "'crv'"
#   Ed25519, EdDSA: joserfc right, axa-fr-oidc refused, "'y'"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    axa-fr-oidc==2.2.0 jwskate==0.12.2 joserfc==1.8.0 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import base64
import hashlib
import time
import uuid
from types import SimpleNamespace

from axa_fr_oidc import OidcValidator
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

ISSUER, RESOURCE, NOW = "https://login.example", "https://api.example/orders", int(time.time())
PROVIDER = RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256", "use": "sig"})
ANSWERS = {
    f"{ISSUER}/.well-known/openid-configuration": {"jwks_uri": f"{ISSUER}/keys", "token_endpoint": f"{ISSUER}/token"},
    f"{ISSUER}/keys": {"keys": [PROVIDER.as_dict(private=False)]},
}
KEYS = {
    ("P-256", "ES256"): ECKey.generate_key("P-256"),
    ("P-384", "ES384"): ECKey.generate_key("P-384"),
    ("RSA", "RS256"): RSAKey.generate_key(2048),
    ("RSA", "PS256"): RSAKey.generate_key(2048),
    ("Ed25519", "EdDSA"): OKPKey.generate_key("Ed25519"),
}


def registry(alg):
    """A key in the header makes it longer than joserfc expects."""
    allowed = jws.JWSRegistry(algorithms=[alg])
    allowed.max_header_length = 2048
    return allowed


def hashed(token):
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")


def access_token(key):
    claims = {"iss": ISSUER, "sub": "ada", "iat": NOW, "exp": NOW + 600, "cnf": {"jkt": key.thumbprint()}}
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, PROVIDER)


def proof(key, alg, access):
    claims = {"jti": str(uuid.uuid4()), "htm": "GET", "htu": RESOURCE, "iat": NOW, "ath": hashed(access)}
    header = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key, registry=registry(alg))


def by_joserfc(key, alg, access, bound):
    public = type(key).import_key(key.as_dict(private=False))
    found = jwt.decode(bound, public, registry=registry(alg))
    promised = jwt.decode(access, PROVIDER, algorithms=["RS256"]).claims["cnf"]["jkt"]
    return "right" if found.claims["ath"] == hashed(access) and public.thumbprint() == promised else "wrong"


def by_axa(access, bound):
    server = OidcValidator(issuer=ISSUER, http_service=SimpleNamespace(get=ANSWERS.__getitem__))
    result = server.validate_token(access, bound, "/orders", "GET")
    return "right" if result.success else f'refused, "{result.error}"'


for (name, alg), key in KEYS.items():
    access = access_token(key)
    bound = proof(key, alg, access)
    print(f"{name}, {alg}: joserfc {by_joserfc(key, alg, access, bound)}, axa-fr-oidc {by_axa(access, bound)}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "P-256, ES256: joserfc right, axa-fr-oidc right
P-384, ES384: joserfc right, axa-fr-oidc right
RSA, RS256: joserfc right, axa-fr-oidc refused, \"'crv'\"
RSA, PS256: joserfc right, axa-fr-oidc refused, \"'crv'\"
Ed25519, EdDSA: joserfc right, axa-fr-oidc refused, \"'y'\"" ]
