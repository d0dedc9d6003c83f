"""The text is put together by hand, only each value is written by `json.dumps`, because it may need an escape."""

import hashlib
import json

from jwt_from_scratch.encoding import b64u_encode


def jwk_thumbprint(jwk: dict) -> str:
    try:
        names = {"oct": ["k"], "OKP": ["crv", "x"], "EC": ["crv", "x", "y"], "RSA": ["e", "n"]}[jwk["kty"]] + ["kty"]
        parts = []
        for name in sorted(names):
            if type(jwk[name]) is not str:
                raise ValueError(name)
            parts.append(f'"{name}":{json.dumps(jwk[name])}')
    except (KeyError, TypeError) as error:
        raise ValueError(f"missing or unknown: {error}") from None
    hashed = hashlib.new("sha256")
    hashed.update(("{" + ",".join(parts) + "}").encode("utf-8"))
    return b64u_encode(hashed.digest())
