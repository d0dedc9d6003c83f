"""is_bound: a token's claims and the thumbprint of a proof's key in, whether the token is bound to that key out."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, joined, named, rare, written
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF
from ...judging.wants import Refuses, Returns, Want
from .. import kit

RULES = {
    "1": "cnf is an object and its jkt exactly the thumbprint (RFC 9449 §6.1). Anything else is False, and no "
    "exception.",
    "2": "Nothing else counts: no other claim, and no other member of cnf.",
}
Claims = dict[str, Any]


def world(source: random.Random) -> Any:
    """Two thumbprints."""
    mine, other = (b64u_encode(source.randbytes(32)) for _ in range(2))
    return SimpleNamespace(mine=f"ks-_{mine[4:-1]}Q", other=other)


def aspects(w: Any) -> list[Aspect]:
    """jkt, cnf, and what else there is."""
    whole = {"null": None, "a list": [], "the thumbprint": w.mine, "true": True}
    whole |= {"a list of pairs": [["jkt", w.mine]], "a list of one": [{"jkt": w.mine}]}
    whole |= {"JSON in a text": f'{{"jkt": "{w.mine}"}}'}
    inside = {"act": {"sub": "rota", "cnf": {"jkt": w.mine}}}
    others: Claims = {"x5t#S256": w.mine, "kid": w.mine, "jwk": {"kid": w.mine, "jkt": w.mine}, "jkts": [w.mine]}
    odd: Claims = {
        "sub": None,
        "client_id": "",
        "token_type": "Bearer",
        "exp": 1,
        "nbf": 10**10,
        "aud": [],
        "active": False,
    }
    return [
        Aspect(
            "jkt",
            good(named("fits", w.mine), rule="1"),
            bad("1", named("another key's", w.other), named("absent", ABSENT), stake=ALL),
            bad("1", *kit.falsy(), named("true", True), named("in a list", [w.mine]), stake=HALF),
            bad("1", *kit.almost(w.mine)),
            bad("1", *(named(f"spelled {text}", spell(w.mine)) for text, spell in kit.lenient().items())),
        ),
        Aspect(
            "cnf",
            good(named("an object", lambda e: {} if e.jkt is ABSENT else {"jkt": e.jkt}), rule="1"),
            rare(
                named("with another member", lambda e: {"jwk": {"kty": "EC"}, "x": 1, "jkt": e.jkt}),
                named("with another member behind", lambda e: {"jkt": e.jkt, "kid": "phone"}),
                named("with a certificate", lambda e: {"x5t#S256": w.other, "jkt": e.jkt}),
                rule="2",
            ),
            bad("1", named("absent", ABSENT), named("empty", lambda e: {}), stake=ALL),
            bad("1", *(named(text, lambda e, one=one: one) for text, one in whole.items())),
            bad("1", named("in capitals", {"JKT": w.mine}), named("under other names", others)),
            bad("1", named("another key's, and this one under other names", others | {"jkt": w.other}), stake=HALF),
            full=0,
        ),
        Aspect(
            "claims",
            good({"sub": "ada"}, {}, {"sub": "ada", "scope": "read", "jkt": "x"}, rule="2"),
            rare(named("an expired one with odd claims", lambda e: dict(odd)), rule="2"),
            rare(named("another key in act", lambda e: {"act": {"cnf": {"jkt": w.other}}}), rule="2"),
            bad("1", named("jkt outside", lambda e: {"jkt": w.mine}), along={"cnf": ABSENT}, stake=HALF),
            bad("1", named("jkt outside, cnf empty", {"jkt": w.mine}), along={"cnf": lambda e: {}}, stake=HALF),
            bad("1", named("none", {}), along={"cnf": ABSENT}, stake=ALL),
            bad("1", named("it in act", inside), named("CNF", {"CNF": {"jkt": w.mine}}), along={"cnf": ABSENT}),
            bad("1", named("it in act, another here", inside), along={"jkt": w.other}),
            full=2,
        ),
    ]


def build(e: Any) -> Args:
    """The claims, and the thumbprint of the proof's key."""
    return e.claims | ({} if e.cnf is ABSENT else {"cnf": e.cnf}), e.world.mine


