"""The text is put together by hand, which is right as long as no value needs an escape."""

import hashlib
import re

from jwt_from_scratch.encoding import b64u_encode


def jwk_thumbprint(jwk: dict) -> str:
    try:
        names = {"oct": ["k"], "OKP": ["crv", "x"], "EC": ["crv", "x", "y"], "RSA": ["e", "n"]}[jwk["kty"]] + ["kty"]
        parts = []
        for name in sorted(names):
            if type(jwk[name]) is not str or not re.fullmatch(r"[\w-]*", jwk[name]):
                raise ValueError(name)
            parts.append(f'"{name}":"{jwk[name]}"')
    except (KeyError, TypeError) as error:
        raise ValueError(f"missing or unknown: {error}") from None
    hashed = hashlib.new("sha256")
    hashed.update(("{" + ",".join(parts) + "}").encode("utf-8"))
    return b64u_encode(hashed.digest())
