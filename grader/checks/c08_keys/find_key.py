"""find_key: a key set and a header in, the one JWK out that the token may be verified with, or ValueError."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL
from ...judging.wants import Raises, Returns, Want
from .. import kit
from .jwk_thumbprint import KEY_MAKERS

RULES = {
    "1": "A key set is an object with an array `keys` (RFC 7517 §5). It comes from the network: anything else is a "
    "ValueError.",
    "2 alg": "The header must say an alg, and it is a str (RFC 7515 §4.1.1).",
    "2 kid": "A kid that is there is a str (RFC 7515 §4.1.4). Null is there, and no str.",
    "3 members": "What is no candidate is passed over, whatever it is; the others are still good (RFC 7517 §5).",
    "3 alg": "One key, one algorithm: the key's alg equals the header's, to the letter (RFC 8725 §3.1).",
    "3 kid": "If the header has a kid, the key has exactly the same (RFC 7517 §4.5). There is no other key to go on "
    "with.",
    "3 use": "If the key has a use, it is 'sig', and nothing else (RFC 7517 §4.2).",
    "3 key_ops": "If the key has key_ops, that is a list with 'verify' in it (RFC 7517 §4.3).",
    "4": "Exactly one candidate must remain. Where two fit, nothing says which; the same key twice is two.",
    "5": "Nothing else counts: no other member of the key or of the set, and nothing that the header offers.",
}
ALG, KID, OTHER_KID = "ES256", "Key-2026.k", "Key-2027.k"

Jwk = dict[str, Any]


def world(source: random.Random) -> Any:
    """What stands in the keys. Nobody computes with them, so the texts are short, and a table can show the rest."""
    texts = [b64u_encode(source.randbytes(6)) for _ in range(4)]
    ec: dict[str, Any] = {"kty": "EC", "crv": "P-256", "y": "AQAB"}
    return SimpleNamespace(
        numbers={**ec, "x": texts[0]},
        second={"kid": OTHER_KID, "alg": ALG, **ec, "x": texts[1]},
        rsa={"kid": "Rsa-2026.k", "alg": "RS256", "kty": "RSA", "n": texts[2], "e": "AQAB"},
        strangers={"kid": KID, "alg": ALG, **ec, "x": texts[3]},
    )


def aspects(w: Any) -> list[Aspect]:
    """The header's alg and kid, the key's own, what it is for, its other members, its company, the set."""
    return [*_algs(), *_kids(), *_uses(), _own(), _others(w), _place(), _offers(w), _shape(w)]


def _algs() -> list[Aspect]:
    both = [*kit.falsy(""), *kit.truthy(ALG)]
    return [
        Aspect(
            "alg",
            good(ALG, rule="3 alg"),
            bad("2 alg", ABSENT, *both),
            *(bad("2 alg", named(f"{one!r}, as the key's is", one), along={"jwk alg": _just(one)}) for one in both),
            bad("2 alg", named("absent, as the key's is", ABSENT), along={"jwk alg": ABSENT}, stake=ALL),
            *(
                bad("2 alg", named(f"absent, and the key's is {one}", ABSENT), along={"jwk alg": one})
                for one in ("HS256", "RS256", "none")
            ),
            bad("3 alg", named("'', and the key has none", ""), along={"jwk alg": ABSENT}),
            bad("3 alg", "HS256", "PS256", "none", stake=ALL),
            bad("3 alg", "", "RS256", "ES384", "EdDSA", *kit.almost(ALG)),
            bad("3 alg", named("EdDSA, and the key's is Ed25519", "EdDSA"), along={"jwk alg": "Ed25519"}),
            rare(named("'', as the key's is", ""), rule="3 alg", along={"jwk alg": ""}),
        ),
        Aspect(
            "jwk alg",
            good(ALG, rule="3 alg"),
            bad("3 alg", ABSENT, *kit.falsy(), *kit.truthy(ALG), "HS256", *kit.almost(ALG)[::3]),
            bad("3 alg", named("7 for '7'", 7), along={"alg": "7"}),
        ),
    ]


def _kids() -> list[Aspect]:
    twice = ("", " ", "7", "None", ".*", "\u00e9", "key-2026.K")
    both = [*kit.falsy(""), *kit.truthy(KID)]
    as_text = ((7, "7"), (None, "None"), (True, "True"), (None, ""), (0, ""))
    return [
        Aspect(
            "kid",
            good(ABSENT, rule="3 kid"),
            good(KID, rule="3 kid"),
            *(rare(named(f"{kid!r}, as the key's is", kid), rule="3 kid", along={"jwk kid": kid}) for kid in twice),
            bad("2 kid", *both),
            *(bad("2 kid", named(f"{one!r}, as the key's is", one), along={"jwk kid": _just(one)}) for one in both),
            *(
                bad("2 kid", named(f"{kid!r} for {text!r}", kid), along={"jwk kid": text})
                for kid, text in (*as_text, (None, ABSENT))
            ),
            bad("3 kid", named("unknown", "Key-2028.k"), stake=ALL),
            bad("3 kid", "", f"keys/{KID}", *kit.almost(KID)),
        ),
        Aspect(
            "jwk kid",
            good(KID),
            *(
                rare(named(f"{show(kid)}, and the header has none", _just(kid)), rule="3 kid", along={"kid": ABSENT})
                for kid in (ABSENT, None, "", 7, [KID])
            ),
            *(
                bad("3 kid", named(f"{show(kid)}, and the header's is {KID!r}", _just(kid)), along={"kid": KID})
                for kid in (ABSENT, *kit.falsy(), *kit.truthy(KID))
            ),
            bad("3 kid", *kit.almost(KID)[::2], along={"kid": KID}),
            *(
                bad("3 kid", named(f"{show(kid)} for {text!r}", kid), along={"kid": text})
                for kid, text in (*as_text, (1.5, "1.5"), ("e\u0301", "\u00e9"), (ABSENT, ""))
            ),
        ),
    ]


def show(what: Any) -> str:
    """A value's name; of none, that it is absent."""
    return "absent" if what is ABSENT else repr(what)