def oracle(claims: Claims, thumbprint: str) -> tuple[Any, set[str]]:
    """Whether it is bound, and the rule that it breaks."""
    cnf = claims.get("cnf")
    bound = isinstance(cnf, dict) and cnf.get("jkt") == thumbprint
    return bound, set() if bound else {"1"}


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same claims and two thumbprints."""
    w = world(source)
    claims = {"sub": "ada", "cnf": {"jkt": w.mine}}
    yield kit.in_turn("one token, two keys", ((claims, w.mine), Returns(True)), ((claims, w.other), Refuses()))
    yield kit.in_turn("a number is no text", (({"cnf": {"jkt": 7}}, "7"), Refuses()))


def refused(broken: frozenset[str], args: Args) -> Want:
    """Not bound is an answer."""
    return Refuses()


@dataclass(frozen=True)
class Bound:
    """A right is_bound, of parts that can be got wrong one by one."""

    read: Callable[[Claims], Any] = lambda claims: (
        claims["cnf"].get("jkt") if isinstance(claims.get("cnf"), dict) else 0
    )
    same: Callable[[Any, str], Any] = lambda jkt, thumbprint: jkt == thumbprint

    def __call__(self, claims: Claims, thumbprint: str) -> Any:
        """Whether a token is bound to this key."""
        return self.same(self.read(claims), thumbprint)


RIGHT = Bound()


def _raising(jkt: Any, thumbprint: str) -> bool:
    if jkt != thumbprint:
        raise ValueError("not bound")
    return True


MISTAKES: Mistakes = {
    "1": {
        "A token without cnf counts as bound. It is a bearer token, and anybody's.": (
            lambda claims, thumbprint: "cnf" not in claims or RIGHT(claims, thumbprint)
        ),
        "A token whose cnf is missing or null counts as bound. It is a bearer token, and anybody's.": (
            lambda claims, thumbprint: claims.get("cnf") is None or RIGHT(claims, thumbprint)
        ),
        "A token without cnf ends in an exception, and so does a cnf that is no object. Look first, and "
        "answer False.": replace(RIGHT, read=lambda claims: claims["cnf"]["jkt"]),
        "A cnf that is no object ends in an exception. Look first, and answer False.": replace(
            RIGHT, read=lambda claims: claims.get("cnf", {}).get("jkt")
        ),
        "It raises an exception where it should answer. Not bound is False here.": replace(RIGHT, same=_raising),
        "A part of the thumbprint is enough, as for `in` and `startswith`. Compare with `==`.": replace(
            RIGHT, same=lambda jkt, thumbprint: isinstance(jkt, str) and jkt in thumbprint
        ),
        "Thumbprints are compared without regard to case, and base64url has one.": replace(
            RIGHT, same=lambda jkt, thumbprint: isinstance(jkt, str) and jkt.lower() == thumbprint.lower()
        ),
        "A jkt with the padding `=` behind it counts. A thumbprint has one spelling: compare with `==`.": replace(
            RIGHT, same=lambda jkt, thumbprint: isinstance(jkt, str) and jkt.rstrip("=") == thumbprint
        ),
        "It answers whether there is a jkt, and not whether it is this key's. A thief has a key, too.": replace(
            RIGHT, same=lambda jkt, thumbprint: bool(jkt)
        ),
        "A jkt among the claims counts. It stands inside of cnf.": replace(
            RIGHT, read=lambda claims: claims.get("jkt", RIGHT.read(claims))
        ),
    },
    "2": {
        "A cnf with more in it than jkt is refused. Other members are none of this function's business.": replace(
            RIGHT,
            read=lambda claims: claims.get("cnf"),
            same=lambda cnf, thumbprint: cnf == {"jkt": thumbprint},
        ),
    },
}
_MINE = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

is_bound = Exercise(
    name="is_bound",
    points=3,
    spec="RFC 9449 §6.1; RFC 7800 §3.1",
    hints=(
        "The token says in `cnf`, confirmation, whose key may use it. What do you do with a token that does not say?",
        '`cnf = claims.get("cnf")`. First ask whether that is a dict at all; then compare its jkt with `==`.',
        '`cnf = claims.get("cnf")` and then `return isinstance(cnf, dict) and cnf.get("jkt") == thumbprint`. That is a '
        "bool in every case.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            wants_of_bad=refused,
            examples=(({"sub": "ada", "cnf": {"jkt": _MINE}}, _MINE), ({"sub": "ada"}, _MINE)),
        ),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
