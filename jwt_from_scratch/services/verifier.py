"""Lessons 04, 05, 06 and 07: the verifier that they build, with the algorithms of each lesson.

A verifier has two parts. The first, `verifier`, is the same for all: form, header, claims. The second checks a
signature, with one case for each kind of key; each lesson adds its own cases, and calls the previous lesson's function
for the others.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ..encoding import b64u_decode, json_loads_strict

Jwk = dict[str, Any]
Fits = Callable[[Jwk, bytes, bytes], bool]
"""Whether a signature of a message is valid for a key. Raises ValueError for a key that it can't use."""

SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
"""The bytes before the hash in an RS256 signature (RFC 8017 §9.2, note 1)."""


def verifier(fits: Fits) -> Callable[[str, Jwk], dict[str, Any]]:
    """Make `verify(token, key)`, which returns a compact token's claims or raises ValueError."""

    def verify(token: str, key: Jwk) -> dict[str, Any]:
        header, payload, signature = token.split(".")
        head = json_loads_strict(b64u_decode(header))
        if not isinstance(head, dict) or head.get("alg") != key.get("alg"):
            raise ValueError("the header's alg is not the key's")
        if "crit" in head or "b64" in head:
            raise ValueError("crit and b64 are not understood here")
        if not fits(key, f"{header}.{payload}".encode(), b64u_decode(signature)):
            raise ValueError("the signature does not fit")
        claims = json_loads_strict(b64u_decode(payload))
        if not isinstance(claims, dict):
            raise ValueError("the claims must be an object")
        return claims

    return verify


def fits_04(key: Jwk, message: bytes, seal: bytes) -> bool:
    """HS256."""
    match key:
        case {"kty": "oct", "alg": "HS256", "k": str(k)}:
            secret = b64u_decode(k)
            if len(secret) < 32:
                raise ValueError("an HS256 key has at least 32 bytes")
            return hmac.compare_digest(hmac.digest(secret, message, "sha256"), seal)
    raise ValueError("not a key that this verifier can use")


def fits_05(key: Jwk, message: bytes, seal: bytes) -> bool:
    """RS256, and the algorithms of lesson 04."""
    match key:
        case {"kty": "RSA", "alg": "RS256", "n": str(n), "e": str(e)}:
            return rsa_verify_pkcs1(*rsa_numbers(n, e), message, seal)
    return fits_04(key, message, seal)


def fits_06(key: Jwk, message: bytes, seal: bytes) -> bool:
    """ES256, and the algorithms of lesson 05."""
    match key:
        case {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": str(x), "y": str(y)}:
            return ecdsa_verify(p256_point(x, y), message, seal)
    return fits_05(key, message, seal)


def rsa_numbers(n: str, e: str) -> tuple[int, int]:
    """The modulus and the exponent of a JWK, if they are good enough (RFC 7518 §3.3).

    An e of 3 passes because the lessons use it; FIPS 186-5 §A.1.1 wants more than 65,536.
    """
    modulus, exponent = _whole(n), _whole(e)
    if modulus.bit_length() < 2048 or exponent < 3 or exponent % 2 == 0:
        raise ValueError("an RSA key has at least 2048 bits, and an odd e of 3 or more")
    return modulus, exponent


def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
    """Whether an RS256 signature is valid (lesson 05; RFC 8017 §8.2.2)."""
    size, s = (n.bit_length() + 7) // 8, int.from_bytes(signature, "big")
    ending = b"\0" + SHA256_PREFIX + hashlib.sha256(message).digest()
    expected = b"\0\1" + b"\xff" * (size - 2 - len(ending)) + ending
    return len(signature) == size and s < n and pow(s, e, n).to_bytes(size, "big") == expected


def p256_point(x: str, y: str) -> tuple[int, int]:
    """The coordinates of a JWK on P-256, each with its full 32 bytes (RFC 7518 §6.2.1)."""
    if len(b64u_decode(x)) != 32 or len(b64u_decode(y)) != 32:
        raise ValueError("a coordinate on P-256 has 32 bytes")
    return _whole(x), _whole(y)


def ecdsa_verify(public: tuple[int, int], message: bytes, signature: bytes) -> bool:
    """Whether an ES256 signature is valid (lesson 06). ValueError if the point is not on the curve."""
    key = ec.EllipticCurvePublicNumbers(*public, ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return len(signature) == 64


def _whole(text: str) -> int:
    return int.from_bytes(b64u_decode(text), "big")
