"""Lesson 06: invalid ES256 signatures, and invalid keys."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from ... import Key, encode
from ...encoding import b64u_decode, b64u_encode, json_dumps
from ..p256 import FIELD, G, N, scalar_mul
from . import Forgery, Honest

CLAIMS = {"iss": "https://bikes.example", "sub": "mallory", "role": "admin"}


def honest() -> list[Honest]:
    """Tokens that the `verify` at the end of lesson 06 accepts."""
    claims = {"iss": "https://bikes.example", "sub": "ada", "role": "rider"}
    shared, rsa, signer = Key.generate("HS256"), Key.generate("RS256"), _Signer()
    short, short_s = signer.short(claims), signer.short(claims, half=1)
    return [
        Honest("HS256", encode(claims, shared), shared.to_jwk(private=True), claims),
        Honest("RS256", encode(claims, rsa), rsa.to_jwk(), claims),
        Honest("ES256", signer.token(claims), signer.jwk, claims),
        Honest("ES256, r beginning with a zero byte", short, signer.jwk, claims),
        Honest("ES256, s beginning with a zero byte", short_s, signer.jwk, claims),
        Honest("ES256, (r, n - s) in place of (r, s)", _with_signature(short, _other_s), signer.jwk, claims),
    ]


def forgeries() -> list[Forgery]:
    """Tokens that must be refused."""
    signer = _Signer()
    return [*_numbers(signer), *_forms(signer), *_keys(signer), *_algorithms(signer)]


class _Signer:
    """A P-256 key that signs with the nonce, or the whole signature, that a forgery needs."""

    def __init__(self, d: int | None = None) -> None:
        self.d = 1 + secrets.randbelow(N - 1) if d is None else d
        self.key = ec.derive_private_key(self.d, ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.jwk = _jwk(numbers.x, numbers.y)

    def token(self, claims: dict[str, Any], alg: str = "ES256") -> str:
        signing_input = _signing_input(claims, alg)
        r, s = decode_dss_signature(self.key.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signing_input}.{b64u_encode(_join(r, s))}"

    def short(self, claims: dict[str, Any], half: int = 0) -> str:
        """A token whose r, or in the second half s, begins with a zero byte; about 256 tries."""
        return next(t for t in iter(lambda: self.token(claims), "") if _numbers_of(t)[half] < 2**248)


def _numbers(signer: _Signer) -> list[Forgery]:
    signing_input = _signing_input(CLAIMS)
    honest = signer.token(CLAIMS | {"role": "rider"})
    r, s = _numbers_of(honest)
    zero = "r and s must be from 1 to n - 1; with zeros every message fits (Java, CVE-2022-21449)."
    pairs = {"r = s = 0": (0, 0), "r = 0": (0, s), "s = 0": (r, 0), "r = s = n": (N, N), "s = n": (r, N)}
    made = [
        Forgery(f"ES256 signature with {name}", zero, f"{signing_input}.{b64u_encode(_join(*pair))}", signer.jwk)
        for name, pair in pairs.items()
    ]
    # A key and a nonce for which s becomes 1, so that s + n still fits in 32 bytes.
    k = 1 + secrets.randbelow(N - 1)
    one_r = (scalar_mul(k, G) or (0, 0))[0] % N
    one = _Signer((k - _hash(signing_input)) * pow(one_r, -1, N) % N)
    fits = "s must be below n; without that rule s + n is another spelling of s."
    made.append(Forgery("s + n in place of s", fits, f"{signing_input}.{b64u_encode(_join(one_r, 1 + N))}", one.jwk))
    stolen = f"{signing_input}.{honest.rpartition('.')[2]}"
    made.append(Forgery("the signature of another token", "The signature covers every byte.", stolen, signer.jwk))
    return made


def _forms(signer: _Signer) -> list[Forgery]:
    token, short, short_s = signer.token(CLAIMS), signer.short(CLAIMS), signer.short(CLAIMS, half=1)
    length = "An ES256 signature is r and s, 32 bytes each, 64 in all (RFC 7518 §3.4)."
    changes = {
        "in DER": _with_signature(token, lambda data: encode_dss_signature(*_halves(data))),
        "without r's leading zero byte": _with_signature(short, lambda data: data[1:]),
        "without s's leading zero byte": _with_signature(short_s, lambda data: data[:32] + data[33:]),
        "with a zero byte between r and s": _with_signature(token, lambda data: data[:32] + b"\0" + data[32:]),
        "with a zero byte behind it": _with_signature(token, lambda data: data + b"\0"),
        "written twice": _with_signature(token, lambda data: data * 2),
        "cut to r": _with_signature(token, lambda data: data[:32]),
        "of no bytes": _with_signature(token, lambda data: b""),
        "in hexadecimal": _with_signature(token, lambda data: data.hex().encode()),
    }
    made = [Forgery(f"ES256 signature {name}", length, changed, signer.jwk) for name, changed in changes.items()]
    turned = _with_signature(token, lambda data: data[32:] + data[:32])
    return [*made, Forgery("ES256 signature with s before r", "r comes first, then s.", turned, signer.jwk)]


def _keys(signer: _Signer) -> list[Forgery]:
    """Invalid keys. A verifier that accepts them lets anyone sign, or gives one key several encodings."""
    signing_input = _signing_input(CLAIMS)
    off = "The public point must be on the curve (RFC 8725 §3.4); for this one anyone can sign."
    # Twice (x, 0) is infinity, so with an even r/s the key drops out of the sum.
    r, s = next((r, s) for r, s in iter(lambda: _free(signing_input), (0, 0)) if r * pow(s, -1, N) % N % 2 == 0)
    free = f"{signing_input}.{b64u_encode(_join(r, s))}"
    x, y = (int.from_bytes(b64u_decode(signer.jwk[name]), "big") for name in ("x", "y"))
    token = signer.token(CLAIMS)
    width = "A coordinate in a JWK is 32 bytes wide (RFC 7518 §6.2.1.2); one key has one spelling."
    cropped = next(one for one in iter(_Signer, None) if b64u_decode(one.jwk["x"])[0] == 0)
    narrow = {**cropped.jwk, "x": b64u_encode(b64u_decode(cropped.jwk["x"])[1:])}
    other = ec.generate_private_key(ec.SECP256K1())
    numbers = other.public_key().public_numbers()
    other_signature = b64u_encode(
        _join(*decode_dss_signature(other.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256()))))
    )
    foreign = _jwk(numbers.x, numbers.y)
    curve = "ES256 is P-256 and no other curve, whatever the key says (RFC 7518 §3.4)."
    return [
        Forgery("a public key that is not on the curve", off, free, _jwk(x, 0)),
        Forgery("a public key of zeros", off, free, _jwk(0, 0)),
        Forgery("a public key next to the curve", off, token, _jwk(x, (y + 1) % FIELD)),
        Forgery("a key on secp256k1 that says P-256", curve, f"{signing_input}.{other_signature}", foreign),
        Forgery(
            "a key on secp256k1 that says so",
            curve,
            f"{signing_input}.{other_signature}",
            {**foreign, "crv": "secp256k1"},
        ),
        Forgery("a key that says P-384", curve, token, {**signer.jwk, "crv": "P-384"}),
        Forgery("a key without its y", "Half a point is no key.", token, _without(signer.jwk, "y")),
        Forgery("a key whose x lost its leading zero byte", width, cropped.token(CLAIMS), narrow),
        Forgery("another signer's key", "The signature does not fit this key.", token, _Signer().jwk),
    ]


def _algorithms(signer: _Signer) -> list[Forgery]:
    alg = "The key names its algorithm; the header may only agree (RFC 8725 §3.1)."
    public = (
        "A public key is no secret: whoever knows it can compute this HMAC (PyJWT, CVE-2022-29217, CVE-2026-48526)."
    )
    pem = Key.from_jwk(signer.jwk).to_pem()
    secrets_for_all = {
        "PEM": pem.encode(),
        "PEM without its last line break": pem.strip().encode(),
        "JWK as JSON": json_dumps(signer.jwk),
        "JWK as JSON with spaces": json.dumps(signer.jwk).encode(),
        "point, x and y": b64u_decode(signer.jwk["x"]) + b64u_decode(signer.jwk["y"]),
    }
    made = [
        Forgery(f"HS256 with the EC key's {name} as the secret", public, _hs256(secret), signer.jwk)
        for name, secret in secrets_for_all.items()
    ]
    for name in ("ES384", "ES256K", "es256", "RS256", "HS256"):
        made.append(Forgery(f"signed with ES256, header says {name}", alg, signer.token(CLAIMS, name), signer.jwk))
    made.append(Forgery("alg none against an EC key", alg, f"{_signing_input(CLAIMS, 'none')}.", signer.jwk))
    return made


def _free(signing_input: str) -> tuple[int, int]:
    """r and s that are valid for every key that drops out of the sum: R = (e/s)·G."""
    s = 1 + secrets.randbelow(N - 1)
    u = _hash(signing_input) * pow(s, -1, N) % N
    return ec.derive_private_key(u, ec.SECP256R1()).public_key().public_numbers().x % N, s


def _hs256(secret: bytes) -> str:
    return encode(CLAIMS, Key.from_secret(secret))


def _jwk(x: int, y: int) -> dict[str, Any]:
    coordinates = {name: b64u_encode(value.to_bytes(32, "big")) for name, value in (("x", x), ("y", y))}
    return {"kty": "EC", "crv": "P-256", **coordinates, "alg": "ES256"}


def _without(jwk: dict[str, Any], name: str) -> dict[str, Any]:
    return {member: value for member, value in jwk.items() if member != name}


def _signing_input(claims: dict[str, Any], alg: str = "ES256") -> str:
    return f"{b64u_encode(json_dumps({'alg': alg, 'typ': 'JWT'}))}.{b64u_encode(json_dumps(claims))}"


def _with_signature(token: str, change: Any) -> str:
    signing_input, _, signature = token.rpartition(".")
    return f"{signing_input}.{b64u_encode(change(b64u_decode(signature)))}"


def _other_s(data: bytes) -> bytes:
    r, s = _halves(data)
    return _join(r, N - s)


def _numbers_of(token: str) -> tuple[int, int]:
    return _halves(b64u_decode(token.rpartition(".")[2]))


def _halves(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[:32], "big"), int.from_bytes(data[32:], "big")


def _join(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _hash(signing_input: str) -> int:
    return int.from_bytes(hashlib.sha256(signing_input.encode()).digest(), "big")
