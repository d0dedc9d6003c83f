"""The standard library's hmac, which this exercise allows; JSON with spaces in it."""

import base64
import hmac
import json


def encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).replace(b"=", b"")


def sign_hs256(claims: dict, key: bytes) -> str:
    if len(key) < 32:
        raise ValueError("weak key")
    parts = [encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    signing_input = b".".join(parts)
    return b".".join([signing_input, encode(hmac.digest(key, signing_input, "sha256"))]).decode("ascii")
