"""The given helpers and hmac, step by step."""

import hashlib
import hmac

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict


def verify_hs256(token: str, key: bytes) -> dict:
    if len(key) < 32:
        raise ValueError("weak key")
    segments = token.split(".")
    if len(segments) != 3:
        raise ValueError("three segments")
    head, body, seal = segments
    header = json_loads_strict(b64u_decode(head))
    if type(header) is not dict or header.get("alg") != "HS256":
        raise ValueError("alg")
    mac = hmac.new(key, token[: token.rindex(".")].encode("ascii"), hashlib.sha256)
    if not hmac.compare_digest(mac.digest(), b64u_decode(seal)):
        raise ValueError("signature")
    claims = json_loads_strict(b64u_decode(body))
    if type(claims) is not dict:
        raise ValueError("claims")
    return claims
