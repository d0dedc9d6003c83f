"""Will everyone read this token? A valid token is not a token that every library reads.

`advice` reads a token, verifies nothing, and says which rules for minting tokens it breaks and which libraries would
not read it. What libraries read was measured: docs/interop.md has the rules with their figures, and `make interop`
repeats the measurement and writes readers.json.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from ..encoding import b64u_decode
from ..errors import EncodingError, TokenError

MAX_TOKEN = 1 << 20
"""The longest token that is examined, in characters."""


class Rule(NamedTuple):
    """A rule for minting tokens, and the measured cases that are the reason for it."""

    name: str
    says: str
    cases: tuple[str, ...]
    """Ids of cases in docs/interop.md."""
    knowing: bool = False
    """Whether to count also libraries that do not claim to support the feature (an algorithm, a serialization)."""


RULES = (
    Rule(
        "compact", "Use the compact form, with the payload in it.", ("R7515-A.7", "R7515-A.6", "R7520-4.5", "C01"), True
    ),
    Rule("claims", "Let the payload be a JSON object: a token of anything else is no JWT.", ("C02", "C03"), True),
    Rule(
        *("algorithm", "Sign with RS256 or ES256, or with HS256 where one party holds the only key."),
        ("D06", "D05", "E02", "E03", "E08", "E09", "E10", "F02", "F03", "F13", "F14", "F16", "F12", "F18"),
        True,
    ),
    Rule("kid", "Name the key in `kid`, where it comes from a set.", ("J12", "J14")),
    Rule("plain kid", "Write the header in ASCII.", ("A14",)),
    Rule("typ", "Leave `typ` at JWT or out, unless the profile that you follow wants another.", ("A06", "A09", "A09b")),
    Rule("cty", "Leave `cty` out.", ("A10",)),
    Rule("own members", "Put nothing into the header that is not registered.", ("A11a", "A22", "A23")),
    Rule("short header", "Keep the header below 512 characters.", ("A13", "G12")),
    Rule("crit", "Use neither `crit` nor `b64`.", ("A21", "R7797-4.2", "R7797-5.2")),
    Rule("exp", "Say in `exp` when the token ends.", ("B12", "B01")),
    Rule(
        "whole seconds",
        "Write times as whole numbers: no fraction, no exponent.",
        ("B06", "B07", "B10", "B10b", "B10c"),
    ),
    Rule("near times", "Keep times between 1970 and the year 9999.", ("B09", "B09b", "B30", "B31")),
    Rule("iat", "Let `iat` be no later than the reader's clock: take a second or two off.", ("B11",)),
    Rule("one audience", "Write `aud` as one string, not as a list.", ("B03", "B04")),
    Rule(
        "small numbers",
        "Keep integers between -(2^53-1) and 2^53-1; write longer ones as strings.",
        ("B13a", "B13c", "B14", "B15"),
    ),
    Rule("no NUL", "Keep U+0000 out of texts.", ("B19",)),
    Rule("distinct names", "Let no two claims differ in case alone.", ("B24", "B24b")),
    Rule("tame names", "Call no claim `constructor`: in JavaScript every object has one.", ("B38",)),
    Rule("flat", "Nest no deeper than 20.", ("B21b",)),
    Rule("short", "Keep the token below 16 kB.", ("B22", "B22b")),
)
"""In the order in which a token is read."""

_KNOWN = {"alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "b64"}
_ALGORITHMS = {
    **{"HS384": "D06", "HS512": "D05", "RS384": "E02", "RS512": "E03", "PS256": "E08", "PS384": "E09", "PS512": "E10"},
    **{"ES384": "F02", "ES512": "F03", "EdDSA": "F13", "Ed25519": "F14", "Ed448": "F16", "ES256K": "F12"},
    **{"ML-DSA-44": "F18", "ML-DSA-65": "F18", "ML-DSA-87": "F18"},
}
_PLAIN = ("HS256", "RS256", "ES256")


class Advice(NamedTuple):
    """One rule that a token breaks."""

    rule: Rule
    found: str
    """The part of the token that breaks it."""
    refuse: tuple[str, ...]
    """The libraries that refuse it, with their versions."""
    misread: tuple[str, ...]
    """The libraries that read it with another content."""
    of: int
    """How many libraries were asked."""

    def __str__(self) -> str:
        not_read = "not read" if self.rule.knowing else "refused"
        pairs = ((not_read, self.refuse), ("misread", self.misread))
        who = "; ".join(f"{verb} by {', '.join(names)}" for verb, names in pairs if names)
        return f"{self.found}: {f'{who} (of {self.of})' if who else 'nobody was asked'}. {self.rule.says}"


def advice(token: str, now: float | None = None) -> list[Advice]:
    """Say which rules for minting a token breaks, and which libraries would not read it. Nothing is verified.

    Args:
        token: a signed token, compact or in JSON form (RFC 7515 §7); white space around it is ignored.
        now: the reader's clock in seconds since 1970-01-01 UTC; without it, an `iat` in the future is not reported.

    Returns:
        One entry for each finding, in the order of `RULES`. If it is empty, every measured library that supports the
        algorithm reads such a token.

    Raises:
        TypeError: token is not str.
        JWTError: this is not a signed token.
    """
    if not isinstance(token, str):
        raise TypeError(f"the token must be str, not {type(token).__name__}")
    if len(token) > MAX_TOKEN:
        raise TokenError(f"a text of more than {MAX_TOKEN} characters is not looked at")
    found = sorted(_broken(token.strip(), now), key=lambda one: [rule.name for rule in RULES].index(one[0]))
    return [_advice(*one) for one in found]


_Found = tuple[str, str, str]
"""A rule's name, the measured case that is most similar, and the part of the token that breaks the rule."""


