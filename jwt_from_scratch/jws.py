"""Compact JSON Web Signatures: three base64url segments and two dots (RFC 7515 §3.1, §5, §7.1)."""

from typing import Any, NamedTuple

from .encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from .errors import SignatureError, TokenError
from .keys import Key, KeySet

MAX_TOKEN = 65_536
"""Characters. Most servers refuse request headers that are far shorter than this."""

# Header parameters that are strings whenever they are present (RFC 7515 §4.1).
_STRINGS = ("alg", "kid", "typ", "cty")


class Signed(NamedTuple):
    """The header and the payload of a verified token."""

    header: dict[str, Any]
    payload: bytes


def sign(payload: bytes, key: Key, header: dict[str, Any] | None = None) -> str:
    """Sign bytes and write the token in compact form (RFC 7515 §5.1).

    The header gets the key's `alg`, and its `kid` if it has one.

    Args:
        payload: any bytes.
        key: a private or shared key.
        header: further header parameters.

    Raises:
        TypeError: an argument of the wrong type, or a header that JSON can't represent.
        JWTError: a header that `verify` would refuse or that contradicts the key, a key that may not sign, or a
            token longer than `MAX_TOKEN`.
    """
    if not isinstance(payload, bytes):
        raise TypeError(f"the payload must be bytes, not {type(payload).__name__}")
    if not isinstance(key, Key):
        raise TypeError(f"sign needs a Key, not {type(key).__name__}")
    signing_input = f"{b64u_encode(json_dumps(_full_header(key, header)))}.{b64u_encode(payload)}"
    token = f"{signing_input}.{b64u_encode(key.sign(signing_input.encode('ascii')))}"
    if len(token) > MAX_TOKEN:
        raise TokenError(f"the token would have {len(token)} characters; {MAX_TOKEN} is the limit")
    return token


def verify(token: str, key: Key | KeySet) -> Signed:
    """Check a compact token's signature and return its header and payload (RFC 7515 §5.2).

    With a single key the caller has chosen, so the token's `kid` is ignored. From a key set, `alg` and `kid` choose.

    Args:
        token: the token, as text.
        key: a public, private or shared key, or a set of them.

    Raises:
        TypeError: token is not str, or key is neither Key nor KeySet.
        JWTError: anything wrong with the token; its payload must then not be used at all.
    """
    if not isinstance(token, str):
        raise TypeError(f"the token must be str, not {type(token).__name__}")
    if not isinstance(key, (Key, KeySet)):
        raise TypeError(f"verify needs a Key or a KeySet, not {type(key).__name__}")
    if len(token) > MAX_TOKEN:
        raise TokenError(f"the token has more than {MAX_TOKEN} characters")
    segments = token.split(".", 3)
    if len(segments) != 3:
        raise TokenError(_no_compact_jws(token))
    header = json_loads_strict(b64u_decode(segments[0]))
    _check_header(header)
    payload = b64u_decode(segments[1])
    signature = b64u_decode(segments[2])
    chosen = key.find(header["alg"], header.get("kid")) if isinstance(key, KeySet) else key
    if not chosen.accepts(header["alg"]):
        raise TokenError(f"the token says alg {header['alg'][:40]!r}, the key is for {chosen.alg}")
    if not chosen.verify(token[: token.rindex(".")].encode("ascii"), signature):
        detached = "" if payload else ". The payload is empty: if it is detached (RFC 7515 App. F), put it in first"
        raise SignatureError(f"the signature does not fit{detached}")
    return Signed(header, payload)


def _full_header(key: Key, extra: dict[str, Any] | None) -> dict[str, Any]:
    if extra is not None and not isinstance(extra, dict):
        raise TypeError(f"the header must be dict or None, not {type(extra).__name__}")
    header: dict[str, Any] = {"alg": key.alg}
    if key.kid is not None:
        header["kid"] = key.kid
    for name, value in (extra or {}).items():
        if header.setdefault(name, value) != value:
            raise TokenError(f"the header's {name!s} contradicts the key's")
    _check_header(header)
    return header


def _check_header(header: Any) -> None:
    """Refuse a header that is not an object, lacks alg, or has a parameter that this module does not support."""
    if not isinstance(header, dict):
        raise TokenError("the header is not a JSON object")
    if "alg" not in header:
        raise TokenError("the header has no alg")
    for name in _STRINGS:
        if name in header and not isinstance(header[name], str):
            raise TokenError(f"the header's {name} must be a string")
    if "b64" in header:
        raise TokenError("the header uses b64, the unencoded payload of RFC 7797, which this module does not support")
    if "crit" in header:
        raise TokenError(
            "the header uses crit, and this module knows no extension that it could name (RFC 7515 §4.1.11)"
        )


def _no_compact_jws(token: str) -> str:
    """A guess, for the error message, at what a text without three segments is."""
    if token.lstrip().startswith("{"):
        return "this is a JWS in JSON form (RFC 7515 §7.2); this module reads the compact form alone"
    if token.count(".") == 4:
        return "five segments make an encrypted token (RFC 7516); this module reads signed ones alone"
    return "a signed token has three segments, with a dot between them"
