"""Patterns for the header and the claims, urlsplit for the URL, the thumbprint by hand."""

import hashlib
import json
from urllib.parse import urlsplit, urlunsplit

from jwt_from_scratch import Key, peek
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_encode


def sha256(text: str) -> str:
    return b64u_encode(hashlib.sha256(text.encode()).digest())


def thumbprint(jwk: dict) -> str:
    names = ("crv", "kty", "x", "y") if jwk["kty"] == "EC" else ("crv", "kty", "x")
    return sha256(json.dumps({name: jwk[name] for name in names}, separators=(",", ":")))


def verify_dpop(proof: str, request: dict, now: int, seen: dict) -> str:
    match peek(proof).unverified_header:
        case {"typ": "dpop+jwt", "alg": "ES256" | "Ed25519" as alg, "jwk": dict() as jwk}:
            pass
        case _:
            raise ValueError("not a proof that this server takes")
    if "d" in jwk:
        raise ValueError("a private key")
    signed = verify_signature(proof, Key.from_jwk(jwk, alg))
    there = urlunsplit(urlsplit(request["url"])._replace(query="", fragment=""))
    match json.loads(signed.payload):
        case {"jti": str(jti), "htm": str(htm), "htu": str(htu), "iat": int() | float() as iat, **rest}:
            pass
        case _:
            raise ValueError("a claim is missing")
    if type(iat) is bool or not -5 <= now - iat <= 60:
        raise ValueError("not now")
    if not jti or len(jti) > 128 or jti in seen:
        raise ValueError("jti")
    if (htm, htu) != (request["method"], there):
        raise ValueError("another request")
    match request:
        case {"token": str(token)} if rest.get("ath") != sha256(token):
            raise ValueError("another token")
    return thumbprint(jwk)
