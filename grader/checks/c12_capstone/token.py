"""The aspects of the header (rules 1, 2 and 4) and of the form (rule 1)."""

import json
from collections.abc import Callable
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.aspects import ABSENT, Aspect, bad, beside, good, named, rare
from ...judging.verdict import ALL
from .. import kit
from .claims import few
from .keys import header_alg_values
from .world import TYP, dumps

Form = Callable[[str, str, str], str]


def header_aspects(w: Any) -> list[Aspect]:
    """alg, kid, typ, the other members, and how it is written."""
    return [_alg(w), _kid(), _typ(), _members(w), _written()]


def _alg(w: Any) -> Aspect:
    only_es = {"signer": lambda e: w.elliptic}
    unsigned = {"seal": lambda e: lambda message: b""}
    return Aspect(
        "alg",
        good(named("the key's", lambda e: e.key_alg)),
        bad("2 alg", ABSENT, *kit.falsy(), *kit.nearly("ES256"), ["ES256"], True, along=only_es),
        bad("2 alg", "XXES256XX", "RS256", "ES384", "ES256K", along=only_es),
        bad(
            "2 alg",
            *(named(f"{one!r}, unsigned", one) for one in ("none", "None", "nOnE", "")),
            along=unsigned,
            stake=ALL,
        ),
        bad("2 alg", named("null, unsigned", None), named("absent, unsigned", ABSENT), along=unsigned, stake=ALL),
        header_alg_values(w),
    )


def _kid() -> Aspect:
    ours, none = {"key_kid": "k-1"}, {"key_kid": ABSENT}
    absent, x5t = named("absent", ABSENT), {"x5t": "AA"}
    same_x5t = {"key_extras": lambda e: dict(x5t), "members": lambda e: dict(x5t)}
    return Aspect(
        "kid",
        good(absent, named("the key's", lambda e: e.key_kid), rule="2 kid"),
        bad("2 kid", *kit.falsy(), *kit.nearly("k-1"), ["k-1"], True, "k-2", along=ours),
        bad("2 kid", named("in wide letters", kit.wide("k-1")), along=ours),
        bad("2 kid", named("the key's x5t", "AA"), along={**ours, "key_extras": lambda e: {"x5t": "AA"}}),
        bad("2 kid", named("another, and the key's x5t", "k-3"), along={**ours, **same_x5t}),
        bad("2 kid", "../k-1", "k-1' OR '1'='1", along=ours),
        bad("2 kid", *beside("the key has none", *(None, "", 0)), along=none),
    )


def bare(typ: str) -> str:
    """A typ as it is compared: without case, and without application/ (RFC 7515 §4.1.9)."""
    return typ.lower().removeprefix("application/")


def _typ() -> Aspect:
    def like(form: str) -> Any:
        return lambda e: form.format(bare(e.wanted_typ)) if e.wanted_typ else "x"

    other = ("JWT", "id+jwt", "text/at+jwt", "application/", "jwt+at", "x/application/at+jwt", "at+jwtapplication/")
    wrong = [one for one in kit.nearly(TYP) if one.what.lower() != TYP]
    return Aspect(
        "typ",
        good(named("as the policy has it", lambda e: e.wanted_typ or ABSENT), rule="4"),
        good(named("with application/", like("application/{}")), rule="4"),
        good(named("in capitals", lambda e: bare(e.wanted_typ or "x").upper()), rule="4"),
        good(named("with APPLICATION/", like("APPLICATION/{}")), rule="4"),
        rare(*beside("none is wanted", *kit.falsy(), 7, "id+jwt"), rule="4", along={"wanted_typ": None}),
        bad("4", ABSENT, *kit.falsy(), [TYP], True, *wrong, *other, along={"wanted_typ": TYP}),
        bad("4", "application/application/at+jwt", along={"wanted_typ": TYP}),
        bad(
            "4", named("absent, JWT is wanted", ABSENT), named("null, JWT is wanted", None), along={"wanted_typ": "JWT"}
        ),
        bad(
            "4", named("absent, None is wanted", ABSENT), *beside("None is wanted", None), along={"wanted_typ": "None"}
        ),
        bad("4", *beside("7 is wanted", 7), along={"wanted_typ": "7"}),
        bad("4", named("at+jwt, JWT is wanted", TYP), along={"wanted_typ": "application/jwt"}),
        bad("4", named("a prefix cut by letters", "t+jwt"), along={"wanted_typ": TYP}),
        bad("4", named("only among the claims", ABSENT), along={"wanted_typ": TYP, "other": lambda e: {"typ": TYP}}),
        full=0,
    )