def _just(what: Any) -> Any:
    """A value as a value of an aspect: fresh for each call if it can be changed."""
    return (lambda e: type(what)(what)) if isinstance(what, (list, dict)) else what


def _uses() -> list[Aspect]:
    signing = (["verify"], ["sign", "verify"])
    odd_lists = (["verify", "verify"], [7, None, ["x"], "verify"], ["encrypt", "verify"], ["Verify", "verify"])
    no_verify: list[Any] = [[], ["sign"], ["encrypt", "decrypt"], [["verify"]], ["verify,sign"], [None]]
    no_verify += [["Verify"], ["verify "]]
    return [
        Aspect(
            "use",
            good(ABSENT, "sig", rule="3 use"),
            bad("3 use", "enc", stake=ALL),
            bad(
                "3 use",
                *kit.falsy(),
                *kit.truthy("sig"),
                "signature",
                "sign",
                "verify",
                "sig enc",
                *kit.almost("sig")[::2],
            ),
        ),
        Aspect(
            "key_ops",
            good(ABSENT, *signing, rule="3 key_ops"),
            rare(*odd_lists, rule="3 key_ops"),
            bad("3 key_ops", *no_verify, *kit.falsy([]), "verify", "sign verify", True, 7, {"verify": True}),
        ),
    ]


def _own() -> Aspect:
    others = {"x5c": ["MIIB"], "exp": 1, "revoked": True, "d": "AQAB", "Use": "enc", "kty": "oct", "use_": "enc"}
    nothing = named("nothing else", lambda e: dict.fromkeys(e.world.numbers, ABSENT))
    namesakes = dict.fromkeys(("x5t", "x5t#S256", "KID", "id", "name", "key_id"), KID)
    return Aspect(
        "own",
        good(named("usual", lambda e: {})),
        rare(*({name: what} for name, what in others.items()), {"kty": None, "crv": 7}, rule="5"),
        rare(nothing, rule="5", along={"kid": ABSENT, "jwk kid": ABSENT}),
        bad("3 kid", named("its kid under other names", namesakes), along={"kid": KID, "jwk kid": OTHER_KID}),
        full=0,
    )


