"""The aspects of the claims and of the policy (rules 1, 2 and 5 to 8 of the docstring)."""

import math
from typing import Any

from jwt_from_scratch.services.corpus import Signer

from ...judging.aspects import ABSENT, Aspect, Value, bad, beside, good, named, rare
from ...judging.verdict import ALL, HALF, PART
from .. import kit
from ..c03_claims.check_times import CLOCK, NAMES, exp_aspect, not_before_aspect
from .world import CLAIMS, ISS, TYP, US, dumps


def policy_aspects(w: Any) -> list[Aspect]:
    """The five members of the policy but `require`, which goes by the claims."""
    now, *parts = kit.parts_of_a_second(w.now)
    return [
        Aspect("now", good(now, rule="7 exp"), rare(*parts, rule="7 exp"), full=0),
        Aspect(
            "leeway",
            good(0, 30, rule="7 exp"),
            rare(0.5, 86_400, rule="7 exp"),
            rare(
                named("60, and iat is after exp", 60),
                rule="7 exp",
                along={name: lambda e, s=s: e.now + s for name, s in (("iat", 50), ("nbf", 50), ("exp", -50))},
            ),
        ),
        Aspect("audience", good(None, US, rule="8"), rare("https://\u00fe.example/a?b=c", "*", "", rule="8")),
        Aspect("wanted_typ", good(None, TYP, "application/AT+JWT", "JWT", "x/y", rule="4")),
    ]


def claims_aspects(w: Any) -> list[Aspect]:
    """Each claim, the others, what is required, and how it is all written."""
    times = [exp_aspect(required=False), not_before_aspect("nbf"), not_before_aspect("iat")]
    return [
        *_iss(w),
        _text("sub"),
        _text("jti"),
        *map(_as_json, times),
        _aud(),
        _others(),
        _require(),
        _written(),
    ]


def _as_json(aspect: Aspect) -> Aspect:
    """A time of lesson 03 as a token can carry it, under the rules of this lesson."""
    clock = CLOCK[aspect.name]
    rules = {clock: f"7 {aspect.name}", f"2 {aspect.name}": f"5 {aspect.name}", "1": "6"}

    def moved(value: Value) -> Value:
        breaks = frozenset(rules[rule] for rule in value.breaks)
        # To let in what expired yesterday leaves a rule out; it is not all that the decoder is about.
        stake = (HALF if aspect.name == "exp" else PART) if value.breaks and value.stake == ALL else value.stake
        across = tuple(name for name in value.across if name != "others")
        return value._replace(breaks=breaks, rule=rules.get(value.rule, ""), stake=stake, across=across)

    def fits(value: Value) -> bool:
        infinite = isinstance(value.what, float) and not math.isfinite(value.what)
        return not isinstance(value.what, bytes) and not infinite

    return Aspect(aspect.name, [moved(value) for value in aspect.values if fits(value)])


def _iss(w: Any) -> list[Aspect]:
    home: dict[str, Any] = {"home": ISS, "issuers": lambda e: {}}
    brings: dict[str, Any] = {
        "home": ISS,
        "members": lambda e: {"jwk": w.stranger.jwk},
        "signer": lambda e: w.elliptic,
        "seal": lambda e: w.stranger.sign,
    }
    return [
        Aspect(
            "iss",
            good(ISS, named("outside ASCII", "https://\u00fe\u00f3r.example/\u00e9"), rule="2 iss"),
            rare("", "x", rule="2 iss"),
            bad(
                "2 iss",
                ABSENT,
                named("empty", ""),
                *kit.falsy(""),
                *kit.nearly(ISS),
                [ISS],
                "https://m.example",
                along=home,
            ),
            bad("2 iss", named("in wide letters", kit.wide(ISS)), along=home),
            bad("2 iss", named("unknown, and the token brings its key", "https://m.example"), along=brings, stake=ALL),
            bad("2 iss", named("null, None is an issuer", None), along={"home": "None"}),
            bad("2 iss", named("absent, None is an issuer", ABSENT), along={"home": "None"}),
            bad("2 iss", named("absent, '' is an issuer", ABSENT), along={"home": ""}),
            bad("2 iss", named("7, '7' is an issuer", 7), along={"home": "7"}),
            bad("2 iss", named("absent, and in the header", ABSENT), along=home | {"members": lambda e: {"iss": ISS}}),
        ),
        Aspect("home", good(named("iss", lambda e: e.iss))),
    ]


def _text(name: str) -> Aspect:
    return Aspect(
        name,
        good(ABSENT, "ada", rule=f"5 {name}"),
        rare("", "\u00de\u00f3r\u00f0ur", rule=f"5 {name}"),
        bad(f"5 {name}", None, 0, False, [], ["ada"]),
    )


