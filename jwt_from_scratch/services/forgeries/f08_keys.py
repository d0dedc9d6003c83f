"""Lesson 08: the header contains a key, or an address of one. The verifier must use only the key that it was given.

Every signature here is valid for some key, but never for the verifier's.
"""

import datetime
import json
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ... import Key, encode
from ...encoding import b64u_encode
from . import Forgery, Honest, f07_choosing

UPPSALA = "https://uppsala.example"
CLAIMS = {"iss": UPPSALA, "sub": "mallory", "role": "astronomer"}


def honest() -> list[Honest]:
    """Tokens that the `verify` of lesson 07 accepts, also with headers that name other keys, to be ignored."""
    key = Key.generate("ES256", kid="uppsala-1")
    jwk, other = key.to_jwk(), Key.generate("ES256").to_jwk()
    far = "https://uppsala.example/jwks.json"
    headers: dict[str, dict[str, Any]] = {
        "with the address of its key set": {"jku": far},
        "with a copy of its key": {"jwk": jwk},
        "with a key that is not its own": {"jwk": other, "x5u": far},
    }
    return [
        *f07_choosing.honest(),
        *(Honest(f"ES256 {what}", encode(CLAIMS, key, header=header), jwk, CLAIMS) for what, header in headers.items()),
        Honest("ES256 with a kid that the key does not have", encode(CLAIMS, _named(key, "other")), jwk, CLAIMS),
    ]


def forgeries() -> list[Forgery]:
    """Tokens that must be refused by a verifier which holds Uppsala's key."""
    ours = Key.generate("ES256", kid="uppsala-1")
    return [
        Forgery(name, lets_in, token, ours.to_jwk())
        for name, lets_in, token in (*_brought(), *_pointed(), *_queried(), *_of_another_issuer())
    ]


def _brought() -> list[tuple[str, str, str]]:
    """The header contains the key (RFC 7515 §4.1.3, §4.1.6)."""
    embedded = "The key in the header is used. It shows that the sender has a key, and everybody has one."
    mallory, shared = Key.generate("ES256", kid="mallory"), Key.generate("HS256", kid="uppsala-1")
    edwards = Key.generate("Ed25519", kid="uppsala-1")
    private, certificate = _certified()
    return [
        ("jwk in the header", embedded, encode(CLAIMS, mallory, header={"jwk": mallory.to_jwk()})),
        ("jwk in the header, under our kid", embedded, _embedded(_named(mallory, "uppsala-1"))),
        ("jwk in the header, of another algorithm", embedded, _embedded(edwards)),
        (
            "jwk in the header, a shared secret",
            embedded,
            encode(CLAIMS, shared, header={"jwk": shared.to_jwk(private=True)}),
        ),
        (
            "x5c: a certificate in the header, signed by its owner",
            "The certificate in the header is used, and nobody asks who vouches for it (RFC 7515 §4.1.6).",
            encode(CLAIMS, private, header={"x5c": [certificate]}),
        ),
    ]


def _pointed() -> list[tuple[str, str, str]]:
    """The header has the key's address (RFC 7515 §4.1.2, §4.1.5). No server is needed to see who would fetch it."""
    followed = "The key is fetched from where the token says, before anything has been verified (RFC 8725 §3.10)."
    mallory = Key.generate("ES256", kid="uppsala-1")
    addresses = {
        "jku to another host": {"jku": "https://mallory.example/jwks.json"},
        "jku with our host as a user name": {"jku": "https://uppsala.example@mallory.example/jwks.json"},
        "jku to an address inside": {"jku": "http://169.254.169.254/latest/meta-data/"},
        "jku to a file": {"jku": "file:///dev/null"},
        "x5u to another host": {"x5u": "https://mallory.example/certificate.pem"},
    }
    return [(name, followed, encode(CLAIMS, mallory, header=header)) for name, header in addresses.items()]


def _queried() -> list[tuple[str, str, str]]:
    """The kid contains SQL (RFC 8725 §3.10)."""
    query = "The kid becomes a part of a query, so the sender decides which key the database answers with."
    mallory, known = Key.generate("ES256"), Key.from_secret(bytes(32))
    row = f"nobody' UNION SELECT '{json.dumps(mallory.to_jwk())}' --"
    secret = f"nobody' UNION SELECT '{b64u_encode(bytes(32))}"
    return [
        ("SQL in kid: a row with the attacker's key", query, encode(CLAIMS, _named(mallory, row))),
        ("SQL in kid: a row with a known secret", query, encode(CLAIMS, _named(known, secret))),
    ]


def _of_another_issuer() -> list[tuple[str, str, str]]:
    """Tokens signed with Leiden's key that claim to be issued by Uppsala (RFC 8725 §3.8)."""
    pool = "The keys of all issuers are one pool, so that one issuer can sign in another's name (RFC 8725 §3.8)."
    leiden = Key.generate("ES256", kid="leiden-1")
    return [
        ("Leiden's key in Uppsala's name", pool, encode(CLAIMS, leiden)),
        ("Leiden's key in Uppsala's name, under Uppsala's kid", pool, encode(CLAIMS, _named(leiden, "uppsala-1"))),
    ]


def _embedded(key: Key) -> str:
    return encode(CLAIMS, key, header={"jwk": key.to_jwk()})


def _named(key: Key, kid: str) -> Key:
    """The same private key with another kid."""
    return Key.from_jwk(key.to_jwk(private=True) | {"kid": kid})


def _certified() -> tuple[Key, str]:
    """A private key and a self-signed certificate for its public half, in the form of `x5c`."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "uppsala.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem_certificate = certificate.public_bytes(serialization.Encoding.PEM).decode()
    return Key.from_pem(pem), "".join(pem_certificate.splitlines()[1:-1])  # plain base64, unlike all else in a JWT
