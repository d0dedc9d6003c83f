"""split_token: header, payload, signature; nothing is verified."""

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps

from ...judging.aspects import Aspect, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import HALF
from .. import kit

RULES = {
    "1": "The parts come back as (header, payload, signature): two dicts and the signature's bytes.",
    "2": "A signed token has exactly three segments, so two dots; empty ones count (RFC 7515 §7.1).",
}
FORMS: dict[str, Callable[[str, str, str], str]] = {
    "two segments": lambda h, p, s: f"{h}.{p}",
    "one segment": lambda h, p, s: h,
    "nothing": lambda h, p, s: "",
    "no dots at all": lambda h, p, s: f"{h}{p}{s}",
    "an empty one before": lambda h, p, s: f".{h}.{p}.{s}",
    "an empty one behind": lambda h, p, s: f"{h}.{p}.{s}.",
    "five segments": lambda h, p, s: f"{h}.{p}.{s}.{p}.{s}",
    "two empty ones behind": lambda h, p, s: f"{h}.{p}..",
    # A forgiving decoder skips dots, and takes what stands behind them if the padding happens to fit.
    **{f"{n} empty in the middle": lambda h, p, s, n=n: f"{h}{'.' * n}.{p}.{s}" for n in (1, 2, 3, 4)},  # type: ignore[misc]
    **{f"a fourth of {n} letters": lambda h, p, s, n=n: f"{h}.{p}.{s}.{'QUJD'[:n]}" for n in (1, 2, 3, 4)},  # type: ignore[misc]
    **{f"a fourth before, of {n} letters": lambda h, p, s, n=n: f"{'e30='[:n]}.{h}.{p}.{s}" for n in (1, 3)},  # type: ignore[misc]
}


def world(source: random.Random) -> Any:
    """Names and bytes that differ from seed to seed; only what stands before these shows which alphabet is read."""
    return SimpleNamespace(
        name=source.choice(["ada", "bob"]),
        jti=source.randbytes(6).hex(),
        seal="".join(source.choices(string.ascii_letters + string.digits, k=253)).encode(),
    )


def aspects(w: Any) -> list[Aspect]:
    """What stands in the segments, how the JSON is written, and how many segments there are.

    In the bare surroundings no segment lacks a '=': who forgets the padding is right there, unlike who raises always.
    """
    # --__YWI-Y2Q-ZWY-Z2g-: who reads the other alphabet skips eight of these, and finds other bytes, but no error.
    seal = b"\xfb\xef\xffab>cd>ef>gh>" + w.seal
    headers = (
        {"alg": "HS384", "typ": "JWT"},
        {"alg": "none", "typ": "JWT"},
        {"alg": "ES256", "kid": "\u00fe-11", "typ": "at+jwt"},
        {"alg": "HS256", "q": "???>>>~~~", "Kid": "A b"},
        {"typ": "JWT", "x5c": ["MIIB"], "n": {"a": [1, None]}, "cty": "", "kid": None, "b64": False, "iat": 0, "x": []},
    )
    payloads = (
        named("a name and an identifier", lambda e: {"sub": w.name, "jti": w.jti, "vip": True}),
        {"exp": 1, "iss": "https://login.example", "aud": ["a", "b"]},
        {"Name": " \u00c6gir \u00de\u00f3rsd\u00f3ttir", "n": [1, {"deep": None}], "o": {"x": None}, "none": None},
        {"q": "???>>>~~~", "f": 1.5, "big": 10**20},
        {"alg": "none", "": "", "a.b": ".", " c ": 1, "long": "x" * 5_000},
    )
    sizes = {f"{size} bytes": seal[:size] for size in (48, 64, 32, 20, 3, 4, 5, 256)}
    return [
        Aspect("header", good(*headers, rule="1"), rare({}, rule="1")),
        Aspect("payload", good(*payloads, rule="1"), rare({}, rule="1")),
        Aspect(
            "signature",
            good(*(named(text, what) for text, what in sizes.items()), rule="1"),
            rare(named("empty", b""), named("1 byte", b"\n"), named("zeros", bytes(32)), rule="1"),
        ),
        Aspect(
            "JSON",
            good(named("compact", lambda e: json_dumps), rule="1"),
            rare(named("other spaces and order", lambda e: kit.spaced), rule="1"),
            rare(named("escapes", lambda e: _escaped), rule="1", along={"payload": {"url": "https://\u00e6.example/"}}),
        ),
        Aspect(
            "segments",
            good(named("three", lambda e: lambda h, p, s: f"{h}.{p}.{s}")),
            bad("2", *(named(text, lambda e, form=form: form) for text, form in FORMS.items()), stake=HALF),
        ),
    ]


