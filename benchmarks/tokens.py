"""Encoding and decoding tokens: this module, PyJWT, joserfc, and the floor.

The floor is what the work costs if nothing is checked that need not be. It is no usable library. It has its key
loaded beforehand, and

* to encode, writes header and claims with a compact `json.JSONEncoder`, encodes three segments with
  `base64.urlsafe_b64encode`, and signs;
* to decode, splits at the dots, decodes three segments with `base64.urlsafe_b64decode`, reads header and claims
  with `json.loads`, and verifies. It looks at no claim, no `alg`, no duplicate name.

It signs HS256 with the `hmac` of the standard library, everything else with `cryptography`. For ES256 it signs
deterministically (RFC 6979), as this module does; PyJWT and joserfc draw a random number instead, which is
cheaper, so their ES256 encoding can come out below 1. All contestants load their keys once, all sign the same
claims, and all but the floor check `exp`. "EdDSA" stands for Ed25519 under its older name, the only one that
PyJWT knows; joserfc gets the newer one, because it warns of the older at every call.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import jwt as pyjwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import import_key
from rich.console import Console
from rich.table import Table

from benchmarks.lines import Line
from benchmarks.measure import Result, Work, compare
from jwt_from_scratch import Key, decode, encode

ALGORITHMS = ("HS256", "RS256", "PS256", "ES256", "EdDSA")
TARGETS = {
    ("HS256", "encode"): 1.4,
    ("HS256", "decode"): 2.0,
    ("RS256", "decode"): 1.5,
    ("ES256", "encode"): 1.15,
    ("ES256", "decode"): 1.3,
    ("EdDSA", "encode"): 1.08,
    ("EdDSA", "decode"): 1.15,
}
"""At most this multiple of the floor."""

OURS = "jwt_from_scratch"
CLAIMS: dict[str, Any] = {"iss": "https://example.org", "sub": "ada", "iat": 1_700_000_000, "exp": 4_000_000_000}

Signer = Callable[[bytes], bytes]
Verifier = Callable[[bytes, bytes], object]


class Pair(NamedTuple):
    """The two things one contestant does."""

    encode: Work
    decode: Work


def run(console: Console, quick: bool) -> list[Line]:
    """Measure, print, and return what has a target."""
    rounds, batch_ms = (25, 2.0) if quick else (150, 4.0)
    table = Table(title="Multiples of the floor (lower is better; ± half the distance between the quartiles)")
    for heading in ("algorithm", "does", OURS, "target", "PyJWT", "joserfc", "floor, µs here"):
        table.add_column(heading, justify="left" if heading in ("algorithm", "does") else "right")
    lines = []
    for alg in ALGORITHMS:
        for does, contestants in _contests(alg).items():
            results = compare(contestants, rounds, batch_ms)
            target = TARGETS.get((alg, does))
            table.add_row(*_row(alg, does, results, target))
            if target is not None:
                lines.append(Line(f"{alg} {does}, to the floor", results[OURS].ratio, target))
    console.print(table)
    return lines


def _row(alg: str, does: str, results: dict[str, Result], target: float | None) -> list[str]:
    def cell(name: str) -> str:
        return f"{results[name].ratio:.2f} ±{results[name].spread:.2f}"

    ours = cell(OURS)
    if target is not None:
        ours = f"[{'green' if results[OURS].ratio <= target else 'red'}]{ours}[/]"
    wanted = "–" if target is None else f"≤ {target:.2f}"
    return [alg, does, ours, wanted, cell("PyJWT"), cell("joserfc"), f"{results['floor'].micros:.1f}"]


def _contests(alg: str) -> dict[str, dict[str, Work]]:
    """Every contestant's work, once it has shown that it reads its own token."""
    key = Key.generate(alg)
    pairs = {"floor": _floor(key), OURS: _ours(key), "PyJWT": _pyjwt(key), "joserfc": _joserfc(key)}
    for name, pair in pairs.items():
        if pair.decode() != CLAIMS:
            raise AssertionError(f"{name} misreads the {alg} token")
    return {does: {name: getattr(pair, does) for name, pair in pairs.items()} for does in Pair._fields}