def _others(w: Any) -> Aspect:
    def key(**members: Any) -> Jwk:
        return {name: what for name, what in {**w.second, "kid": KID, **members}.items() if what is not ABSENT}

    junk: list[Any] = [None, 3, "text", [w.strangers], {}, True, [], "", ALG]
    passed: dict[str, list[Any]] = {
        "a key with no alg": [key(alg=ABSENT)],
        "a key whose alg is null": [key(alg=None)],
        "a key whose alg is a list": [key(alg=[ALG])],
        "a key with its kid for another alg": [{**w.rsa, "kid": KID}],
        "a key with its kid for encryption": [key(use="enc")],
        "a key with its kid and null use": [key(use=None)],
        "a key with its kid that only signs": [key(key_ops=["sign"])],
        "a key with its kid and odd key_ops": [key(key_ops="verify")],
        "a key with a kid and no more": [{"kid": KID}],
        "a hundred for another alg": [{**w.rsa, "kid": f"Rsa-{n}"} for n in range(100)],
    }
    with_kid: dict[str, list[Any]] = {
        "a key with kid in capitals": [key(kid=KID.upper())],
        "a key with no kid": [key(kid=ABSENT)],
        "a key whose kid is null": [key(kid=None)],
        "a key whose kid is a list": [key(kid=[KID])],
        "a key with another kid": [w.second],
    }
    twice = {"another with its kid": [key()], "itself": [ABSENT], "one to verify": [key(use="sig", key_ops=["verify"])]}
    return Aspect(
        "others",
        good(named("none", lambda e: [])),
        good(named("one for another alg", lambda e: [w.rsa])),
        rare(named("no JWKs at all", lambda e: junk), rule="3 members"),
        rare(*(named(f"{one!r}", lambda e, one=one: [one]) for one in (*kit.falsy(), 7, "kid")), rule="3 members"),
        rare(*named_ones({name: _fixed(more) for name, more in passed.items()}), rule="3 members"),
        rare(*named_ones({name: _fixed(more) for name, more in with_kid.items()}), rule="3 kid", along={"kid": KID}),
        *(
            bad("4", named(f"{name}, and the header {text}", _fixed(more)), stake=ALL, along={"kid": kid})
            for name, more in twice.items()
            for text, kid in (("has it", KID), ("has none", ABSENT))
        ),
        *(
            bad("4", named(f"{name}, and the header has none", _fixed(more)), stake=ALL, along={"kid": ABSENT})
            for name, more in with_kid.items()
        ),
    )


def _fixed(what: Any) -> Callable[[Any], Any]:
    return lambda e: what


def _place() -> Aspect:
    return Aspect("place", good(named("first", 0), named("last", 1), named("in the middle", 0.5)))


def _offers(w: Any) -> Aspect:
    brought = {"jwk": w.strangers}
    usual = {"typ": "JWT"}
    others = {"jku": "https://m.example/k", "x5t": "AA", "x5c": ["MIIB"], "use": "enc", "key_ops": []}
    others |= {"keys": [], "kty": "RSA", "Alg": "none", "KID": "x", "crit": ["x"]}
    forms = {
        "no key has its kid": {"kid": "Key-2028.k"},
        "no key has its alg": {"alg": "ES384"},
        "two keys fit": {"others": _fixed([ABSENT])},
        "the key is for encryption": {"use": "enc"},
        "there are no keys": {"kid": KID, "shape": lambda e: lambda keys: {"keys": []}},
    }
    rules = ("3 kid", "3 alg", "4", "3 use", "3 kid")
    return Aspect(
        "offers",
        good({}),
        good(usual, rule="5"),
        good(named("jwk", lambda e: dict(brought)), rule="5", stake=ALL),
        rare(*({name: what} for name, what in others.items()), rule="5"),
        *(
            bad(rule, named(f"jwk, and {text}", lambda e: dict(brought)), along=along, stake=ALL)
            for (text, along), rule in zip(forms.items(), rules, strict=True)
        ),
    )


def _shape(w: Any) -> Aspect:
    texts: dict[str, Callable[[list[Any]], Any]] = {
        "no keys": lambda keys: {},
        "an object of keys": lambda keys: {"keys": {str(n): jwk for n, jwk in enumerate(keys)}},
        "one key, no list": lambda keys: {"keys": keys[-1]},
        "a list": lambda keys: keys,
        "the key itself": lambda keys: keys[-1],
        "a text": lambda keys: json.dumps({"keys": keys}),
    }
    return Aspect(
        "shape",
        good(named("a set", _fixed(lambda keys: {"keys": keys}))),
        rare(named("a set with more members", _fixed(lambda keys: {"keys": keys, "kid": 1, "alg": None})), rule="5"),
        bad("1", *named_ones({text: _fixed(make) for text, make in texts.items()})),
        bad("1", *(named(f"{one!r}", _fixed(lambda keys, one=one: one)) for one in (*kit.falsy({}), 3, True))),
        bad("1", *(named(f"keys: {v!r}", _fixed(lambda k, v=v: {"keys": v})) for v in (*kit.falsy([]), "keys", 3))),
        bad("3 alg", named("an empty list", _fixed(lambda keys: {"keys": []})), along={"kid": ABSENT}),
        full=0,
    )


