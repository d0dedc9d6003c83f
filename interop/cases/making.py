"""Making a case: a header and a payload, byte for byte, and a valid signature."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from jwt_from_scratch.algorithms import ALGORITHMS
from jwt_from_scratch.encoding import b64u_encode

from ..keys import letters, public_jwk, public_pem

NOW = 1_800_000_000.0
"""The frozen clock of every case without its own: 2027-01-15."""
EXP = 4_102_444_800
"""2100-01-01."""
SECRET = letters(48)


@dataclass(frozen=True)
class Case:
    """A valid token, and the key for reading it."""

    id: str
    text: str
    alg: str
    token: str
    payload: bytes
    key: dict[str, Any]
    """The key in the forms that a driver may use: secret, jwk, pem, jwks."""
    kind: str = "jwt"
    form: str = "compact"
    aud: str | None = None
    iss: str | None = None
    now: float = NOW
    rare: bool = False
    """The algorithm or curve is rare: a library that refuses it counts as not supporting it."""

    def signed_anew(self) -> bool:
        """Whether the case is the same with another HS256 secret and clock: it is about header or claims."""
        usual = self.kind == "jwt" and self.form == "compact" and self.key == offered("HS256", SECRET)
        return usual and self.now == NOW and len(self.token) < 1000

    def question(self) -> dict[str, Any]:
        """The question for a driver."""
        own = {name: getattr(self, name) for name in ("id", "token", "alg", "kind", "form", "key", "aud", "iss")}
        return {**own, "payload": b64u_encode(self.payload)}


def signature(alg: str, private: Any, message: bytes) -> bytes:
    """Sign with our own module if it supports the algorithm, else with `cryptography`."""
    if alg in ALGORITHMS:
        return ALGORITHMS[alg].sign(private, message)
    if alg == "ES256K":
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    raw: bytes = private.sign(message)  # Ed448, ML-DSA
    return raw


def compact(alg: str, private: Any, header: str | bytes, payload: str | bytes) -> str:
    """The compact form (RFC 7515 §3.1) with exactly these bytes."""
    parts = (part.encode() if isinstance(part, str) else part for part in (header, payload))
    signing_input = ".".join(map(b64u_encode, parts))
    return f"{signing_input}.{b64u_encode(signature(alg, private, signing_input.encode()))}"


@cache
def offered(alg: str, private: Any) -> dict[str, Any]:
    """A key in every form that a driver may choose."""
    if isinstance(private, bytes):
        secret = b64u_encode(private)
        return {"secret": secret, "jwk": {"kty": "oct", "k": secret, "alg": alg}}
    jwk = {**public_jwk(private), "alg": alg}
    return {"jwk": jwk} if alg == "ML-DSA-44" else {"jwk": jwk, "pem": public_pem(private)}


def case(
    id: str,
    text: str,
    alg: str = "HS256",
    private: Any = SECRET,
    *,
    header: str | None = None,
    payload: str | bytes | None = None,
    key: dict[str, Any] | None = None,
    **more: Any,
) -> Case:
    """Make a case. Defaults: a plain header, `sub` and an `exp` in the far future, the key in every form."""
    header = '{"alg":"%s","typ":"JWT"}' % alg if header is None else header  # noqa: UP031 - the braces are JSON's
    payload = claims() if payload is None else payload
    token = compact(alg, private, header, payload)
    data = payload.encode() if isinstance(payload, str) else payload
    return Case(id, text, alg, token, data, offered(alg, private) if key is None else key, **more)


def claims(more: str = "") -> str:
    """Claims as JSON text: sub, exp, and the given members."""
    return f'{{"sub":"ada","exp":{EXP}{"," * bool(more)}{more}}}'


def payload_for(alg: str, private: Any, wanted: Callable[[bytes], bool]) -> str:
    """A payload with a signature for which `wanted` is true."""
    for number in count():
        payload = claims(f'"jti":"{number}"')
        token = compact(alg, private, f'{{"alg":"{alg}","typ":"JWT"}}', payload)
        if wanted(signature(alg, private, token.rpartition(".")[0].encode())):
            return payload
    raise AssertionError("unreachable")
