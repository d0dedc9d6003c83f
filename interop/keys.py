"""The private keys that sign the cases. Those that take long to make are kept in the cache folder."""

import math
from functools import cache
from hashlib import shake_256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from jwt_from_scratch.encoding import b64u_encode

from .places import CACHE

CURVES = {
    "secp256r1": ("P-256", 32),
    "secp384r1": ("P-384", 48),
    "secp521r1": ("P-521", 66),
    "secp256k1": ("secp256k1", 32),
}
"""By `cryptography`'s name of a curve: its JWK name, and the width of a coordinate in bytes."""


def octets(size: int, name: str) -> bytes:
    """Bytes that look random and are the same on every run."""
    return shake_256(name.encode()).digest(size)


def letters(size: int) -> bytes:
    """Printable ASCII, like a secret that somebody typed."""
    return bytes(33 + byte % 94 for byte in octets(size, f"letters {size}"))


@cache
def rsa_key(bits: int, exponent: int = 65537) -> rsa.RSAPrivateKey:
    """An RSA key with a modulus of exactly so many bits, which may be an odd number, and with any exponent."""
    path = CACHE / "keys" / f"rsa-{bits}-{exponent}.pem"
    if not path.exists():
        plain = _plain(bits, exponent)
        _keep(path, rsa.generate_private_key(exponent, bits) if plain else _from_primes(bits, exponent))
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == bits
    return key


def _plain(bits: int, exponent: int) -> bool:
    return exponent in (3, 65537) and bits % 2 == 0


def _from_primes(bits: int, exponent: int) -> rsa.RSAPrivateKey:
    while True:
        wide = rsa.generate_private_key(65537, bits + bits % 2).private_numbers().p
        narrow = rsa.generate_private_key(65537, bits - bits % 2).private_numbers().q
        totient = (wide - 1) * (narrow - 1)
        if (wide * narrow).bit_length() == bits and wide != narrow and math.gcd(exponent, totient) == 1:
            break
    public = rsa.RSAPublicNumbers(exponent, wide * narrow)
    d = pow(exponent, -1, totient)
    parts = (d % (wide - 1), d % (narrow - 1), pow(narrow, -1, wide))
    return rsa.RSAPrivateNumbers(wide, narrow, d, *parts, public).private_key()


def _keep(path: Path, key: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(private_pem(key).encode())
    path.chmod(0o600)


@cache
def ec_key(curve: ec.EllipticCurve, *, zeros: tuple[str, int] = ("", 0)) -> ec.EllipticCurvePrivateKey:
    """A key that is the same on every run; with zeros=("x", 1), its x begins with one zero byte."""
    width = CURVES[curve.name][1]
    for counter in range(1 << 20):
        secret = int.from_bytes(octets(width - 1, f"{curve.name} {counter}"), "big")
        key = ec.derive_private_key(secret, curve)
        if zeros[1] == 0 or getattr(key.public_key().public_numbers(), zeros[0]) >> 8 * (width - zeros[1]) == 0:
            return key
    raise AssertionError("no such key among a million")


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(octets(32, "ed25519"))


@cache
def ed448_key() -> ed448.Ed448PrivateKey:
    return ed448.Ed448PrivateKey.from_private_bytes(octets(57, "ed448"))


@cache
def mldsa44_key() -> Any:
    """An ML-DSA-44 key (FIPS 204), or None if the installed `cryptography` does not support it."""
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa
    except ImportError:
        return None
    return mldsa.MLDSA44PrivateKey.from_seed_bytes(octets(32, "ml-dsa"))


# -- the forms in which a key is offered ---------------------------------------------------------------------------


def public_jwk(private: Any) -> dict[str, Any]:
    """The public half as a JWK without any optional member (RFC 7518 §6, RFC 8037 §2, RFC 9964)."""
    public = private.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        rsa_numbers = public.public_numbers()
        return {"kty": "RSA", "n": uint(rsa_numbers.n), "e": uint(rsa_numbers.e)}
    if isinstance(public, ec.EllipticCurvePublicKey):
        (crv, width), point = CURVES[public.curve.name], public.public_numbers()
        return {"kty": "EC", "crv": crv, "x": uint(point.x, width), "y": uint(point.y, width)}
    raw = b64u_encode(public.public_bytes_raw())
    if isinstance(public, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return {"kty": "OKP", "crv": "Ed25519" if isinstance(public, ed25519.Ed25519PublicKey) else "Ed448", "x": raw}
    return {"kty": "AKP", "alg": "ML-DSA-44", "pub": raw}


def private_jwk(private: Any) -> dict[str, Any]:
    """The private key as a JWK; an RSA key with all of p, q, dp, dq, qi."""
    jwk = public_jwk(private)
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.private_numbers()
        crt = {"dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
        secret = {"d": numbers.d, "p": numbers.p, "q": numbers.q, **crt}
        return {**jwk, **{name: uint(value) for name, value in secret.items()}}
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return {**jwk, "d": uint(private.private_numbers().private_value, CURVES[private.curve.name][1])}
    return {**jwk, "d": b64u_encode(private.private_bytes_raw())}


def uint(value: int, width: int | None = None) -> str:
    return b64u_encode(value.to_bytes(width or (value.bit_length() + 7) // 8, "big"))


_PEM = serialization.Encoding.PEM
_PKCS8, _SEC1 = serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL


def public_pem(private: Any) -> str:
    """SubjectPublicKeyInfo, "-----BEGIN PUBLIC KEY-----" (RFC 7468 §13)."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem: bytes = private.public_key().public_bytes(_PEM, spki)
    return pem.decode()


def private_pem(private: Any, *, traditional: bool = False) -> str:
    """PKCS#8, or the older form of the key's own kind: PKCS#1 for RSA, SEC1 for EC."""
    pem: bytes = private.private_bytes(_PEM, _SEC1 if traditional else _PKCS8, serialization.NoEncryption())
    return pem.decode()