def _broken(token: str, now: float | None) -> Iterator[_Found]:
    if token.startswith("{"):
        several = "signatures" in _json(token.encode())
        yield "compact", "R7515-A.6" if several else "R7515-A.7", "the token is in JSON form"
        return
    segments = token.split(".")
    if len(segments) == 5:
        raise TokenError("this is an encrypted token (RFC 7516); nothing can be said of what is in it")
    if len(segments) != 3:
        raise TokenError("a signed token has three segments, with a dot between them")
    written = b64u_decode(segments[0])
    header = _json(written)
    if not isinstance(header.get("alg"), str):
        raise TokenError("the header has no alg")
    yield from _in_header(header, segments[0], written)
    if header.get("b64") is False:
        return  # an unencoded or detached payload
    if not segments[1] and segments[2]:
        yield "compact", "R7520-4.5", "the payload is not in the token, or it is empty"
        return
    yield from _in_payload(b64u_decode(segments[1]), now)
    if len(token) > 16_384:
        yield "short", "B22b" if len(token) > 65_536 else "B22", f"the token has {len(token):,} characters"


def _in_header(header: dict[str, Any], segment: str, written: bytes) -> Iterator[_Found]:
    alg = header["alg"]
    if alg not in _PLAIN:
        yield "algorithm", _ALGORITHMS.get(alg, ""), f"alg is {alg[:40]!r}"
    if "kid" not in header and not alg.startswith("HS"):
        yield "kid", "J12", "there is no kid"
    if not written.isascii():
        yield "plain kid", "A14", "the header has characters outside ASCII"
    typ = header.get("typ", "JWT")
    if not isinstance(typ, str) or typ.upper() != "JWT":
        case = "A09" if str(typ).lower() == "application/jwt" else "A06"
        yield "typ", case, f"typ is {str(typ)[:40]!r}"
    if "cty" in header and str(header["cty"]).upper() != "JWT":
        yield "cty", "A10", f"cty is {str(header['cty'])[:40]!r}"
    if own := [name for name in header if name not in _KNOWN]:
        yield "own members", "A11a", f"the header holds {', '.join(own)[:60]}"
    if len(segment) > 512:
        yield "short header", "A13", f"the header has {len(segment):,} characters"
    if "crit" in header or "b64" in header:
        apart = header.get("b64") is False
        yield "crit", "R7797-4.2" if apart else "A21", "the header uses " + ("b64 false" if apart else "crit or b64")


def _in_payload(payload: bytes, now: float | None) -> Iterator[_Found]:
    try:
        claims = _json(payload)
    except (EncodingError, TokenError):
        yield "claims", "C03" if payload.isascii() else "C02", "the payload is no JSON object"
        return
    yield from _times(claims, now)
    aud = claims.get("aud")
    if isinstance(aud, list):
        yield "one audience", "B03" if len(aud) == 1 else "B04", f"aud is a list of {len(aud)}"
    yield from _values(claims)
    lower = [name.lower() for name in claims]
    if len(set(lower)) != len(lower):
        exp = lower.count("exp") > 1
        yield "distinct names", "B24b" if exp else "B24", "two claims differ in case alone"
    if "constructor" in claims:
        yield "tame names", "B38", "a claim is called constructor"


