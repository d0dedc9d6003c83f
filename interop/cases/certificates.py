"""Self-signed certificates for the keys."""

import base64
import datetime
import hashlib
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from jwt_from_scratch.encoding import b64u_encode


def certificate(private: Any, name: str) -> x509.Certificate:
    """A certificate for a key, valid from 2020 to 2090, signed by the key itself."""
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(whose, whose, private.public_key(), 4711)
    since, until = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2020, 2090))
    return builder.not_valid_before(since).not_valid_after(until).sign(private, hashes.SHA256())


def der64(cert: x509.Certificate) -> str:
    """The form for `x5c`: DER in ordinary base64 (RFC 7515 §4.1.6)."""
    return base64.b64encode(cert.public_bytes(serialization.Encoding.DER)).decode()


def thumbprint(cert: x509.Certificate, digest: str) -> str:
    """The form for `x5t` (sha1) and `x5t#S256` (sha256) (RFC 7515 §4.1.7, §4.1.8)."""
    return b64u_encode(hashlib.new(digest, cert.public_bytes(serialization.Encoding.DER)).digest())


def pem(cert: x509.Certificate) -> str:
    return cert.public_bytes(serialization.Encoding.PEM).decode()
