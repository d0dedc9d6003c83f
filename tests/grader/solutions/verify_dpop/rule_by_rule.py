"""One `if` for each rule, with the lesson's helpers."""

import hashlib

from jwt_from_scratch import Key, peek
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_encode, json_loads_strict


def header_of(token):
    return peek(token).unverified_header


def open_with(token, jwk, alg):
    return json_loads_strict(verify_signature(token, Key.from_jwk(jwk, alg)).payload)


def verify_dpop(proof: str, request: dict, now: int, seen: dict) -> str:
    header = header_of(proof)
    if header.get("typ") != "dpop+jwt":
        raise ValueError("typ")
    alg, jwk = header.get("alg"), header.get("jwk")
    if alg not in ("ES256", "Ed25519"):
        raise ValueError("alg")
    if not isinstance(jwk, dict) or "d" in jwk:
        raise ValueError("jwk")
    claims = open_with(proof, jwk, alg)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= 128:
        raise ValueError("jti")
    if jti in seen:
        raise ValueError("replayed")
    if claims.get("htm") != request["method"]:
        raise ValueError("htm")
    if claims.get("htu") != request["url"].partition("#")[0].partition("?")[0]:
        raise ValueError("htu")
    iat = claims.get("iat")
    if isinstance(iat, bool) or not isinstance(iat, (int, float)) or not now - 60 <= iat <= now + 5:
        raise ValueError("iat")
    token = request["token"]
    if token is not None and claims.get("ath") != b64u_encode(hashlib.sha256(token.encode()).digest()):
        raise ValueError("ath")
    return Key.from_jwk(jwk, alg).thumbprint()
