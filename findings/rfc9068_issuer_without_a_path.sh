#!/bin/bash
# rfc9068 1.3.2 (PyPI) refuses the tokens of an issuer whose address has no path, and those whose times have a fraction.
#
# An issuer is compared as it is written: two strings are equal or not, and nothing is normalized (RFC 7519 §2, StringOrURI, §4.1.1; RFC
# 9068 §4). The package has iss parsed as a URL by pydantic, and compares what pydantic makes of it with the issuer that it was
# given: an empty path becomes "/", a port that is the scheme's own goes. So with https://login.example no token is
# valid, though token and setting agree to the letter, and the message shows the difference that the package itself
# has made. A NumericDate may have a fraction (RFC 7519 §2); exp and iat have to be integers here. PyJWT 2.15.1, on which the package
# stands, takes every one of these tokens.
#
# Seen with Python 3.11 (each token is made and checked for the very issuer that is named):
#   https://login.example/shop: PyJWT valid, rfc9068 valid
#   https://login.example/: PyJWT valid, rfc9068 valid
#   https://login.example: PyJWT valid, rfc9068 Expected issuer 'https://login.example', got 'https://login.example/'!
#   http://localhost:8000: PyJWT valid, rfc9068 Expected issuer 'http://localhost:8000', got 'http://localhost:8000/'!
#   https://login.example:443/shop: PyJWT valid, rfc9068 Expected issuer 'https://login.example:443/shop', got 'https://login.example/shop'!
#   https://login.example/shop, exp with a fraction: PyJWT valid, rfc9068 InvalidPayloadError
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    rfc9068==1.3.2 pydantic==2.14.4 PyJWT==2.15.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import time
from types import SimpleNamespace

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from rfc9068 import RFC9068AccessTokenValidator
from rfc9068.parser import AccessTokenParser, HeaderParser, Padder, PayloadParser, SignatureParser
from rfc9068.payload import AudienceValidator, ExpirationValidator, InvalidIssuerError, IssuerValidator
from rfc9068.signature import PyJwtJWKResolver, PyJwtSignatureValidator

KEY = rsa.generate_private_key(65537, 2048)
SET = SimpleNamespace(get_signing_key=lambda kid: SimpleNamespace(key=KEY.public_key()))
NOW = int(time.time())


def by_pyjwt(token, issuer):
    jwt.decode(token, KEY.public_key(), algorithms=["RS256"], audience="shop", issuer=issuer)


def by_rfc9068(token, issuer):
    """As the package's README puts its validator together."""
    parts = AccessTokenParser(Padder(), HeaderParser(), PayloadParser(), SignatureParser())
    signature = PyJwtSignatureValidator(PyJwtJWKResolver(SET), jwt.PyJWS())
    checks = (IssuerValidator(), AudienceValidator(), ExpirationValidator())
    RFC9068AccessTokenValidator(parts, signature, *checks, ["RS256"], issuer, "shop")(token)


def outcome(check, *given):
    try:
        check(*given)
        return "valid"
    except InvalidIssuerError as error:
        return str(error)
    except Exception as error:
        return type(error).__name__


def show(issuer, exp=NOW + 600, note=""):
    claims = {"iss": issuer, "aud": "shop", "sub": "ada", "client_id": "app", "jti": "1", "iat": NOW, "exp": exp}
    token = jwt.encode(claims, KEY, algorithm="RS256", headers={"typ": "at+jwt", "kid": "1"})
    print(f"{issuer}{note}: PyJWT {outcome(by_pyjwt, token, issuer)}, rfc9068 {outcome(by_rfc9068, token, issuer)}")


for path in ("/shop", "/", ""):
    show("https://login.example" + path)
show("http://localhost:8000")
show("https://login.example:443/shop")
show("https://login.example/shop", NOW + 600.5, ", exp with a fraction")
PY
seen=$("$dir/env/bin/python" "$dir/see.py" 2> "$dir/errors") || { cat "$dir/errors"; exit 1; }
printf '%s\n' "$seen"
[ "$seen" = "https://login.example/shop: PyJWT valid, rfc9068 valid
https://login.example/: PyJWT valid, rfc9068 valid
https://login.example: PyJWT valid, rfc9068 Expected issuer 'https://login.example', got 'https://login.example/'!
http://localhost:8000: PyJWT valid, rfc9068 Expected issuer 'http://localhost:8000', got 'http://localhost:8000/'!
https://login.example:443/shop: PyJWT valid, rfc9068 Expected issuer 'https://login.example:443/shop', got 'https://login.example/shop'!
https://login.example/shop, exp with a fraction: PyJWT valid, rfc9068 InvalidPayloadError" ]
