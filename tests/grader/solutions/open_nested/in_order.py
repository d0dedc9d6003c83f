"""Open, look at cty, look who wrote it, verify."""

from jwt_from_scratch import Key, peek
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services.sealed import unseal


def verify(token, key):
    return json_loads_strict(verify_signature(token, Key.from_jwk(key)).payload)


def open_nested(token: str, key: bytes, issuers: dict) -> dict:
    inner = unseal(token, key, ["dir", "A256GCM"]).decode()
    header = json_loads_strict(b64u_decode(token.split(".")[0]))
    if header.get("cty") != "JWT":
        raise ValueError("cty")
    iss = peek(inner).unverified_claims.get("iss")
    if not isinstance(iss, str) or iss not in issuers:
        raise ValueError("an issuer that is not trusted")
    return verify(inner, issuers[iss])