def _members(w: Any) -> Aspect:
    extras = {name: one for name, one in kit.harmless_extras().items() if name != "kid"}
    stray = w.stranger
    brought = {"kty": "EC", "crv": "P-256", "x": stray.jwk["x"], "y": stray.jwk["y"]}
    forged = {"signer": lambda e: w.elliptic, "seal": lambda e: stray.sign}
    own: dict[str, dict[str, Any]] = {
        "jwk": {"jwk": brought},
        "jwk, with alg": {"jwk": {**brought, "alg": "ES256", "kid": "k-1"}},
        "jwk, with kid and use": {"jwk": {**brought, "alg": "ES256", "kid": "k-1", "use": "sig"}},
        "keys": {"keys": [stray.jwk], "jwks": {"keys": [stray.jwk]}},
        "jku, and the key": {"jku": "https://m.example/k", "jwk": stray.jwk},
    }
    crit: list[dict[str, Any]] = [{"crit": one} for one in (["x"], ["exp"], "x", *kit.falsy())]
    b64: list[dict[str, Any]] = [{"b64": one} for one in (False, True, None, 0)]
    both: list[dict[str, Any]] = [{"crit": ["b64"], "b64": True}, {"crit": ["b64"], "b64": False}]
    unknown = named("jwk, and an unknown kid", lambda e: {"jwk": {**brought, "alg": "ES256", "kid": "zz"}})
    other_alg = named("jwk, and another alg", lambda e: {"jwk": {**brought, "alg": "ES256"}})
    by_kid = {"its kid": lambda e: e.key_kid, "no kid": ABSENT}
    return Aspect(
        "members",
        good({}, {"x-trace": [1]}, rule="1 others"),
        rare(named("many", lambda e: dict(extras)), *({name: one} for name, one in extras.items()), rule="1 others"),
        rare({"Crit": ["x"], "CRIT": None, "B64": False}, rule="1 others"),
        bad("1 extensions", *crit, *b64, *both),
        *(
            bad("3", named(f"{text}, {which}", lambda e, m=more: dict(m)), along={**forged, "kid": kid}, stake=ALL)
            for text, more in own.items()
            for which, kid in by_kid.items()
        ),
        bad("2 kid", unknown, along={**forged, "kid": "zz"}, stake=ALL),
        bad(
            "2 alg",
            other_alg,
            along={"signer": lambda e: w.rsa, "alg": "ES256", "seal": lambda e: stray.sign},
            stake=ALL,
        ),
    )


def _written() -> Aspect:
    head = {"alg": "ES256", "kid": "k-1"}
    forms = few(kit.odd_json(head, "alg") | kit.no_objects(head))
    along = {"signer": lambda e: e.world.elliptic, "key_kid": "k-1"}
    return Aspect(
        "header",
        good(named("compact", lambda e: dumps), named("other spaces and order", lambda e: kit.spaced), rule="1 header"),
        rare(named("escaped letters", lambda e: kit.escaped), rule="1 header"),
        bad("1 header", *(named(text, lambda e, b=body: lambda head: b) for text, body in forms.items()), along=along),
    )


def spelling_aspects() -> list[Aspect]:
    """How each segment is spelled; `build` sees to it that a lenient spelling is another one for the same bytes."""
    along: dict[str, dict[str, Any]] = {
        "header": {"members": lambda e: {"zz": "???"}, "header": lambda e: dumps},
        "claims": {"other": lambda e: {"zz": "???"}, "claims": lambda e: dumps},
        "signature": {"signer": lambda e: e.world.shared},
    }
    left_out = ("padded as base64", "a line break in it", "a letter outside ASCII in it")
    spells = [one for one in kit.lenient().items() if one[0] not in left_out]
    return [
        Aspect(
            f"spelling of {name}",
            good(named("strict", lambda e: kit.strict)),
            bad("1 spelling", *(named(text, lambda e, s=spell: s) for text, spell in spells), along=others),
        )
        for name, others in along.items()
    ]


def segments_aspect() -> Aspect:
    """How many segments there are."""
    forms: dict[str, Form] = {
        "a fourth behind": lambda h, p, s: f"{h}.{p}.{s}.bW9yZQ",
        "a fourth, empty": lambda h, p, s: f"{h}.{p}.{s}.",
        "one before": lambda h, p, s: f"x.{h}.{p}.{s}",
        "two dots in the middle": lambda h, p, s: f"{h}..{p}.{s}",
        "the token twice": lambda h, p, s: f"{h}.{p}.{s}.{h}.{p}.{s}",
        "JSON": lambda h, p, s: json.dumps({"payload": p, "protected": h, "signature": s}),
        "the header alone": lambda h, p, s: h,
    }

    def signed_anew(e: Any) -> Form:
        return lambda h, p, s: f"{h}.{p}.bW9yZQ.{b64u_encode(e.signer.sign(f'{h}.{p}.bW9yZQ'.encode()))}"

    def signed_later(e: Any) -> Form:
        return lambda h, p, s: f"x.{h}.{p}.{b64u_encode(e.signer.sign(f'x.{h}.{p}'.encode()))}"

    return Aspect(
        "segments",
        good(named("three", lambda e: lambda h, p, s: f"{h}.{p}.{s}")),
        bad("1 segments", *(named(text, lambda e, f=form: f) for text, form in forms.items())),
        bad(
            "1 segments", named("four, the last signs the rest", signed_anew), named("one before, signed", signed_later)
        ),
        bad("1 segments", named("no signature", lambda e: lambda h, p, s: f"{h}.{p}"), stake=ALL),
        bad("1 spelling", named("Bearer before", lambda e: lambda h, p, s: f"Bearer {h}.{p}.{s}")),
    )
