#!/bin/sh
# cjose 0.6.2.1 (Debian's libcjose0) decrypts a compressed token, reports success, and hands over the compressed bytes.
#
# A recipient has to know "zip" (RFC 7516 §4.1.3: it must be understood and processed), and the last step of decrypting is to
# uncompress (§5.2). The library takes the header as it comes and does not look for zip. There is no error to handle: the
# caller, such as Apache's mod_auth_openidc, which is built on it, finds bytes where claims should be. jwcrypto 1.6.1 and
# joserfc 1.8.0 read the same tokens.
#
# Needs apt-get (nothing is installed: the packages are unpacked into a temporary folder). Seen on Debian 12 with Python 3.11
# (jwcrypto encrypts):
#   A128KW, A128GCM: jwcrypto read, joserfc read, cjose read
#   A128KW, A128GCM, zip: jwcrypto read, joserfc read, cjose success, still compressed
#   RSA-OAEP, A128CBC-HS256: jwcrypto read, joserfc read, cjose read
#   RSA-OAEP, A128CBC-HS256, zip: jwcrypto read, joserfc read, cjose success, still compressed
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env
env/bin/pip install --quiet --no-cache-dir --disable-pip-version-check jwcrypto==1.6.1 joserfc==1.8.0 cryptography==50.0.2
apt-get download -qq libcjose0=0.6.2.1-1+deb12u2 libjansson4 libssl3 2> /dev/null
for package in *.deb; do dpkg -x "$package" root; done
cat > see.py <<'PY'
import ctypes
import json
import zlib

import joserfc.jwe
import joserfc.jwk
from jwcrypto import jwe, jwk

TEXT = json.dumps({"sub": "ada", "groups": ["students"] * 20}).encode()
cjose = ctypes.CDLL("libcjose.so.0")
for function in (cjose.cjose_jwk_import, cjose.cjose_jwe_import, cjose.cjose_jwe_decrypt):
    function.restype = ctypes.c_void_p


def by_jwcrypto(token, key, header):
    found = jwe.JWE()
    found.deserialize(token, key)
    return found.payload


def by_joserfc(token, key, header):
    return joserfc.jwe.decrypt_compact(token, joserfc.jwk.import_key(key.export(as_dict=True)), list(header.values())).plaintext


def by_cjose(token, key, header):
    members, size = key.export().encode(), ctypes.c_size_t()
    imported = cjose.cjose_jwk_import(members, ctypes.c_size_t(len(members)), None)
    parsed = cjose.cjose_jwe_import(token.encode(), ctypes.c_size_t(len(token)), None)
    found = cjose.cjose_jwe_decrypt(ctypes.c_void_p(parsed), ctypes.c_void_p(imported), ctypes.byref(size), None)
    return ctypes.string_at(found, size.value) if found else None


def word(found):
    if found is None:
        return "failure"
    if found == TEXT:
        return "read"
    return "success, still compressed" if zlib.decompress(found, wbits=-15) == TEXT else "success, something else"


readers = {"jwcrypto": by_jwcrypto, "joserfc": by_joserfc, "cjose": by_cjose}
octets, rsa = jwk.JWK.generate(kty="oct", size=128), jwk.JWK.generate(kty="RSA", size=2048)
for alg, enc, key in (("A128KW", "A128GCM", octets), ("RSA-OAEP", "A128CBC-HS256", rsa)):
    for more in ({}, {"zip": "DEF"}):
        header = {"alg": alg, "enc": enc} | more
        token = jwe.JWE(TEXT, json.dumps(header), recipient=key).serialize(compact=True)
        seen = ", ".join(f"{name} {word(read(token, key, header))}" for name, read in readers.items())
        print(", ".join([alg, enc, *more]) + ": " + seen)
PY
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libcjose.so.0' | head -n 1)")
export LD_LIBRARY_PATH
seen=$(env/bin/python -W ignore see.py)
printf '%s\n' "$seen"
[ "$seen" = "A128KW, A128GCM: jwcrypto read, joserfc read, cjose read
A128KW, A128GCM, zip: jwcrypto read, joserfc read, cjose success, still compressed
RSA-OAEP, A128CBC-HS256: jwcrypto read, joserfc read, cjose read
RSA-OAEP, A128CBC-HS256, zip: jwcrypto read, joserfc read, cjose success, still compressed" ]
