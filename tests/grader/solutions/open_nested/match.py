"""Patterns, and the key looked up by one."""

from jwt_from_scratch import Key, peek, verify
from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services import sealed


def key_for(claims, issuers):
    match claims:
        case {"iss": str(iss)} if iss in issuers:
            return Key.from_jwk(issuers[iss])
    raise ValueError("nobody that we trust")


def open_nested(token, key, issuers):
    plaintext = sealed.unseal(token, key, ("A256GCM", "dir"))
    match json_loads_strict(b64u_decode(token.partition(".")[0])):
        case {"cty": "JWT"}:
            inner = str(plaintext, "ascii")
            signed = verify(inner, key_for(peek(inner).unverified_claims, issuers))
            return json_loads_strict(signed.payload)
        case _:
            raise ValueError("cty")
