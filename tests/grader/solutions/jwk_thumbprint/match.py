"""Pattern matching sees to presence and type at once; json and base64 of the standard library."""

import base64
import json
from hashlib import sha256


def jwk_thumbprint(jwk):
    match jwk:
        case {"kty": "RSA", "n": str(n), "e": str(e)}:
            members = {"kty": "RSA", "n": n, "e": e}
        case {"kty": "EC", "crv": str(crv), "x": str(x), "y": str(y)}:
            members = {"kty": "EC", "crv": crv, "x": x, "y": y}
        case {"kty": "OKP", "crv": str(crv), "x": str(x)}:
            members = {"kty": "OKP", "crv": crv, "x": x}
        case {"kty": "oct", "k": str(k)}:
            members = {"kty": "oct", "k": k}
        case _:
            raise ValueError("no key")
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