def build(e: Any) -> Args:
    """A key set with the key among others, and a header."""
    jwk = {"kid": getattr(e, "jwk kid"), "alg": getattr(e, "jwk alg"), "use": e.use, "key_ops": e.key_ops}
    jwk = {name: what for name, what in {**jwk, **e.world.numbers, **e.own}.items() if what is not ABSENT}
    keys = [jwk if one is ABSENT else one for one in e.others]
    keys.insert(int(len(keys) * e.place), jwk)
    header = {name: what for name, what in {"alg": e.alg, "kid": e.kid, **e.offers}.items() if what is not ABSENT}
    return e.shape(keys), header


def oracle(jwks: Any, header: dict[str, Any]) -> tuple[Any, set[str]]:
    """The key, and the rules that are broken: where none is found, those by which the key that is meant fails."""
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        return None, {"1"}
    wrong = {"2 alg"} if not isinstance(header.get("alg"), str) else set[str]()
    wrong |= {"2 kid"} if not isinstance(header.get("kid", ""), str) else set()
    if wrong:
        return None, wrong
    failing = [(_broken_by(jwk, header), jwk) for jwk in jwks["keys"] if isinstance(jwk, dict)]
    found = [jwk for rules, jwk in failing if not rules]
    if found:
        return found[0], {"4"} if len(found) > 1 else set()
    name = "kid" if "kid" in header else "alg"
    meant = [rules for rules, _ in failing if f"3 {name}" not in rules]
    return None, min(meant, key=len, default={f"3 {name}"})


