"""JSON Web Tokens: claims in, token out, and back (RFC 7519 §7), with the advice of RFC 8725 built in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .claims import check_claims, check_types, expected
from .encoding import b64u_decode, json_dumps, json_loads_strict
from .errors import ClaimError, TokenError
from .jws import MAX_TOKEN, sign, verify
from .keys import Key, KeySet


def encode(claims: dict[str, Any], key: Key, *, typ: str | None = "JWT", header: dict[str, Any] | None = None) -> str:
    """Sign claims as a token (RFC 7519 §7.1).

    Args:
        claims: the claims. The registered ones must have their registered types; times are in seconds.
        key: a private or shared key.
        typ: what kind of token this is (RFC 8725 §3.11); None leaves the parameter out. A typ in header wins.
        header: further header parameters.

    Raises:
        TypeError: an argument of the wrong type, or a claim that JSON can't represent.
        JWTError: a claim of the wrong type, or a token that `decode` would refuse at any time.
    """
    if not isinstance(claims, dict):
        raise TypeError(f"the claims must be a dict, not {type(claims).__name__}")
    if typ is not None and not isinstance(typ, str):
        raise TypeError(f"typ must be str or None, not {type(typ).__name__}")
    if header is not None and not isinstance(header, dict):
        raise TypeError(f"the header must be dict or None, not {type(header).__name__}")
    check_types(claims)
    return sign(json_dumps(claims), key, header if typ is None else {"typ": typ, **(header or {})})


def decode(
    token: str,
    key: Key | KeySet,
    *,
    issuer: str | None = None,
    audience: str | Collection[str] | None = None,
    subject: str | None = None,
    typ: str | None = None,
    require: Collection[str] = ("exp",),
    leeway: float = 0,
    now: float | None = None,
) -> dict[str, Any]:
    """Verify a token and check its claims (RFC 7519 §7.2). Only the claims that it returns may be trusted.

    A token is refused if its `exp` has passed, or if its `nbf` or `iat` is in the future. RFC 7519 §4.1.6 leaves the
    check of `iat` open; `leeway` allows for clocks that differ.

    Args:
        token: the token, as text.
        key: the key, or a set from which the header's `alg` and `kid` choose one.
        issuer: the only `iss` to accept, compared exactly (RFC 8725 §3.8).
        audience: our own name, or several of which one must match exactly (RFC 8725 §3.9). Without it, a token
            that names an audience is refused.
        subject: the only `sub` to accept.
        typ: the only `typ` to accept; case and the prefix "application/" do not matter (RFC 7515 §4.1.9).
        require: names of claims that must be present; by default ("exp",).
        leeway: how many seconds two clocks may differ; finite, not negative.
        now: the time in seconds since 1970-01-01 UTC; the system clock when None.

    Raises:
        TypeError: an argument of the wrong type.
        JWTError: the token is refused, or leeway or now is out of range.
    """
    if typ is not None and not isinstance(typ, str):
        raise TypeError(f"typ must be str or None, not {type(typ).__name__}")
    wanted = expected(issuer=issuer, audience=audience, subject=subject, require=require, leeway=leeway, now=now)
    header, payload = verify(token, key)
    if typ is not None and ("typ" not in header or _media_type(header["typ"]) != _media_type(typ)):
        raise TokenError("the token's typ is not the one that the caller asked for (RFC 8725 §3.11)")
    claims = json_loads_strict(payload)
    if not isinstance(claims, dict):
        raise TokenError("the payload is not a JSON object")
    check_claims(claims, wanted)
    return claims


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """A trusted issuer: its keys, and the rules for its tokens, as in `decode`."""

    keys: Key | KeySet
    audience: str | Collection[str] | None = None
    subject: str | None = None
    typ: str | None = None
    require: Collection[str] = ("exp",)
    leeway: float = 0


def decode_from(token: str, issuers: Mapping[str, Issuer], *, now: float | None = None) -> dict[str, Any]:
    """Verify a token of one of several issuers, each by its own keys and rules alone (RFC 8725 §3.8).

    Args:
        token: the token, as text.
        issuers: by `iss`, compared exactly. The token's own `iss` only chooses among them.
        now: as for `decode`.

    Raises:
        TypeError: an argument of the wrong type.
        JWTError: the token names no such issuer, or its issuer's rules refuse it.
    """
    if not isinstance(issuers, Mapping) or not all(isinstance(one, Issuer) for one in issuers.values()):
        raise TypeError("issuers must be a mapping from iss to Issuer")
    said = peek(token).unverified_claims.get("iss")
    if not isinstance(said, str) or said not in issuers:
        raise ClaimError("iss", "is missing" if said is None else "is not one of the issuers that the caller trusts")
    rules = dict(vars(issuers[said]))
    return decode(token, rules.pop("keys"), issuer=said, now=now, **rules)


@dataclass(frozen=True)
class Unverified:
    """The content of an unverified token. Anyone may have written it: use it to choose a key or to debug."""

    unverified_header: dict[str, Any]
    unverified_claims: dict[str, Any]


def peek(token: str) -> Unverified:
    """Read a token without verifying anything but its form. Nothing in it may be trusted.

    Raises:
        TypeError: token is not str.
        JWTError: it is not a compact JWS of claims (RFC 7515 §7.1, RFC 7519 §7.2).
    """
    if not isinstance(token, str):
        raise TypeError(f"the token must be str, not {type(token).__name__}")
    segments = token.split(".", 3) if len(token) <= MAX_TOKEN else []
    if len(segments) != 3:
        raise TokenError(f"a signed token has three segments, and at most {MAX_TOKEN} characters")
    header, claims = (json_loads_strict(b64u_decode(one)) for one in segments[:2])
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenError("the header or the payload is not a JSON object")
    return Unverified(header, claims)


def _media_type(typ: str) -> bytes:
    # On bytes, lower() changes only A-Z. On text, the Kelvin sign (U+212A) would become "k".
    return typ.encode("utf-8", "surrogatepass").lower().removeprefix(b"application/")