def _times(claims: dict[str, Any], now: float | None) -> Iterator[_Found]:
    if "exp" not in claims:
        yield "exp", "B12", "there is no exp"
    for name in ("exp", "nbf", "iat"):
        time = claims.get(name)
        if isinstance(time, bool) or not isinstance(time, (int, Decimal)):
            continue
        if isinstance(time, Decimal):
            case = {"exp": "B07" if "E" in str(time).upper() else "B06", "nbf": "B10", "iat": "B10b"}[name]
            yield "whole seconds", case, f"{name} is not written as a whole number"
        if name == "exp" and time > 253_402_300_799:
            yield "near times", "B09b" if time > 2**63 else "B09", "exp lies beyond the year 9999"
        if name == "nbf" and time <= 0:
            yield "near times", "B30" if time < 0 else "B31", "nbf lies before 1970" if time < 0 else "nbf is 0"
        if name == "iat" and now is not None and time > now:
            yield "iat", "B11", "iat lies ahead of the clock"


_BIGGEST_DOUBLE = Decimal("1.7976931348623157e308")


def _values(claims: dict[str, Any]) -> Iterator[_Found]:
    """Numbers, texts and depth, anywhere in the claims."""
    biggest, deepest, nul = Decimal(0), 0, False
    rest: list[tuple[Any, int]] = [(value, 1) for name, value in claims.items() if name not in ("exp", "nbf", "iat")]
    while rest:
        value, depth = rest.pop()
        deepest = max(deepest, depth)
        if isinstance(value, (dict, list)):
            inside = value.values() if isinstance(value, dict) else value
            rest += [(one, depth + 1) for one in inside]
        elif isinstance(value, str):
            nul = nul or "\0" in value
        elif isinstance(value, Decimal) and value.copy_abs() > _BIGGEST_DOUBLE:
            biggest = max(biggest, value.copy_abs())
        elif isinstance(value, int):
            biggest = max(biggest, Decimal(abs(value)))
    if biggest >= 2**53:
        case = "B15" if biggest > 10**308 else "B14" if biggest >= 2**64 else "B13c" if biggest >= 2**63 else "B13a"
        yield "small numbers", case, f"a number of {biggest.adjusted() + 1} digits is in it"
    if nul:
        yield "no NUL", "B19", "a text holds U+0000"
    if deepest > 21:
        yield "flat", "B21b", f"it is nested {deepest - 1} deep"


def _json(data: bytes) -> dict[str, Any]:
    """A JSON object; numbers with a fraction or an exponent become Decimals, to keep how they are written."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, ArithmeticError, RecursionError):  # exponents beyond what Decimal holds; nesting
        raise EncodingError("not JSON that this module reads") from None
    if not isinstance(value, dict):
        raise TokenError("not a JSON object")
    return value


def _no_constant(name: str) -> NoReturn:
    raise EncodingError(f"{name} is not JSON")


# -- who reads what ------------------------------------------------------------------------------------------------


@cache
def measured() -> dict[str, Any]:
    """The results of `make interop`: `date`, `libraries` (name to version) and `cases` (by id, as in docs/interop.md).

    A case has its `text`, the number of libraries that `read` it, and the names of those that `refuse` it, `misread` it
    or do not claim to support it (`beyond`); and the `token`, if a learner could sign it with a secret of their own.
    """
    found: dict[str, Any] = json.loads(Path(__file__).with_name("readers.json").read_text("utf-8"))
    return found


def _advice(name: str, case: str, found: str) -> Advice:
    rule = next(one for one in RULES if one.name == name)
    who = measured()["cases"].get(case)
    if who is None:  # an algorithm that was not measured
        return Advice(rule, found, (), (), 0)
    refuse = [*who["refuse"], *(who["beyond"] if rule.knowing else ())]
    asked = who["read"] + len(refuse) + len(who["misread"])
    return Advice(rule, found, _named(refuse), _named(who["misread"]), asked)


def _named(libraries: list[str]) -> tuple[str, ...]:
    versions: dict[str, str] = measured()["libraries"]
    return tuple(f"{one} {versions[one]}".strip() for one in libraries)
