"""Keys as PEM and DER: PKCS #8 and SubjectPublicKeyInfo, and the older forms of RSA and EC keys."""

from enum import Enum

import ecdsa
from ecdsa import der

from ... import _asn1
from ...exceptions import Unsupported, UnsupportedAlgorithm
from ...exceptions import Unsupported as load_ssh_private_key
from ...exceptions import Unsupported as load_ssh_public_key


class Encoding(Enum):
    PEM, DER, Raw, X962, OpenSSH = range(5)


class PrivateFormat(Enum):
    PKCS8, TraditionalOpenSSL, Raw = range(3)


class PublicFormat(Enum):
    SubjectPublicKeyInfo, PKCS1, Raw, UncompressedPoint, OpenSSH = range(5)


class KeySerializationEncryption: ...


class NoEncryption(KeySerializationEncryption): ...


class BestAvailableEncryption(Unsupported, KeySerializationEncryption): ...


def written(encoding, kind, data):
    """A key's DER, as it is or as PEM."""
    return der.topem(data, kind) if encoding is Encoding.PEM else data


@_asn1.as_value_error
def load_der_public_key(data, backend=None):
    algorithm, bits = der.remove_sequence(der.remove_sequence(data)[0])
    if der.encode_sequence(algorithm) == _asn1.RSA:
        return _rsa_public(der.remove_bitstring(bits, 0)[0])
    return _elliptic(ecdsa.VerifyingKey.from_der(data), "PublicKey", "from_public_bytes")


@_asn1.as_value_error
def load_pem_public_key(data, backend=None):
    kind, raw = _asn1.from_pem(data)
    loaders = {"PUBLIC KEY": load_der_public_key, "RSA PUBLIC KEY": _rsa_public}
    if kind not in loaders:
        raise ValueError("not a public key")
    return loaders[kind](raw)


@_asn1.as_value_error
def load_der_private_key(data, password=None, backend=None):
    _, body = der.remove_integer(der.remove_sequence(data)[0])
    if body.startswith(_asn1.RSA):
        return _rsa_private(der.remove_octet_string(body[len(_asn1.RSA) :])[0])
    return _elliptic(ecdsa.SigningKey.from_der(data), "PrivateKey", "from_private_bytes")


@_asn1.as_value_error
def load_pem_private_key(data, password=None, backend=None):
    if password is not None or b"ENCRYPTED" in data:
        raise UnsupportedAlgorithm("encrypted keys are not in the browser edition")
    kind, raw = _asn1.from_pem(data)
    loaders = {
        "PRIVATE KEY": load_der_private_key,
        "RSA PRIVATE KEY": _rsa_private,
        "EC PRIVATE KEY": load_der_private_key,
    }
    if kind not in loaders:
        raise ValueError("not a private key")
    return loaders[kind](raw)


def _elliptic(key, half, load):
    from .asymmetric import ec, ed448, ed25519

    if key.curve.name not in ("Ed25519", "Ed448"):
        return getattr(ec, f"EllipticCurve{half}")(key)
    kind = getattr({"Ed25519": ed25519, "Ed448": ed448}[key.curve.name], f"{key.curve.name}{half}")
    return getattr(kind, load)(key.to_string())


def _rsa_public(raw):
    from .asymmetric.rsa import RSAPublicNumbers

    n, e = _asn1.integers(raw)
    return RSAPublicNumbers(e, n).public_key()


def _rsa_private(raw):
    from .asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers

    _, n, e, *rest = _asn1.integers(raw)
    d, p, q, dp, dq, qi = rest
    return RSAPrivateNumbers(p, q, d, dp, dq, qi, RSAPublicNumbers(e, n)).private_key()
