"""Key material, as objects of `cryptography`: reading PEM (RFC 7468) and RSA numbers (RFC 8017 §3).

The three modules of keys pass it as a pair (private, public): private is None if there is only the public half, and
for a shared secret both are its bytes.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from math import gcd
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from .algorithms import ALGORITHMS, ECDSA
from .errors import KeyRefused

MAX_PEM = 65_536
"""Characters; a PEM of an 8192-bit private key has about 6,400."""


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Turn the library's errors in this block into a KeyRefused without their texts, which may quote key material."""
    try:
        yield
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm):
        raise KeyRefused(f"not {what}") from None


def check_passphrase(passphrase: bytes | None) -> None:
    """Refuse an invalid passphrase: TypeError for a wrong type, KeyRefused for a length that OpenSSL does not take."""
    if not isinstance(passphrase, bytes | None):
        raise TypeError(f"a passphrase must be bytes or None, not {type(passphrase).__name__}")
    if passphrase is not None and not 0 < len(passphrase) <= 1023:
        raise KeyRefused("a passphrase has 1 to 1023 bytes")


def read_pem(data: str | bytes, passphrase: bytes | None = None) -> tuple[Any, Any]:
    """The pair (private, public) in a PEM.

    Raises:
        TypeError: an argument of the wrong type.
        KeyRefused: it is not a PEM of a key that this module can use, or the passphrase is wrong.
    """
    if not isinstance(data, (str, bytes)):
        raise TypeError(f"a PEM must be str or bytes, not {type(data).__name__}")
    check_passphrase(passphrase)
    if len(data) > MAX_PEM:
        raise KeyRefused(f"a PEM of more than {MAX_PEM} characters")
    try:
        pem = data.encode("ascii") if isinstance(data, str) else data
    except UnicodeEncodeError:
        raise KeyRefused("not a PEM: it holds characters outside ASCII") from None
    _check_blocks(pem)
    encrypted = b"BEGIN ENCRYPTED PRIVATE KEY" in pem or b"Proc-Type: 4,ENCRYPTED" in pem
    if encrypted != (passphrase is not None):
        raise KeyRefused("this PEM is encrypted; pass passphrase=" if encrypted else "this PEM is not encrypted")
    if b"PRIVATE KEY-----" in pem:
        can = "open with this passphrase" if encrypted else "use"
        with refusing(f"a private key in PEM that this module can {can}"):
            private: Any = serialization.load_pem_private_key(pem, passphrase)
            return private, private.public_key()
    with refusing("a public or private key in PEM that this module can use"):
        return None, serialization.load_pem_public_key(pem)


def _check_blocks(pem: bytes) -> None:
    """Refuse a text that is not exactly one key, and say what it is, such as a certificate: frequent mistakes."""
    if b"\\n" in pem and b"-----BEGIN" in pem:
        raise KeyRefused("this PEM has a backslash and an n in place of its line ends: replace each with a line end")
    certified = b"-----BEGIN CERTIFICATE-----" in pem
    if certified and b"KEY-----" not in pem:
        raise KeyRefused("this PEM is an X.509 certificate; check it and take the public key out of it first")
    if pem.count(b"-----BEGIN ") - pem.count(b"-----BEGIN EC PARAMETERS-----") > 1:
        other = "an X.509 certificate" if certified else "more"
        raise KeyRefused(f"this PEM has a key and {other} in it: pass the block of one key alone")


def kind(public: Any) -> tuple[str, str | None]:
    """The JWK kty and crv of a loaded public key."""
    if isinstance(public, rsa.RSAPublicKey):
        return "RSA", None
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "OKP", "Ed25519"
    if isinstance(public, ec.EllipticCurvePublicKey):
        for algorithm in ALGORITHMS.values():
            if isinstance(algorithm, ECDSA) and algorithm.curve.name == public.curve.name:
                return "EC", algorithm.crv
        raise KeyRefused(f"keys on the curve {public.curve.name} are not supported")
    name = type(public).__name__.removesuffix("PublicKey")  # Ed448, X25519, DSA, MLDSA44
    raise KeyRefused(f"keys of the type {name} are not supported")


def public_part(private: Any) -> Any:
    """The public half of a private key; of a shared secret, the secret itself."""
    return private if isinstance(private, bytes) else private.public_key()


def recover_primes(n: int, e: int, d: int) -> tuple[int, int, int, int, int]:
    """Factor n, given d: if r is a square root of 1 other than 1 and -1, r - 1 shares a factor with n.

    If n is a prime or a power of one, there is no such root, and `rsa_recover_prime_factors` searches for minutes.
    """
    if not 1 < d < n or gcd(pow(2, n, n) - 2, n) != 1:
        raise KeyRefused("the RSA modulus is not a product of two primes, or d is out of range")
    power = e * d - 1
    twos = (power & -power).bit_length() - 1
    for _ in range(64):  # each base finds such a root with a probability of at least one half
        root = pow(2 + secrets.randbelow(n - 3), power >> twos, n)
        for _ in range(twos):
            before, root = root, root * root % n
            if root == 1 and before not in (1, n - 1):
                p = gcd(before - 1, n)
                q = n // p
                with refusing("a consistent RSA private key"):
                    return p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)
        if root != 1:
            break
    raise KeyRefused("the RSA private exponent does not fit n and e")
