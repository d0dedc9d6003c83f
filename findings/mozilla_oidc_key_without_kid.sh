#!/bin/sh
# mozilla-django-oidc 5.0.2 (PyPI) ends in a KeyError when a key in the provider's set has no kid.
#
# "kid" is optional in a JWK (RFC 7517 §4.5). The login looks through the whole set for the token's kid and asks every key
# for its own, also behind the right one, also an elliptic one while it looks for RSA. So one key without a kid, added by
# the provider for some other purpose, and nobody can log in.
#
# Seen with Python 3.11, Django 5.2:
#   all keys have a kid: read
#   one key has none: KeyError 'kid'
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    mozilla-django-oidc==5.0.2 django==5.2.19 joserfc==1.8.0 pyjwt==2.15.1
cat > "$dir/see.py" <<'PY'
from unittest import mock

import django
from django.conf import settings
from joserfc import jwk, jwt

settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    OIDC_OP_TOKEN_ENDPOINT="-", OIDC_OP_USER_ENDPOINT="-", OIDC_OP_JWKS_ENDPOINT="-",
    OIDC_RP_CLIENT_ID="shop", OIDC_RP_CLIENT_SECRET="-", OIDC_RP_SIGN_ALGO="RS256",
)
django.setup()
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

right, other = jwk.RSAKey.generate_key(2048), jwk.ECKey.generate_key("P-256")
named = {**right.as_dict(private=False), "kid": "2026-11", "alg": "RS256"}
unnamed = {name: value for name, value in other.as_dict(private=False).items() if name != "kid"}
token = jwt.encode({"alg": "RS256", "kid": "2026-11"}, {"sub": "ada"}, right).encode()
sets = {"all keys have a kid": [named, {**unnamed, "kid": "e1"}], "one key has none": [named, unnamed]}
for what, keys in sets.items():
    answer = mock.Mock(json=lambda keys=keys: {"keys": keys})
    with mock.patch("mozilla_django_oidc.auth.requests.get", return_value=answer):
        try:
            backend = OIDCAuthenticationBackend()
            backend._verify_jws(token, backend.retrieve_matching_jwk(token))
            print(f"{what}: read")
        except KeyError as error:
            print(f"{what}: KeyError {error}")
PY
seen=$("$dir/env/bin/python" "$dir/see.py" 2> /dev/null)
printf '%s\n' "$seen"
[ "$seen" = "all keys have a kid: read
one key has none: KeyError 'kid'" ]
