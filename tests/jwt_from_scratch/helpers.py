"""Shared by these tests: the RFCs' vectors, a key for each algorithm, and tokens made by hand."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_encode

VECTORS = Path(__file__).resolve().parent.parent / "vectors"
NOW = 1_700_000_000

HMAC_NAMES = ("HS256", "HS384", "HS512")
RSA_NAMES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
EC_NAMES = ("ES256", "ES384", "ES512")
ED_NAMES = ("Ed25519", "EdDSA")
NAMES = HMAC_NAMES + RSA_NAMES + EC_NAMES + ED_NAMES
PUBLIC_NAMES = RSA_NAMES + EC_NAMES + ED_NAMES
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


@cache
def vectors(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


@cache
def key_for(alg: str) -> Key:
    """The private (or shared) key of the tests. RSA keys come from RFC 7520: making one takes long."""
    if alg in RSA_NAMES:
        return Key.from_jwk(rsa_jwk(), alg)
    return Key.generate(alg)


@cache
def other_key(alg: str) -> Key:
    """Another key for the same algorithm."""
    if alg in RSA_NAMES:
        return Key.from_jwk(vectors("rfc7515")["signed"][1]["key"], alg)
    return Key.generate(alg)


def rsa_jwk() -> dict[str, Any]:
    """A private RSA JWK that names neither alg, use nor kid."""
    jwk = vectors("rfc7520")["signed"][0]["key"]
    return {name: value for name, value in jwk.items() if name not in ("kid", "use", "alg")}


def private_jwk(alg: str) -> dict[str, Any]:
    return key_for(alg).to_jwk(private=True)


def b64u(value: int | bytes | str, width: int | None = None) -> str:
    """base64url of bytes, of text, or of an integer with its minimal (or a given) width."""
    if isinstance(value, int):
        value = value.to_bytes(width or max(1, (value.bit_length() + 7) // 8), "big")
    return b64u_encode(value.encode() if isinstance(value, str) else value)


def forge(header: Any, payload: Any, key: Key) -> str:
    """A token with a valid signature and any content: bytes are taken as they are, other values become JSON."""
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload))
    signing_input = ".".join(b64u_encode(part) for part in parts)
    return f"{signing_input}.{b64u_encode(key.sign(signing_input.encode()))}"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
"""Values that strict JSON can represent."""

hostile_values = (
    json_values
    | st.text(max_size=60)
    | st.text(alphabet="ABCDEFabcdef0123456789-_", max_size=60)
    | st.binary(max_size=60).map(b64u)
    | st.integers(10**300, 10**400)
    | st.sampled_from([float("nan"), float("inf"), 10**5000, "\ud800", b"bytes", ("tuple",), {1: 2}, {"a"}, object()])
)
"""Any value, and often one that is nearly right."""
