#!/bin/sh
# cryptojwt 1.11.0 (PyPI) decrypts ECDH-ES, and no ECDH-ES+A128KW, +A192KW or +A256KW that another library made.
#
# The key that wraps is derived from the agreed secret, the algorithm's name and the wrapping key's length (RFC 7518
# §4.6.2). Other libraries agree on the outcome; cryptojwt agrees with itself alone. With plain ECDH-ES, where the derived
# key is the content's own, it is as the others.
#
# Seen with Python 3.11 (jwcrypto encrypts, for a P-256 key, with A256GCM):
#   ECDH-ES: jwcrypto read, joserfc read, cryptojwt read
#   ECDH-ES+A128KW: jwcrypto read, joserfc read, cryptojwt InvalidUnwrap
#   ECDH-ES+A192KW: jwcrypto read, joserfc read, cryptojwt InvalidUnwrap
#   ECDH-ES+A256KW: jwcrypto read, joserfc read, cryptojwt InvalidUnwrap
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --no-cache-dir --disable-pip-version-check \
    cryptojwt==1.11.0 joserfc==1.8.0 jwcrypto==1.6.1 cryptography==50.0.2
cat > "$dir/see.py" <<'PY'
import json

import joserfc.jwe
import joserfc.jwk
from cryptojwt.jwe.jwe import factory
from cryptojwt.jwk.jwk import key_from_jwk_dict
from jwcrypto import jwe, jwk

key = jwk.JWK.generate(kty="EC", crv="P-256")
members = key.export_private(as_dict=True)


def by_jwcrypto(token, alg):
    found = jwe.JWE()
    found.deserialize(token, key)
    return found.payload


def by_joserfc(token, alg):
    return joserfc.jwe.decrypt_compact(token, joserfc.jwk.import_key(members), algorithms=[alg, "A256GCM"]).plaintext


def by_cryptojwt(token, alg):
    return factory(token, alg=alg, enc="A256GCM").decrypt(token, [key_from_jwk_dict(dict(members))])


def word(read, *question):
    try:
        return "read" if read(*question) == b"hello" else "something else"
    except Exception as error:
        return type(error).__name__


readers = {"jwcrypto": by_jwcrypto, "joserfc": by_joserfc, "cryptojwt": by_cryptojwt}
for alg in ("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"):
    made = jwe.JWE(b"hello", json.dumps({"alg": alg, "enc": "A256GCM"}), recipient=key).serialize(compact=True)
    print(f"{alg}: " + ", ".join(f"{name} {word(read, made, alg)}" for name, read in readers.items()))
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "ECDH-ES: jwcrypto read, joserfc read, cryptojwt read
ECDH-ES+A128KW: jwcrypto read, joserfc read, cryptojwt InvalidUnwrap
ECDH-ES+A192KW: jwcrypto read, joserfc read, cryptojwt InvalidUnwrap
ECDH-ES+A256KW: jwcrypto read, joserfc read, cryptojwt InvalidUnwrap" ]
