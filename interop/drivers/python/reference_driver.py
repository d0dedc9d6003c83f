"""This project's own module. With the argument `no-exp`, `decode` requires no claims."""

import sys

from driver import Beyond, only, pick, serve

from jwt_from_scratch import Key, KeySet, decode, encode, verify

OPTIONS = {"require": ()} if "no-exp" in sys.argv else {}


def key_of(case):
    form, key = pick(case, "jwk", "secret", "pem", "jwks")
    if form == "jwks":
        return KeySet.from_jwks(key)
    if form == "jwk":
        return Key.from_jwk(key, None if "alg" in key else case["alg"])
    return Key.from_secret(key, case["alg"]) if form == "secret" else Key.from_pem(key, case["alg"])


def read(case):
    only(case, "compact", "detached", "detached-b64false", "b64false", "flat", "general")
    if case["kind"] == "jws":
        return verify(case["token"], key_of(case)).payload
    return decode(case["token"], key_of(case), audience=case["aud"], issuer=case["iss"], **OPTIONS)


def mint(case):
    if case["date"] is not None:
        raise Beyond("a date type")
    return encode(case["mint"], key_of(case))


serve(read, mint)
