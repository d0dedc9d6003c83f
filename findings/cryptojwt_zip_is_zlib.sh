#!/bin/sh
# cryptojwt 1.11.0 (PyPI) writes and reads compressed tokens in another format than the standard's.
#
# "zip":"DEF" is raw DEFLATE (RFC 7516 §4.1.3, RFC 1951). cryptojwt puts the header and the checksum of zlib (RFC 1950) around
# it. It does not read what others compress, nor they what it compresses; the signature of the encryption is right, so
# what goes wrong goes wrong after the check.
#
# Seen with Python 3.11 (RSA-OAEP, A128GCM):
#   jwcrypto wrote: joserfc read, cryptojwt error
#   cryptojwt wrote: jwcrypto InvalidJWEData, cryptojwt read
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
from cryptojwt.jwe.jwe import JWE, factory
from cryptojwt.jwk.jwk import key_from_jwk_dict
from jwcrypto import jwe, jwk

TEXT = b"hello " * 50
key = jwk.JWK.generate(kty="RSA", size=2048)
members = key.export_private(as_dict=True)
theirs = [key_from_jwk_dict(dict(members))]


def by_jwcrypto(token):
    found = jwe.JWE()
    found.deserialize(token, key)
    return found.payload


def by_joserfc(token):
    algorithms = ["RSA-OAEP", "A128GCM", "DEF"]
    return joserfc.jwe.decrypt_compact(token, joserfc.jwk.import_key(members), algorithms=algorithms).plaintext


def by_cryptojwt(token):
    return factory(token, alg="RSA-OAEP", enc="A128GCM").decrypt(token, theirs)


def word(read, token):
    try:
        return "read" if read(token) == TEXT else "something else"
    except Exception as error:
        return type(error).__name__


header = {"alg": "RSA-OAEP", "enc": "A128GCM", "zip": "DEF"}
one = jwe.JWE(TEXT, json.dumps(header), recipient=key).serialize(compact=True)
print(f"jwcrypto wrote: joserfc {word(by_joserfc, one)}, cryptojwt {word(by_cryptojwt, one)}")
other = JWE(TEXT, **header).encrypt(theirs)
print(f"cryptojwt wrote: jwcrypto {word(by_jwcrypto, other)}, cryptojwt {word(by_cryptojwt, other)}")
PY
seen=$("$dir/env/bin/python" -W ignore "$dir/see.py")
printf '%s\n' "$seen"
[ "$seen" = "jwcrypto wrote: joserfc read, cryptojwt error
cryptojwt wrote: jwcrypto InvalidJWEData, cryptojwt read" ]