def _broken_by(jwk: Jwk, header: dict[str, Any]) -> set[str]:
    fits = {
        "3 alg": _same(header["alg"], jwk.get("alg")),
        "3 kid": "kid" not in header or _same(header["kid"], jwk.get("kid")),
        "3 use": "use" not in jwk or _same("sig", jwk["use"]),
        "3 key_ops": "key_ops" not in jwk or (isinstance(jwk["key_ops"], list) and "verify" in jwk["key_ops"]),
    }
    return {rule for rule, fit in fits.items() if not fit}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same header with other sets."""
    w, header = world(source), {"alg": ALG, "kid": KID}
    one, other = {**w.second, "kid": KID}, w.strangers
    sets = [({"keys": [jwk]}, header) for jwk in (one, other, w.second)]
    wants: tuple[Want, ...] = (Returns(one), Returns(other), Raises())
    yield kit.in_turn("one header, three sets", *zip(sets, wants, strict=True))


NONE_FITS = "not exactly one, but none"


def _exactly_one(found: list[Jwk], of_alg: list[Jwk]) -> Any:
    if len(found) != 1:
        raise ValueError("not exactly one" if found else NONE_FITS)
    return found[0]


def _verifies(ops: Any) -> bool:
    return isinstance(ops, list) and "verify" in ops


@dataclass(frozen=True)
class Find:
    """A right find_key, of parts that can be got wrong one by one."""

    is_set: Callable[[Any], bool] = lambda jwks: isinstance(jwks, dict) and isinstance(jwks.get("keys"), list)
    is_alg: Callable[[Any], bool] = lambda alg: isinstance(alg, str)
    is_kid: Callable[[Any], bool] = lambda kid: isinstance(kid, str)
    is_jwk: Callable[[Any], bool] = lambda jwk: isinstance(jwk, dict)
    see: Callable[[Any], Any] = lambda jwk: jwk
    alg_fits: Callable[[Any, Any], bool] = lambda ours, theirs: bool(ours == theirs)
    has_kid: Callable[[dict[str, Any]], bool] = lambda header: "kid" in header
    kid_fits: Callable[[Any, Any], bool] = lambda ours, theirs: bool(ours == theirs)
    use_fits: Callable[[Jwk], bool] = lambda jwk: jwk.get("use", "sig") == "sig"
    ops_fit: Callable[[Jwk], bool] = lambda jwk: _verifies(jwk.get("key_ops", ["verify"]))
    choose: Callable[[list[Jwk], list[Jwk]], Any] = _exactly_one
    offered: Callable[[dict[str, Any], Callable[[], Any]], Any] = lambda header, find: find()

    def __call__(self, jwks: Any, header: dict[str, Any]) -> Any:
        """Find the key."""
        return self.offered(header, lambda: self._find(jwks, header))

    def _find(self, jwks: Any, header: dict[str, Any]) -> Any:
        if not self.is_set(jwks):
            raise ValueError("no key set")
        if not self.is_alg(header.get("alg")) or ("kid" in header and not self.is_kid(header["kid"])):
            raise ValueError("header")
        keys = [jwk for jwk in jwks["keys"] if self.is_jwk(self.see(jwk))]
        of_alg = [jwk for jwk in keys if self.alg_fits(header.get("alg"), jwk.get("alg"))]
        fit = [jwk for jwk in of_alg if self.use_fits(jwk) and self.ops_fit(jwk)]
        asks = self.has_kid(header)
        return self.choose([k for k in fit if not asks or self.kid_fits(header.get("kid"), k.get("kid"))], of_alg)


RIGHT = Find()


def _first(found: list[Jwk], of_alg: list[Jwk]) -> Any:
    if not found:
        raise ValueError("none")
    return found[0]


def _brought_if_lost(header: dict[str, Any], find: Callable[[], Any]) -> Any:
    try:
        return find()
    except ValueError as error:
        if "jwk" not in header or str(error) != NONE_FITS:
            raise
        return header["jwk"]


MISTAKES: Mistakes = {
    "1": {
        "A set without the array `keys` ends in a KeyError or a TypeError, or is read as if it were one. See that it "
        "is a dict with a list in `keys`, and raise ValueError.": replace(RIGHT, is_set=lambda jwks: True),
    },
    "2 alg": {
        "The header's alg is compared whatever it is, and null equals null, as 7 equals 7. It must be a str, else "
        "ValueError.": replace(RIGHT, is_alg=lambda alg: True),
        "It accepts an alg that is no str, for a number or a list equals itself, too. An alg must be a str.": replace(
            RIGHT, is_alg=lambda alg: alg is not None
        ),
    },
    "2 kid": {
        "A kid that is no str is compared all the same, and 7 equals 7. It must be a str (RFC 7515 §4.1.4).": replace(
            RIGHT, is_kid=lambda kid: True
        ),
        "A kid that is null counts as absent. It is there, so it must be a str.": replace(
            RIGHT,
            is_kid=lambda kid: kid is None or isinstance(kid, str),
            has_kid=lambda header: header.get("kid") is not None,
        ),
    },
    "3 members": {
        "A member of the set that is no dict ends in an AttributeError. Pass over it; the others are still "
        "good.": replace(RIGHT, is_jwk=lambda jwk: True),
        "A JWK without alg ends in a KeyError, and what is no dict in another exception. Ask `isinstance(jwk, dict)` "
        "and `jwk.get('alg')`.": replace(RIGHT, see=lambda jwk: (jwk["alg"], jwk)[1]),
        "A JWK without alg ends in a KeyError. `jwk.get('alg')` is None there, and equals no header's alg.": replace(
            RIGHT, see=lambda jwk: (jwk["alg"], jwk)[1] if isinstance(jwk, dict) else jwk
        ),
    },
    "3 alg": {
        "alg is not looked at. A kid alone would let the sender use a key with another algorithm (lesson 07).": replace(
            RIGHT, alg_fits=lambda ours, theirs: True
        ),
        "A JWK without alg is taken for any alg. Then the sender says what the key is for; leave such a JWK "
        "out.": replace(RIGHT, alg_fits=lambda ours, theirs: theirs is None or ours == theirs),
    },
    "3 kid": {
        "A header without kid gets a key without kid, as by `header.get('kid') == jwk.get('kid')`. Then every key with "
        "its alg is a candidate.": replace(RIGHT, has_kid=lambda header: True),
        "A header without kid ends in a KeyError. Then every key with its alg is a candidate.": replace(
            RIGHT, has_kid=lambda header: bool(header["kid"]) or True
        ),
        "kid is not looked at, so a set with two keys for one alg is of no use, and an unknown kid is not "
        "noticed.": replace(RIGHT, has_kid=lambda header: False),
        "An empty kid counts as absent. It is there, and a kid like any other: ask `'kid' in header`.": replace(
            RIGHT, has_kid=lambda header: bool(header.get("kid"))
        ),
        "A key's kid that is the number 7 is taken for the header's '7', as by `str(…)`. Names are "
        "texts: compare with `==`.": replace(RIGHT, kid_fits=lambda ours, theirs: str(ours) == str(theirs)),
        "A JWK without kid is taken for any kid. When the header has one, the JWK must have the same.": replace(
            RIGHT, kid_fits=lambda ours, theirs: theirs is None or ours == theirs
        ),
    },
    "3 use": {
        "A JWK without use is refused. The member may be absent (RFC 7517 §4.2).": replace(
            RIGHT, use_fits=lambda jwk: jwk.get("use") == "sig"
        ),
        "use is not looked at. A key with use 'enc' is for encryption (RFC 7517 §4.2).": replace(
            RIGHT, use_fits=lambda jwk: True
        ),
        "Only the word 'enc' is refused. Name what you accept: use is absent or exactly 'sig'.": replace(
            RIGHT, use_fits=lambda jwk: jwk.get("use") != "enc"
        ),
        "A use that is null or empty counts as absent. It is there, and it is not 'sig'.": replace(
            RIGHT, use_fits=lambda jwk: (jwk.get("use") or "sig") == "sig"
        ),
        "A use that is null counts as absent. It is there, and it is not 'sig'.": replace(
            RIGHT, use_fits=lambda jwk: jwk.get("use") in (None, "sig")
        ),
    },
    "3 key_ops": {
        "A JWK without key_ops is refused. The member may be absent (RFC 7517 §4.3).": replace(
            RIGHT, ops_fit=lambda jwk: _verifies(jwk.get("key_ops"))
        ),
        "key_ops is not looked at. It lists what the key may do (RFC 7517 §4.3).": replace(
            RIGHT, ops_fit=lambda jwk: True
        ),
        "key_ops need not be ['verify'] and nothing else: it is a list with 'verify' in it.": replace(
            RIGHT, ops_fit=lambda jwk: jwk.get("key_ops", ["verify"]) == ["verify"]
        ),
    },
    "4": {
        "Where two keys fit it takes one of them, such as the first. Nothing says that it is the right one: exactly "
        "one must remain.": replace(RIGHT, choose=_first),
    },
    ("3 alg", "3 kid", "3 use", "3 key_ops"): {
        "Where no key fits it returns None. The caller who forgets to look goes on without a key: raise "
        "ValueError.": replace(RIGHT, choose=lambda found, of_alg: _exactly_one(found, of_alg) if found else None),
    },
    ("3 kid", "3 use", "3 key_ops"): {
        "Where no key fits it goes on with one that has the alg and nothing else. No key is an error (lesson "
        "04).": replace(RIGHT, choose=lambda found, of_alg: _exactly_one(found or of_alg, of_alg)),
    },
    "5": {
        "It takes the key from the header. Whoever sends the token wrote that, and signed with that key.": replace(
            RIGHT, offered=lambda header, find: header["jwk"] if "jwk" in header else find()
        ),
    },
    ("3 alg", "3 kid", "3 use"): {
        "Where the set has no key that fits, it takes the one in the header. Whoever sends the token wrote that, and "
        "signed with that key.": replace(RIGHT, offered=_brought_if_lost),
    },
}

_A, _B = ({"kty": "oct", "alg": "HS256", "kid": kid} for kid in "ab")

find_key = Exercise(
    name="find_key",
    points=10,
    spec="RFC 7517 §4.2–§4.5, §5; RFC 7515 §4.1.4, §6; RFC 8725 §3.1",
    forbids=KEY_MAKERS,
    hints=(
        "It is a filter, and then a count. Which members of the set could have signed a token with this header? And "
        "what if that is not exactly one?",
        "First what is wrong by itself: `keys` no list, alg no str, a kid that is there and no str. Then a list "
        "comprehension over the members that are dicts: alg equal, `use` absent or 'sig', `key_ops` absent or a list "
        "with 'verify', and, if the header *has* a kid, the same kid.",
        "`found = [jwk for jwk in keys if isinstance(jwk, dict) and jwk.get('alg') == alg and jwk.get('use', 'sig') "
        "== 'sig' and may_verify(jwk) and ('kid' not in header or jwk.get('kid') == header['kid'])]`, where may_verify "
        "asks whether `jwk.get('key_ops', ['verify'])` is a list that has 'verify' in it. "
        "`if len(found) != 1: raise ValueError(…)`, and `return found[0]`.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(world, aspects, build, oracle, examples=(({"keys": [_A, _B]}, {"alg": "HS256", "kid": "b"}),)),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
