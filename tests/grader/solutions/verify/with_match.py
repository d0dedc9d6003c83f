"""The key decides, one case for each kind."""

import hashlib
import hmac

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict


def verify(token: str, key: dict) -> dict:
    header, payload, signature = token.split(".")
    head = json_loads_strict(b64u_decode(header))
    if not isinstance(head, dict) or head.get("alg") != key.get("alg"):
        raise ValueError("the header's alg is not the key's")
    if "crit" in head or "b64" in head:
        raise ValueError("an extension that this verifier does not know")
    message, seal = f"{header}.{payload}".encode(), b64u_decode(signature)
    match key:
        case {"kty": "oct", "alg": "HS256", "k": str(k)}:
            secret = b64u_decode(k)
            if len(secret) < 32:
                raise ValueError("an HS256 key has at least 32 bytes")
            fits = hmac.compare_digest(hmac.new(secret, message, hashlib.sha256).digest(), seal)
        case _:
            raise ValueError("not a key that this verifier can use")
    if not fits:
        raise ValueError("the signature does not fit")
    claims = json_loads_strict(b64u_decode(payload))
    if not isinstance(claims, dict):
        raise ValueError("the claims must be an object")
    return claims
