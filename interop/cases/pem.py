"""Keys in PEM, in its various forms (RFC 7468, RFC 5480, RFC 8017 A.1)."""

import base64
import textwrap
from typing import Any

from cryptography.hazmat.primitives import serialization

from ..keys import ec_key, ed25519_key, private_pem, public_pem, rsa_key
from .certificates import certificate
from .certificates import pem as certificate_pem
from .curves import P256
from .making import Case, case


def cases() -> list[Case]:
    return [*_public(), *_spellings(), *_private()]


def _pem(id: str, text: str, alg: str, private: Any, pem: str) -> Case:
    return case(id, text, alg, private, key={"pem": pem})


def _public() -> list[Case]:
    r, e, d = rsa_key(2048), ec_key(P256), ed25519_key()
    pkcs1 = r.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
    return [
        _pem("P01", "RSA, SubjectPublicKeyInfo", "RS256", r, public_pem(r)),
        _pem("P04", "EC, SubjectPublicKeyInfo", "ES256", e, public_pem(e)),
        _pem("P05", "Ed25519, SubjectPublicKeyInfo", "EdDSA", d, public_pem(d)),
        _pem("P02", "RSA, PKCS#1", "RS256", r, pkcs1),
        _pem("P14", "RSA, of the type id-RSASSA-PSS", "PS256", r, _with_pss_type(r)),
        _pem("P15", "EC, compressed point", "ES256", e, _compressed(e)),
        _pem("P03", "RSA, certificate", "RS256", r, certificate_pem(certificate(r, "rsa.example"))),
        _pem("P06", "EC, certificate", "ES256", e, certificate_pem(certificate(e, "ec.example"))),
    ]


def _spellings() -> list[Case]:
    r, e = rsa_key(2048), ec_key(P256)
    return [
        _pem("P09", "RSA, lines that end in CR LF", "RS256", r, public_pem(r).replace("\n", "\r\n")),
        _pem("P11", "EC, no line end at the end", "ES256", e, public_pem(e).rstrip("\n")),
        _pem("P10", "RSA, words before it", "RS256", r, "Signing key of login.example\n" + public_pem(r)),
    ]


def _private() -> list[Case]:
    """Private keys, given to a reader that needs only the public half."""
    r, e = rsa_key(2048), ec_key(P256)
    parameters = _armour("EC PARAMETERS", bytes.fromhex("06082a8648ce3d030107"))
    return [
        _pem("P07", "RSA, private, PKCS#8", "RS256", r, private_pem(r)),
        _pem("P12", "RSA, private, PKCS#1", "RS256", r, private_pem(r, traditional=True)),
        _pem("P07b", "EC, private, PKCS#8", "ES256", e, private_pem(e)),
        _pem("P08", "EC, private, SEC1", "ES256", e, private_pem(e, traditional=True)),
        _pem("P13", "EC, private, after EC PARAMETERS", "ES256", e, parameters + private_pem(e, traditional=True)),
    ]


def _armour(label: str, der: bytes) -> str:
    lines = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    head = (
        bytes([size])
        if size < 128
        else bytes([0x80 + (size.bit_length() + 7) // 8]) + size.to_bytes((size.bit_length() + 7) // 8, "big")
    )
    return bytes([tag]) + head + content


def _with_pss_type(private: Any) -> str:
    """A SubjectPublicKeyInfo with the algorithm id-RSASSA-PSS, without parameters (RFC 4055 §3.1)."""
    pkcs1 = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    oid = _der(0x30, bytes.fromhex("06092a864886f70d01010a"))
    return _armour("PUBLIC KEY", _der(0x30, oid + _der(0x03, b"\0" + pkcs1)))


def _compressed(private: Any) -> str:
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    types = _der(0x30, bytes.fromhex("06072a8648ce3d0201") + bytes.fromhex("06082a8648ce3d030107"))
    return _armour("PUBLIC KEY", _der(0x30, types + _der(0x03, b"\0" + point)))