def _aud() -> Aspect:
    us, none, empty = {"audience": US}, {"audience": None}, {"audience": "", "require": lambda e: []}

    def ours(*others: str, first: bool = False) -> Any:
        def made(e: Any) -> Any:
            if e.audience is None:
                return ABSENT
            return [e.audience, *others] if first else [*others, e.audience]

        return made

    lists: list[Any] = [["maps"], [""], [f"{US}x"], list(US), [US.upper()], [f"{US} "], ["maps books"]]
    strange: list[Any] = [[US, 7], [None, US], [[US]], [US, [US]], [US, False]]
    nothing: list[Any] = [None, [], False, ["", 7]]
    named_none: list[Any] = [US, "", [US], [""], "None"]
    return Aspect(
        "aud",
        good(
            named("us", lambda e: ABSENT if e.audience is None else e.audience),
            named("a list with us", ours("maps")),
            named("us alone in a list", ours()),
            named("us first", ours("maps", "", first=True)),
            named("us last of ten", ours(*map(str, range(9)))),
            rule="8",
        ),
        bad("8", "maps", stake=HALF, along=us),
        bad("8", named("absent, we have a name", ABSENT), stake=HALF, along=us),
        rare(named("us twice in a list", ours(US, US)), along=us, rule="8"),
        bad("8", "", *kit.nearly(US), *lists, along=us),
        bad("8", named("us in wide letters", kit.wide(US)), along=us),
        bad("8", named("another, and azp is us", "maps"), along={**us, "other": lambda e: {"azp": US}}),
        bad("5 aud", *kit.falsy(""), {US: True}, *strange, along=us),
        bad("5 aud", *beside("our name is empty", *nothing), along=empty),
        bad("8", *beside("we have no name", *named_none), along=none),
        bad("5 aud", *beside("we have no name", *kit.falsy(""), 7), along=none),
        bad("8", named("absent, our name is empty", ABSENT), along={"audience": ""}),
        bad("8", named("another, our name is empty", "x"), along={"audience": ""}),
        full=0,
    )


def _others() -> Aspect:
    others: list[dict[str, Any]] = [
        {"role": None, "x": [1, {"a": "\u00fc"}]},
        {"EXP": 0, "Aud": "maps", "crit": ["x"], "b64": False, "typ": 7, "alg": "none"},
        {"nested": {"exp": 0}},
        {"name": "\u03a9mega \u2603", "azp": 7, "nonce": False},
        {"kid": 7, "jwk": {}, "": 0},
    ]
    long = named("long", {"text": "long " * 2000})
    return Aspect("other", good({}, *others, rule="1 others"), rare(long, rule="1 others"))


def _require() -> Aspect:
    def there(e: Any) -> list[str]:
        return [name for name in CLAIMS if getattr(e, name) is not ABSENT]

    missing = [
        value
        for name in ("sub", "jti", "exp", "nbf", "iat")
        for value in bad(
            "6",
            named(f"{name}, and it is not there", lambda e, n=name: [n]),
            along={name: ABSENT},
        )
    ]
    inside: dict[str, Any] = {"other": lambda e: {"x": {"role": 1}, "y": ["role"], "z": "role"}}
    roles: list[list[str]] = [
        ["role"],
        ["iss", "role"],
        ["role", "iss"],
        ["Iss"],
        ["is"],
        ["iss", "exp2", "sub"],
        ["x-role"],
    ]
    of_header: list[list[str]] = [["alg"], ["typ"], ["kid"]]
    return Aspect(
        "require",
        good([], named("all that is there", there), named("iss", lambda e: ["iss"]), rule="6"),
        *(
            rare(named(f"fine is {o!r}", lambda e: ["fine"]), along={"other": lambda e, o=o: {"fine": o}}, rule="6")
            for o in kit.falsy()
        ),
        rare(named("sub, and it is empty", lambda e: ["sub", "iss"]), along={"sub": ""}, rule="6"),
        rare(named("nbf, and it is 0", lambda e: ["nbf"]), along={"nbf": 0}, rule="6"),
        missing,
        bad("6", named("aud, and it is not there", lambda e: ["aud"]), along={"audience": None, "aud": ABSENT}),
        bad("6", *roles, along={"other": lambda e: {"roles": 1}}),
        bad("6", named("role, which stands deeper", lambda e: ["role"]), along=inside),
        bad("6", *of_header, along={"other": lambda e: {}}),
    )


def few(forms: dict[str, bytes]) -> dict[str, bytes]:
    """Of a header's and a claims' odd forms those of which each needs a step of its own."""
    left_out: tuple[str, ...] = (
        "UTF-16 without a mark",
        "UTF-32",
        "two objects",
        "a comma at the end",
        "single quotes",
        "a comment",
    )
    left_out += ("true", "0", '""', "the object in a text", "Infinity", "a zero byte behind it", "not JSON")
    return {text: body for text, body in forms.items() if text not in left_out}


def _written() -> Aspect:
    usual = {"iss": ISS, "sub": "ada", "exp": 10**12}
    forms = few(kit.odd_json(usual, "iss") | kit.no_objects(usual))
    alone = {"nbf": ABSENT, "iat": ABSENT, "exp": 10**12}
    constants = [
        named(f"{name} is {value}", lambda e, n=name, v=value: lambda claims: dumps({**claims, n: v}))
        for name in NAMES
        for value in (math.nan, -math.inf if name == "exp" else math.inf)
    ]
    return Aspect(
        "claims",
        good(named("compact", lambda e: dumps), named("other spaces and order", lambda e: kit.spaced), rule="1 claims"),
        rare(named("escaped letters", lambda e: kit.escaped), rule="1 claims"),
        bad(
            "1 claims", *(named(t, lambda e, b=body: lambda claims: b) for t, body in forms.items()), along={"iss": ISS}
        ),
        bad("1 claims", *constants, along=alone),
    )


__all__ = ["Signer", "claims_aspects", "policy_aspects"]
