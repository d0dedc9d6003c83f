"""The signature algorithms of JWS, one object each: HS, RS, PS, ES (RFC 7518 §3), Ed25519 and EdDSA
(RFC 8037, RFC 9864).

An algorithm knows which key material it accepts, how to make such material, how to sign and how to verify.
It never looks at a token. `none` (RFC 7518 §3.6) does not exist here.
"""

import hashlib
import hmac
import secrets
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from .errors import KeyRefused

RSA_BITS = range(2048, 8192 + 1)
"""RFC 7518 §3.3 and §3.5 ask for 2048 bits or more; the upper end keeps one verification cheap."""


class Algorithm(ABC):
    """One value of the `alg` header parameter.

    "Material" is what a key is made of: bytes for HMAC, `cryptography`'s key objects for the others.
    """

    kty: ClassVar[str]
    """The JWK key type that this algorithm uses (RFC 7518 §6.1, RFC 8037 §2)."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def generate(self, size: int) -> Any:
        """Make fresh private material. size: of an RSA modulus, in bits; other algorithms ignore it."""

    @abstractmethod
    def accept(self, public: Any) -> None:
        """Raise KeyRefused unless this public (or shared) material is of the right kind and strong enough."""

    @abstractmethod
    def sign(self, private: Any, message: bytes) -> bytes:
        """The signature, in the form in which a token has it, but not yet in base64url."""

    @abstractmethod
    def verify(self, public: Any, message: bytes, signature: bytes) -> bool:
        """Whether the signature is valid; False for any other bytes."""


class HMAC(Algorithm):
    """HS256, HS384, HS512: a shared secret (RFC 7518 §3.2, RFC 2104)."""

    kty = "oct"

    def __init__(self, name: str, digest: Any) -> None:
        super().__init__(name)
        self._digest = digest
        self.size: int = digest().digest_size

    def generate(self, size: int) -> bytes:
        return secrets.token_bytes(self.size)

    def accept(self, public: bytes) -> None:
        if len(public) < self.size:
            raise KeyRefused(
                f"{self.name} needs a secret of at least {self.size} bytes, not {len(public)} (RFC 7518 §3.2)"
            )

    def sign(self, private: bytes, message: bytes) -> bytes:
        return hmac.new(private, message, self._digest).digest()

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(hmac.new(public, message, self._digest).digest(), signature)


class RSA(Algorithm):
    """RS256, RS384, RS512: RSASSA-PKCS1-v1_5 (RFC 7518 §3.3)."""

    kty = "RSA"

    def __init__(self, name: str, digest: hashes.HashAlgorithm) -> None:
        super().__init__(name)
        self._digest = digest
        self._padding: padding.AsymmetricPadding = padding.PKCS1v15()

    def generate(self, size: int) -> rsa.RSAPrivateKey:
        if size not in RSA_BITS:
            raise KeyRefused("an RSA key has 2048 to 8192 bits")  # size itself may be too long for Python to print
        return rsa.generate_private_key(65537, size)

    def accept(self, public: rsa.RSAPublicKey) -> None:
        check_rsa_numbers(public.public_numbers().n, public.public_numbers().e)

    def sign(self, private: rsa.RSAPrivateKey, message: bytes) -> bytes:
        return private.sign(message, self._padding, self._digest)

    def verify(self, public: rsa.RSAPublicKey, message: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, message, self._padding, self._digest)
        except InvalidSignature:
            return False
        return True


class PSS(RSA):
    """PS256, PS384, PS512: RSASSA-PSS, the salt as long as the hash (RFC 7518 §3.5)."""

    def __init__(self, name: str, digest: hashes.HashAlgorithm) -> None:
        super().__init__(name, digest)
        self._padding = padding.PSS(padding.MGF1(digest), salt_length=digest.digest_size)


class ECDSA(Algorithm):
    """ES256, ES384, ES512: the signature is r followed by s, each as wide as the curve's order (RFC 7518 §3.4)."""

    kty = "EC"

    def __init__(self, name: str, crv: str, curve: ec.EllipticCurve, digest: hashes.HashAlgorithm) -> None:
        super().__init__(name)
        self.crv = crv
        self.curve = curve
        self.width = (curve.key_size + 7) // 8
        self._verifying = ec.ECDSA(digest)
        # A repeated or biased nonce reveals the private key; RFC 6979 derives it instead of drawing it at random.
        self._signing = ec.ECDSA(digest, deterministic_signing=True)

    def generate(self, size: int) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(self.curve)

    def accept(self, public: ec.EllipticCurvePublicKey) -> None:
        if public.curve.name != self.curve.name:
            raise KeyRefused(f"{self.name} needs a key on {self.crv}, not {public.curve.name} (RFC 7518 §3.4)")

    def sign(self, private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, self._signing))
        return r.to_bytes(self.width, "big") + s.to_bytes(self.width, "big")

    def verify(self, public: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
        width = self.width
        if len(signature) != 2 * width:
            return False
        r, s = int.from_bytes(signature[:width], "big"), int.from_bytes(signature[width:], "big")
        try:
            public.verify(encode_dss_signature(r, s), message, self._verifying)
        except InvalidSignature:
            return False
        return True


class EdDSA(Algorithm):
    """Ed25519 (RFC 8032), under its own name (RFC 9864 §2.2) or the older "EdDSA" (RFC 8037 §3.1)."""

    kty = "OKP"
    crv = "Ed25519"

    def generate(self, size: int) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.generate()

    def accept(self, public: ed25519.Ed25519PublicKey) -> None:
        check_ed25519_point(public.public_bytes_raw())

    def sign(self, private: ed25519.Ed25519PrivateKey, message: bytes) -> bytes:
        return private.sign(message)

    def verify(self, public: ed25519.Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def check_rsa_numbers(n: int, e: int) -> None:
    """Refuse an RSA public key that is weak, or that no sound generator makes.

    Raises:
        KeyRefused: n is outside `RSA_BITS`, even, or from a generator known to be broken; or e is even or
            outside 3 ≤ e < 2³² (a larger one only makes verifying slow).
    """
    if n.bit_length() not in RSA_BITS:
        raise KeyRefused(f"an RSA key has 2048 to 8192 bits, not {n.bit_length()} (RFC 7518 §3.3)")
    if n % 2 == 0:
        raise KeyRefused("the RSA modulus is even")
    if e % 2 == 0 or not 3 <= e < 2**32:
        raise KeyRefused("the RSA exponent must be odd, at least 3 and below 2**32")
    if all(n % prime in residues for prime, residues in _ROCA.items()):
        raise KeyRefused("this RSA key comes from a faulty generator and can be factored (ROCA, CVE-2017-15361)")


# ROCA (CVE-2017-15361): the faulty generator made primes of the form k·M + (65537^a mod M), M a product of small
# primes. So its moduli are powers of 65537 modulo every small prime; of sound ones, about one in 10⁸ is.
_SMALL_PRIMES = [p for p in range(3, 168, 2) if all(p % q for q in range(3, p, 2))]
_ROCA = {prime: {pow(65537, power, prime) for power in range(prime)} for prime in _SMALL_PRIMES}


_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
# The y coordinates of the eight points whose order divides 8. If a key is one of them, there are signatures that
# are valid for every message, and OpenSSL loads it without complaint.
_SMALL_ORDER_Y = {
    0,
    1,
    _P - 1,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
}


def check_ed25519_point(encoded: bytes) -> None:
    """Refuse 32 bytes that are not a point, not its canonical encoding, or a point of small order.

    RFC 8032 §5.1.3 says how to decode; RFC 7748 §7 says why small orders matter.

    Raises:
        KeyRefused: any of these.
    """
    number = int.from_bytes(encoded, "little")
    y, x_is_odd = number & (2**255 - 1), number >> 255
    if y >= _P or (x_is_odd and y in (1, _P - 1)):
        raise KeyRefused("the Ed25519 point is not in its canonical form (RFC 8032 §5.1.3)")
    if y in _SMALL_ORDER_Y:
        raise KeyRefused("the Ed25519 point has a small order, so it fits forged signatures")
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) != 1:
        raise KeyRefused("the Ed25519 key is not a point on the curve")


ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        HMAC("HS256", hashlib.sha256),
        HMAC("HS384", hashlib.sha384),
        HMAC("HS512", hashlib.sha512),
        RSA("RS256", hashes.SHA256()),
        RSA("RS384", hashes.SHA384()),
        RSA("RS512", hashes.SHA512()),
        PSS("PS256", hashes.SHA256()),
        PSS("PS384", hashes.SHA384()),
        PSS("PS512", hashes.SHA512()),
        ECDSA("ES256", "P-256", ec.SECP256R1(), hashes.SHA256()),
        ECDSA("ES384", "P-384", ec.SECP384R1(), hashes.SHA384()),
        ECDSA("ES512", "P-521", ec.SECP521R1(), hashes.SHA512()),
        EdDSA("Ed25519"),
        EdDSA("EdDSA"),
    )
}
"""Every supported algorithm by its name."""


_ELSEWHERE = {
    "none": "no signature at all, RFC 7518 §3.6",
    "ES256K": "ECDSA on secp256k1, RFC 8812",
    "Ed448": "RFC 9864 §2.2",
    **dict.fromkeys(("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"), "after quantum computers, RFC 9964"),
    **dict.fromkeys(("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "dir", "A128KW", "A256KW"), "for encryption, RFC 7518 §4"),
}
"""Algorithms that this module does not support: what they are, for the error message."""


def algorithm_named(name: str) -> Algorithm:
    """Look an algorithm up by its exact name.

    Raises:
        TypeError: name is not str.
        KeyRefused: there is no such algorithm here ("none" included).
    """
    if not isinstance(name, str):
        raise TypeError(f"alg must be str, not {type(name).__name__}")
    try:
        return ALGORITHMS[name]
    except KeyError:
        what = f" ({_ELSEWHERE[name]})" if name in _ELSEWHERE else ""
        known = ", ".join(ALGORITHMS)
        raise KeyRefused(f"the algorithm {name[:40]!r}{what} is not supported; choose from {known}") from None