def _ours(key: Key) -> Pair:
    public = key if key.alg == "HS256" else key.public()
    token = encode(CLAIMS, key)
    return Pair(lambda: encode(CLAIMS, key), lambda: decode(token, public))


def _pyjwt(key: Key) -> Pair:
    alg, shared = key.alg, key.alg == "HS256"
    private = pyjwt.PyJWK.from_dict(key.to_jwk(private=True), algorithm=alg).key
    public = pyjwt.PyJWK.from_dict(key.to_jwk(private=shared), algorithm=alg).key
    token = pyjwt.encode(CLAIMS, private, algorithm=alg)
    return Pair(
        lambda: pyjwt.encode(CLAIMS, private, algorithm=alg),
        lambda: pyjwt.decode(token, public, algorithms=[alg], options={"require": ["exp"]}),
    )


def _joserfc(key: Key) -> Pair:
    alg = "Ed25519" if key.alg == "EdDSA" else key.alg  # under the older name it pays for a warning at every call
    private = import_key(_unnamed(key.to_jwk(private=True)))
    public = private if alg == "HS256" else import_key(_unnamed(key.to_jwk()))
    registry = joserfc_jwt.JWTClaimsRegistry(exp={"essential": True})
    header = {"alg": alg, "typ": "JWT"}
    token = joserfc_jwt.encode(header, CLAIMS, private, algorithms=[alg])

    def read() -> dict[str, Any]:
        claims = joserfc_jwt.decode(token, public, algorithms=[alg]).claims
        registry.validate(claims)
        return claims

    return Pair(lambda: joserfc_jwt.encode(header, CLAIMS, private, algorithms=[alg]), read)


def _unnamed(jwk: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name != "alg"}


# -- the floor ----------------------------------------------------------------------------------------------------


def _floor(key: Key) -> Pair:
    signer, verifier = _raw(key)
    header = {"alg": key.alg, "typ": "JWT"}

    def write() -> str:
        start = b".".join(_segment(_dumps(part).encode()) for part in (header, CLAIMS))
        return (start + b"." + _segment(signer(start))).decode()

    token = write()

    def read() -> Any:
        start, _, signature = token.encode().rpartition(b".")
        head, _, body = start.partition(b".")
        json.loads(_octets(head).decode())
        verifier(_octets(signature), start)
        return json.loads(_octets(body).decode())

    return Pair(write, read)


_dumps = json.JSONEncoder(separators=(",", ":")).encode  # `json.dumps` would build one at every call


def _segment(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _octets(segment: bytes) -> bytes:
    return base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))


def _raw(key: Key) -> tuple[Signer, Verifier]:
    """Signing and verifying with nothing around them."""
    alg = key.alg
    if alg == "HS256":
        return _raw_hmac(_octets(key.to_jwk(private=True)["k"].encode()))
    private: Any = load_pem_private_key(key.to_pem(private=True).encode(), None)
    public = private.public_key()
    if alg == "EdDSA":
        return private.sign, public.verify
    if alg == "ES256":
        return _raw_ecdsa(private, public)
    digest = hashes.SHA256()
    pad = padding.PKCS1v15() if alg == "RS256" else padding.PSS(padding.MGF1(digest), digest.digest_size)
    return (
        lambda message: private.sign(message, pad, digest),
        lambda signature, message: public.verify(signature, message, pad, digest),
    )


def _raw_hmac(secret: bytes) -> tuple[Signer, Verifier]:
    def sign(message: bytes) -> bytes:
        return hmac.new(secret, message, hashlib.sha256).digest()

    def verify(signature: bytes, message: bytes) -> None:
        if not hmac.compare_digest(sign(message), signature):
            raise ValueError("the signature does not fit")

    return sign, verify


def _raw_ecdsa(private: Any, public: Any) -> tuple[Signer, Verifier]:
    signing, verifying = ec.ECDSA(hashes.SHA256(), deterministic_signing=True), ec.ECDSA(hashes.SHA256())

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, signing))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(signature: bytes, message: bytes) -> None:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        public.verify(encode_dss_signature(r, s), message, verifying)

    return sign, verify
