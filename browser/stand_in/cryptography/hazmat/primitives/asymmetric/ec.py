"""ECDSA and ECDH on four curves (FIPS 186-5, SEC 1), with the arithmetic of `ecdsa`."""

import hashlib
import secrets

import ecdsa
from ecdsa import curves, der, util

from ...._asn1 import as_value_error, pkcs8
from ....exceptions import InvalidSignature, UnsupportedAlgorithm
from ..hashes import digest
from ..serialization import PrivateFormat, PublicFormat, written

_TO_DER, _FROM_DER = util.sigencode_der, util.sigdecode_der
_EC = (1, 2, 840, 10045, 2, 1)


class EllipticCurve:
    name, key_size, under, group_order = "", 0, None, 0


def _curve(name, bits, under):
    words = {"name": name.lower(), "key_size": bits, "under": under, "group_order": under.order}
    return type(name, (EllipticCurve,), words)


SECP256R1, SECP384R1 = _curve("SECP256R1", 256, curves.NIST256p), _curve("SECP384R1", 384, curves.NIST384p)
SECP521R1, SECP256K1 = _curve("SECP521R1", 521, curves.NIST521p), _curve("SECP256K1", 256, curves.SECP256k1)


class ECDSA:
    def __init__(self, algorithm, deterministic_signing=False):
        self.algorithm, self.deterministic_signing = algorithm, deterministic_signing


class ECDH: ...


class _Key:
    def __init__(self, key):
        self.key = key
        kinds = (SECP256R1, SECP384R1, SECP521R1, SECP256K1)
        self.curve = next((kind() for kind in kinds if kind.under == key.curve), None)
        if self.curve is None:
            raise UnsupportedAlgorithm(f"no curve {key.curve.name}")
        self.key_size = self.curve.key_size


class EllipticCurvePublicNumbers:
    def __init__(self, x, y, curve):
        self.x, self.y, self.curve = x, y, curve

    @as_value_error
    def public_key(self, backend=None):
        width = self.curve.under.verifying_key_length // 2
        point = b"".join(value.to_bytes(width, "big") for value in (self.x, self.y))
        return EllipticCurvePublicKey(ecdsa.VerifyingKey.from_string(point, self.curve.under))

    def __eq__(self, other):
        mine = (self.x, self.y, self.curve.name)
        return isinstance(other, EllipticCurvePublicNumbers) and mine == (other.x, other.y, other.curve.name)

    __hash__ = None


class EllipticCurvePublicKey(_Key):
    def public_numbers(self):
        point = self.key.pubkey.point
        return EllipticCurvePublicNumbers(int(point.x()), int(point.y()), self.curve)

    def __eq__(self, other):
        return isinstance(other, EllipticCurvePublicKey) and self.key == other.key

    __hash__ = None

    @classmethod
    @as_value_error
    def from_encoded_point(cls, curve, data):
        return cls(ecdsa.VerifyingKey.from_string(data, curve.under, valid_encodings=["uncompressed", "compressed"]))

    def verify(self, signature, data, signature_algorithm):
        made = digest(signature_algorithm.algorithm, data)
        try:
            self.key.verify_digest(signature, made, _FROM_DER, allow_truncate=True)
        except Exception:
            raise InvalidSignature from None

    def public_bytes(self, encoding, format):
        if format is PublicFormat.UncompressedPoint:
            return self.key.to_string("uncompressed")
        return written(encoding, "PUBLIC KEY", self.key.to_der())


class EllipticCurvePrivateNumbers:
    def __init__(self, private_value, public_numbers):
        self.private_value, self.public_numbers = private_value, public_numbers

    def private_key(self, backend=None):
        key = derive_private_key(self.private_value, self.public_numbers.curve)
        if key.public_key().public_numbers() != self.public_numbers:
            raise ValueError("Invalid EC key.")
        return key


class EllipticCurvePrivateKey(_Key):
    def public_key(self):
        return EllipticCurvePublicKey(self.key.verifying_key)

    def private_numbers(self):
        return EllipticCurvePrivateNumbers(self.key.privkey.secret_multiplier, self.public_key().public_numbers())

    def sign(self, data, signature_algorithm):
        made = digest(signature_algorithm.algorithm, data)
        if signature_algorithm.deterministic_signing:
            kind = getattr(hashlib, signature_algorithm.algorithm.name)
            return self.key.sign_digest_deterministic(made, kind, _TO_DER, allow_truncate=True)
        return self.key.sign_digest(made, None, _TO_DER, allow_truncate=True)

    def exchange(self, algorithm, peer_public_key):
        point = peer_public_key.key.pubkey.point * self.key.privkey.secret_multiplier
        return int(point.x()).to_bytes((self.key_size + 7) // 8, "big")

    def private_bytes(self, encoding, format, encryption_algorithm):
        sec1 = self.key.to_der()
        if format is PrivateFormat.TraditionalOpenSSL:
            return written(encoding, "EC PRIVATE KEY", sec1)
        algorithm = der.encode_sequence(der.encode_oid(*_EC), self.key.curve.to_der())
        return written(encoding, "PRIVATE KEY", pkcs8(algorithm, sec1))


def derive_private_key(private_value, curve, backend=None):
    if not 0 < private_value < curve.under.order:
        raise ValueError("private_value must be a positive integer, and smaller than the order")
    return EllipticCurvePrivateKey(ecdsa.SigningKey.from_secret_exponent(private_value, curve.under))


def generate_private_key(curve, backend=None):
    return derive_private_key(1 + secrets.randbelow(curve.under.order - 1), curve)