def _escaped(value: Any) -> bytes:
    return json.dumps(value).replace("/", "\\/").encode()


def build(e: Any) -> Args:
    """A token of these parts."""
    return (e.segments(b64u_encode(e.JSON(e.header)), b64u_encode(e.JSON(e.payload)), b64u_encode(e.signature)),)


def oracle(token: str) -> tuple[Any, set[str]]:
    """The parts, unless there are not three."""
    parts = token.split(".")
    if len(parts) != 3:
        return None, {"2"}
    return (json.loads(b64u_decode(parts[0])), json.loads(b64u_decode(parts[1])), b64u_decode(parts[2])), set()


@dataclass(frozen=True)
class Split:
    """A right split_token, of parts that can be got wrong one by one."""

    cut: Callable[[str], list[str]] = lambda token: token.split(".")
    pad: Callable[[str], str] = lambda part: part + "=" * (-len(part) % 4)
    decode: Callable[[str], bytes] = base64.urlsafe_b64decode
    read: Callable[[bytes], Any] = json.loads
    of_seal: Callable[[str, bytes], Any] = lambda part, seal: seal
    order: Callable[[Any, Any, Any], Any] = lambda header, payload, seal: (header, payload, seal)

    def __call__(self, token: str) -> Any:
        """Take a token apart."""
        header, payload, signature = self.cut(token)
        first, second, third = (self.decode(self.pad(part)) for part in (header, payload, signature))
        return self.order(self.read(first), self.read(second), self.of_seal(signature, third))


SPLIT = Split()

MISTAKES: Mistakes = {
    (RETURNS, "1"): {
        "Python's base64 decoder wants the length to be a multiple of four; a token leaves the '=' out. "
        "`from_base64url` puts them back.": replace(SPLIT, pad=lambda part: part),
    },
    RETURNS: {
        "The signature is still base64url text; decode it to bytes like the other two.": replace(
            SPLIT, of_seal=lambda part, seal: part
        ),
        "The signature should be the bytes themselves, not their hexadecimal form.": replace(
            SPLIT, of_seal=lambda part, seal: seal.hex()
        ),
        "The header and the payload are still bytes; `json.loads` makes dicts of them.": replace(
            SPLIT, read=lambda data: data
        ),
        "The header and the payload are still text; `json.loads` makes dicts of them.": replace(
            SPLIT, read=lambda data: data.decode()
        ),
        "Return a tuple, `a, b, c`; this is a list.": replace(SPLIT, order=lambda *parts: list(parts)),
        "Header and payload have changed places: the header comes first.": replace(
            SPLIT, order=lambda header, payload, seal: (payload, header, seal)
        ),
        "This is the standard alphabet. A token uses the one for URLs, with - and _ in place of + and /.": replace(
            SPLIT, decode=base64.b64decode
        ),
    },
    "2": {
        "You take the first three pieces and never look whether there are more, or fewer.": replace(
            SPLIT, cut=lambda token: [*token.split("."), "", ""][:3]
        ),
        "A third dot is left inside the signature, as `split('.', 2)` leaves it, and the forgiving decoder skips it. "
        "Cut at every dot and see that there are three pieces.": replace(SPLIT, cut=lambda token: token.split(".", 2)),
        "You take the first three pieces and never look whether there are more.": replace(
            SPLIT, cut=lambda token: token.split(".")[:3]
        ),
    },
}

split_token = Exercise(
    name="split_token",
    points=5,
    spec="RFC 7515 §7.1",
    forbids=("jwt", "jwt_from_scratch"),
    hints=(
        "A token is text with dots in it. Which method of `str` cuts a text at every dot, and how many pieces "
        "must there be?",
        "Unpacking a list into exactly three names already raises ValueError when there are not three. Each piece then "
        "goes through `from_base64url`, which gives bytes.",
        "The first two are JSON: `json.loads(from_base64url(header))`, and the same for the payload. The signature "
        "is not JSON; leave it as bytes. Return all three, separated by commas.",
    ),
    rules=RULES,
    source=from_aspects(world, aspects, build, oracle, examples=(("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.AQID",),)),
    mistakes=MISTAKES,
)
