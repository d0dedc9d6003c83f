"""Everything that is wrong is collected first, and small functions answer for the parts."""

import hashlib
import re

from jwt_from_scratch import Key, peek, verify
from jwt_from_scratch.encoding import b64u_encode, json_loads_strict

ALGORITHMS = ["ES256", "Ed25519"]


def is_fresh(iat, now):
    return type(iat) in (int, float) and iat >= now - 60 and iat <= now + 5


def is_name(jti):
    return isinstance(jti, str) and len(jti) in range(1, 129)


def ath_fits(ath, token):
    if token is None:
        return True
    return ath == b64u_encode(hashlib.sha256(token.encode("ascii")).digest())


def verify_dpop(proof, request, now, seen):
    header = peek(proof).unverified_header
    jwk = header.get("jwk")
    wrong = []
    if header.get("typ") != "dpop+jwt":
        wrong.append("typ")
    if header.get("alg") not in ALGORITHMS:
        wrong.append("alg")
    if not isinstance(jwk, dict) or "d" in jwk:
        wrong.append("jwk")
    if wrong:
        raise ValueError(", ".join(wrong))
    key = Key.from_jwk(jwk, header["alg"])
    claims = json_loads_strict(verify(proof, key).payload)
    if not is_name(claims.get("jti")) or claims["jti"] in seen:
        wrong.append("jti")
    if claims.get("htm") != request["method"]:
        wrong.append("htm")
    if claims.get("htu") != re.split("[?#]", request["url"])[0]:
        wrong.append("htu")
    if not is_fresh(claims.get("iat"), now):
        wrong.append("iat")
    if not ath_fits(claims.get("ath"), request["token"]):
        wrong.append("ath")
    if wrong:
        raise ValueError(", ".join(wrong))
    return key.thumbprint()
