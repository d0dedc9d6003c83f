"""choose_algorithm: five facts in, one name out, or ValueError."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...judging.aspects import ABSENT, Unfit, written
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ALL, HALF, PART, Stake
from ...judging.wants import InTurn, Raises, Returns
from .. import kit

RULES = {
    "1 fields": "Exactly the five fields: an absent fact must not be guessed, an unknown one may be misspelled.",
    "1 list": "verifiers_know is a list. In a text, `in` finds a name inside a longer one.",
    "2 key": "A key that has served one algorithm serves no other (RFC 8725 §3.1): it is that one or ValueError.",
    "3 order": "Of the six, the most preferred one that is allowed. The order of verifiers_know means nothing.",
    "3 known": "verifiers_know has exactly this name: the same letters, case and all, and not a part of a longer name.",
    "3 size": "The signature has at most max_signature bytes, counted as bytes; only None is no limit.",
    "3 mint": "Whoever can check HS256 can also make it, so it is out where the verifiers must not.",
    "3 nonces": "Without good nonces, no ES256 (lesson 06).",
}
SIZES = {"HS256": 32, "Ed25519": 64, "EdDSA": 64, "ES256": 64, "PS256": 256, "RS256": 256}
"""In the order of preference."""
OTHERS = ["HS384", "HS512", "ES384", "ES512", "ES256K", "PS384", "PS512", "RS384", "RS512", "Ed448", "ML-DSA-44"]
USUAL: dict[str, Any] = {
    "verifiers_may_mint": False,
    "verifiers_know": list(SIZES),
    "good_nonces": True,
    "max_signature": None,
    "key_alg": None,
}


def oracle(scenario: dict[str, Any]) -> tuple[Any, set[str]]:
    """The name, and all rules that are broken. Where no name is allowed: the rules that alone keep one out."""
    broken = {"1 fields"} if set(scenario) != set(USUAL) else set[str]()
    facts = {**USUAL, **scenario}
    if type(facts["verifiers_know"]) is not list:
        return None, broken | {"1 list"}
    allowed = [name for name in SIZES if not reasons(name, facts)]
    key_alg = facts["key_alg"]
    if key_alg is not None:
        return key_alg, broken if key_alg in allowed else broken | {"2 key"}
    return (allowed[0], broken) if allowed else (None, broken | _decisive(SIZES, facts))


def reasons(name: str, facts: dict[str, Any]) -> set[str]:
    """The rules that keep a name out."""
    limit = facts["max_signature"]
    out = {
        "3 known": name not in facts["verifiers_know"],
        "3 size": limit is not None and SIZES[name] > limit,
        "3 mint": name == "HS256" and not facts["verifiers_may_mint"],
        "3 nonces": name == "ES256" and not facts["good_nonces"],
    }
    return {rule for rule, is_out in out.items() if is_out}


def _decisive(names: Iterable[str], facts: dict[str, Any]) -> set[str]:
    """What alone keeps one of these names out; that a name is unknown says something where nothing else does."""
    alone = [found for name in names if len(found := reasons(name, facts)) == 1]
    return set[str]().union(*([found for found in alone if found != {"3 known"}] or alone)) or {"3 known"}


def shown_by(facts: dict[str, Any], answer: str) -> set[str]:
    """The rules that a right answer shows: why it is not a more preferred name."""
    if facts["key_alg"] is not None:
        return {"2 key"}
    better = itertools.takewhile(lambda name: name != answer, SIZES)
    return _decisive(better, facts) if answer != next(iter(SIZES)) else {"3 order"}


# -- trials -----------------------------------------------------------------------------------------------------------

Row = tuple[str, Stake, str, dict[str, Any]]
"""A rule, what a wrong answer costs, what is particular, and the facts that are not the usual ones."""


def trials(source: random.Random) -> Iterator[Trial]:
    """Two plain scenarios, those of each rule, all combinations of the facts, and two that follow one another."""
    yield _trial("", ALL, "one name", {"verifiers_know": ["RS256"]})
    yield _trial("", ALL, "two names, and a key", {"verifiers_know": ["PS256", "RS256"], "key_alg": "PS256"})
    rows = (*_fields(source), *_lists(), *_keys(), *_orders(), *_known(), *_sizes(), *_minting(), *_nonces())
    for rule, stake, text, facts in rows:
        yield _trial(rule, stake, text, facts)
    yield from _combinations()
    first, second = USUAL | {"verifiers_know": ["RS256", "ES256"]}, USUAL | {"verifiers_know": ["RS256", "PS256"]}
    wants = InTurn((Returns("ES256"), Returns("PS256")))
    yield Trial((first,), wants, stake=ALL, text="one scenario, and then another", more=((second,),))


def _trial(rule: str, stake: Stake, text: str, facts: dict[str, Any]) -> Trial:
    """A scenario; a field is left out where its value is ABSENT."""
    scenario = {name: one for name, one in {**USUAL, **facts}.items() if one is not ABSENT}
    answer, broken = oracle(scenario)
    if broken and rule not in (*broken, ""):
        raise Unfit(f"{text}: breaks {sorted(broken)}, was made for {rule}")
    want = Raises(ValueError) if broken else Returns(answer)
    rules = frozenset(broken or ([rule] if rule else []))
    base = "" if rule else text
    return Trial((scenario,), want, rules, bool(broken), stake, text, base=base, plain=not rule)


def _fields(source: random.Random) -> Iterator[Row]:
    for name in USUAL:
        yield "1 fields", PART, f"{name} is missing", {name: ABSENT}
        yield "1 fields", PART, f"{name} in capitals", {name: ABSENT, name.upper(): USUAL[name]}
    yield "1 fields", PART, "none at all", dict.fromkeys(USUAL, ABSENT)
    for name, value in {
        "verifier_may_mint": True,
        "alg": "RS256",
        "": None,
        "max_signature_bytes": 64,
        "comment": "",
        "key_alg ": None,
    }.items():
        yield "1 fields", PART, f"an unknown field {name!r}", {name: value}
    yield "1 fields", PART, "an unknown field of some name", {f"_note_{source.randrange(1000)}": None}
    for order, text in ((sorted(USUAL), "sorted"), (sorted(USUAL, reverse=True), "sorted backwards")):
        yield "1 fields", ALL, f"the fields {text}", {**dict.fromkeys(USUAL, ABSENT), **{n: USUAL[n] for n in order}}


def _lists() -> Iterator[Row]:
    mint = {"verifiers_may_mint": True}
    for value in (tuple(SIZES), "ES256K", "RS256, PS256", "XXHS256XX", "RS256", "", None, {"RS256": True}, 7, True):
        yield "1 list", PART, f"verifiers_know is {value!r}", mint | {"verifiers_know": value}
    for value in (tuple(SIZES), "RS256", None, 7):
        bound = {"verifiers_know": value, "key_alg": "RS256"}
        yield "1 list", PART, f"verifiers_know is {value!r}, and the key has an alg", bound


def _keys() -> Iterator[Row]:
    mint = {"verifiers_may_mint": True}
    for name in SIZES:
        yield "2 key", ALL, f"{name}, and all known", mint | {"key_alg": name}
        others = [other for other in SIZES if other != name]
        yield "2 key", HALF, f"{name}, and all others known", mint | {"key_alg": name, "verifiers_know": others}
        limit = {"key_alg": name, "max_signature": SIZES[name] - 1}
        yield "2 key", HALF, f"{name}, a byte too long", mint | limit
        yield "2 key", PART, f"{name}, just short enough", mint | limit | {"max_signature": SIZES[name]}
    yield "2 key", ALL, "HS256, and nobody may mint", {"key_alg": "HS256"}
    yield "2 key", HALF, "ES256, and bad nonces", {"key_alg": "ES256", "good_nonces": False}
    more = ("HS384", "ES384", "PS512", "Ed448")
    for name in ("", "none", "HS512", "ES256K", "RSA-OAEP", "rs256", "RS256 ", " RS256", "RS25", "EDDSA", "P", *more):
        yield "2 key", PART, f"{name!r}, and known", mint | {"key_alg": name, "verifiers_know": [*SIZES, name]}


def _orders() -> Iterator[Row]:
    for pair in itertools.permutations(SIZES, 2):
        yield "3 order", ALL, f"{pair[0]}, {pair[1]}", {"verifiers_may_mint": True, "verifiers_know": list(pair)}
    whole = {"all, the best last": list(SIZES)[::-1], "all": list(SIZES), "others first": [*OTHERS, *SIZES]}
    for text, names in whole.items():
        yield "3 order", ALL, text, {"verifiers_may_mint": True, "verifiers_know": names}


def _known() -> Iterator[Row]:
    mint = {"verifiers_may_mint": True}
    for name in SIZES:
        yield "3 known", ALL, f"{name} alone", mint | {"verifiers_know": [name]}
        yield "3 known", ALL, f"{name} among others' names", mint | {"verifiers_know": ["none", "HS512", name, "x"]}
    yield "3 known", HALF, "RS256 listed twice", mint | {"verifiers_know": ["RS256", "RS256"]}
    yield "3 known", ALL, "RS256 behind other names", {"verifiers_know": [*OTHERS, "RS256"]}
    yield "3 known", ALL, "other names only", mint | {"verifiers_know": OTHERS}
    for one in kit.almost("RS256"):
        yield "3 known", HALF, f"RS256 {one.text}", mint | {"verifiers_know": [one.what]}
    unknown: tuple[list[str], ...] = (
        [],
        ["none"],
        ["none", "HS512"],
        ["ES256K", "Ed448", "RSA-OAEP"],
        ["PS256 RS256"],
        [",".join(SIZES)],
        [""],
    )
    for names in unknown:
        yield "3 known", HALF, f"{names} known", mint | {"verifiers_know": list(names)}


def _sizes() -> Iterator[Row]:
    mint = {"verifiers_may_mint": True}
    for name, size in SIZES.items():
        alone = mint | {"verifiers_know": [name]}
        for limit in (size, size + 1, size * 4 // 3 + 2, 10**6):
            stake = ALL if limit > 2 * size else PART
            yield "3 size", stake, f"{name} and {limit} bytes", alone | {"max_signature": limit}
        for limit in (size - 1, 0, -1):
            yield "3 size", PART, f"{name} and {limit} bytes", alone | {"max_signature": limit}


def _minting() -> Iterator[Row]:
    yield "3 mint", ALL, "HS256 alone, and nobody may mint", {"verifiers_know": ["HS256"]}
    yield "3 mint", ALL, "32 bytes, and nobody may mint", {"verifiers_know": ["HS256"], "max_signature": 32}
    for other in list(SIZES)[1:]:
        yield "3 mint", ALL, f"HS256 or {other}, and nobody may mint", {"verifiers_know": ["HS256", other]}


def _nonces() -> Iterator[Row]:
    bad = {"good_nonces": False}
    yield "3 nonces", HALF, "ES256 alone, and bad nonces", bad | {"verifiers_know": ["ES256"]}
    yield "3 nonces", HALF, "64 bytes and bad nonces", bad | {"verifiers_know": ["ES256"], "max_signature": 64}
    for other in ("PS256", "RS256"):
        yield "3 nonces", ALL, f"ES256 or {other}, and bad nonces", bad | {"verifiers_know": ["ES256", other]}
    for other in ("Ed25519", "EdDSA"):
        yield "3 nonces", ALL, f"{other} alone, and bad nonces", bad | {"verifiers_know": [other]}


def _combinations() -> Iterator[Trial]:
    limits = {"no limit": None, "63 bytes": 63, "255 bytes": 255}
    for mint, nonces, (limit, most), key_alg in itertools.product(
        (True, False), (True, False), limits.items(), (None, *SIZES)
    ):
        facts = {"verifiers_may_mint": mint, "good_nonces": nonces, "max_signature": most, "key_alg": key_alg}
        answer, broken = oracle(USUAL | facts)
        rules = broken or shown_by(USUAL | facts, answer)
        text = f"all known; mint {mint}, nonces {nonces}, {limit}, key {key_alg}"
        want = Raises(ValueError) if broken else Returns(answer)
        yield Trial((USUAL | facts,), want, frozenset(rules), bool(broken), PART if broken else ALL, text)


# -- known mistakes ---------------------------------------------------------------------------------------------------


def _as_listed(facts: dict[str, Any]) -> list[str]:
    return [name for name in facts["verifiers_know"] if name in SIZES]


@dataclass(frozen=True)
class Choose:
    """A right choose_algorithm, of parts that can be got wrong one by one."""

    unknown: Callable[[set[str]], bool] = bool
    is_list: Callable[[Any], bool] = lambda know: isinstance(know, list)
    new_key: Callable[[Any], bool] = lambda key_alg: key_alg is None
    bound: Callable[[str, list[str]], list[str]] = lambda key_alg, allowed: [key_alg] if key_alg in allowed else []
    order: Callable[[dict[str, Any]], Sequence[str]] = lambda facts: list(SIZES)
    knows: Callable[[str, Any], bool] = lambda name, know: name in know
    no_limit: Callable[[Any], bool] = lambda limit: limit is None
    fits: Callable[[int, int], bool] = lambda size, limit: size <= limit
    sizes: dict[str, int] = field(default_factory=lambda: SIZES)
    may_mint: Callable[[Any], bool] = bool
    nonces: Callable[[Any], bool] = bool
    nothing: Callable[[], Any] | None = None

    def allows(self, name: str, facts: dict[str, Any]) -> bool:
        """Whether one name is allowed."""
        limit = facts["max_signature"]
        return (
            self.knows(name, facts["verifiers_know"])
            and (self.no_limit(limit) or self.fits(self.sizes[name], limit))
            and (name != "HS256" or self.may_mint(facts["verifiers_may_mint"]))
            and (name != "ES256" or self.nonces(facts["good_nonces"]))
        )

    def __call__(self, scenario: dict[str, Any]) -> Any:
        """Choose a name."""
        if set(USUAL) - set(scenario) or self.unknown(set(scenario) - set(USUAL)):
            raise ValueError("fields")
        if not self.is_list(scenario["verifiers_know"]):
            raise ValueError("verifiers_know")
        allowed = [name for name in self.order(scenario) if self.allows(name, scenario)]
        if not self.new_key(scenario["key_alg"]):
            allowed = self.bound(scenario["key_alg"], allowed)
        if not allowed and self.nothing is not None:
            return self.nothing()
        if not allowed:
            raise ValueError("nothing is allowed")
        return allowed[0]


CHOOSE = Choose()


def _moved(first: str, second: str) -> Choose:
    """One name is preferred to another that should come first."""
    order = [name for name in SIZES if name != first]
    order.insert(order.index(second), first)
    return replace(CHOOSE, order=lambda facts: order)


def _no_key_error(scenario: dict[str, Any]) -> Any:
    return CHOOSE({name: scenario[name] for name in USUAL})


def _base64_fits(size: int, limit: int) -> bool:
    return -(-size * 4 // 3) <= limit


def _never(value: Any) -> bool:
    return False


def _always(*values: Any) -> bool:
    return True


NOTHING: tuple[str, ...] = ("2 key", "3 known", "3 size", "3 mint", "3 nonces")
"""The rules by which nothing may be left."""

MISTAKES: Mistakes = {
    "1 fields": {
        "Unknown fields are ignored. One of them may be a misspelled fact, so raise ValueError.": replace(
            CHOOSE, unknown=_never
        ),
        "A missing field raises KeyError, which is not a ValueError, and an unknown one is ignored. Compare the "
        "scenario's fields with the five first.": _no_key_error,
    },
    "1 list": {
        "A tuple is taken for `verifiers_know`. The docstring wants a list, and ValueError for all else.": replace(
            CHOOSE, is_list=lambda know: isinstance(know, (list, tuple, set, frozenset))
        ),
        "A text is taken for `verifiers_know`, and `in` finds 'ES256' inside 'ES256K'. Accept a list only.": replace(
            CHOOSE, is_list=_always
        ),
    },
    "2 key": {
        "`key_alg` is not looked at. A key that has been used with one algorithm may serve only that one (RFC 8725 "
        "§3.1).": replace(CHOOSE, new_key=_always),
        "When the key's algorithm is not allowed, another one is chosen for the same key. One key, one algorithm: "
        "raise ValueError, so that someone makes a new key.": replace(
            CHOOSE, bound=lambda key_alg, allowed: [key_alg] if key_alg in allowed else allowed
        ),
        "`key_alg` is returned without asking whether it is allowed. The verifiers must know it, it must fit, and the "
        "rules for HS256 and ES256 hold for it too.": replace(CHOOSE, bound=lambda key_alg, allowed: [key_alg]),
        "An empty `key_alg` counts as none. Only None means a new key: ask `is not None`.": replace(
            CHOOSE, new_key=lambda key_alg: not key_alg
        ),
    },
    "3 mint": {
        "HS256 is chosen although the verifiers must not mint. Whoever can check an HMAC can make it.": replace(
            CHOOSE, may_mint=_always
        ),
    },
    "3 nonces": {
        "ES256 is chosen although the signer has no good nonces: one repeated nonce is the key.": replace(
            CHOOSE, nonces=_always
        ),
    },
    "3 known": {
        "A name is searched inside the known names, and 'ES256' is inside 'ES256K'. Compare whole names.": replace(
            CHOOSE, knows=lambda name, know: any(name in one for one in know)
        ),
        "Names are compared without regard to case; they are exact (RFC 7515 §4.1.1).": replace(
            CHOOSE, knows=lambda name, know: name.lower() in [one.lower() for one in know]
        ),
        "Spaces around a name are cut off before it is compared; names are exact.": replace(
            CHOOSE, knows=lambda name, know: name in [one.strip() for one in know]
        ),
    },
    "3 size": {
        "A signature that is exactly as long as `max_signature` is refused; it still fits.": replace(
            CHOOSE, fits=lambda size, limit: size < limit
        ),
        "`max_signature` is not looked at.": replace(CHOOSE, fits=_always),
        "A `max_signature` of 0 counts as no limit. Only None means that there is none: ask `is None`.": replace(
            CHOOSE, no_limit=lambda limit: not limit
        ),
        "The sizes are compared in bits. `max_signature` counts bytes.": replace(
            CHOOSE, fits=lambda size, limit: size * 8 <= limit
        ),
        "The base64url text is measured. `max_signature` counts the signature's bytes.": replace(
            CHOOSE, fits=_base64_fits
        ),
        "An ES256 signature has 64 bytes in a token, not the 70 or so of DER (lesson 06).": replace(
            CHOOSE, sizes=SIZES | {"ES256": 72}
        ),
    },
    "3 order": {
        "Ed25519 comes before EdDSA: the newer name says which curve it is.": _moved("EdDSA", "Ed25519"),
        "PS256 comes before RS256, which is kept for compatibility (RFC 8017 §8).": _moved("RS256", "PS256"),
        "Ed25519 comes before ES256: it has no nonce to get wrong.": _moved("ES256", "Ed25519"),
        "HS256 comes last. Where it is allowed, it comes first: smallest, fastest, and nothing to gain by key "
        "pairs.": replace(CHOOSE, order=lambda facts: [*[*SIZES][1:], "HS256"]),
        "It goes by the order of `verifiers_know`, which means nothing. Go through the six by preference.": replace(
            CHOOSE, order=_as_listed
        ),
    },
    NOTHING[1:]: {
        "Where nothing is allowed for a new key it returns something all the same. Raise ValueError: a fallback that "
        "breaks the rules is no choice.": lambda scenario: (
            CHOOSE if scenario.get("key_alg") is not None else replace(CHOOSE, nothing=lambda: "none")
        )(scenario),
    },
    NOTHING: {
        "Where nothing is allowed it returns a name all the same, such as RS256. A fallback that breaks the rules is "
        "no choice: ValueError.": replace(CHOOSE, nothing=lambda: "RS256"),
    },
}

choose_algorithm = Exercise(
    name="choose_algorithm",
    points=8,
    spec="RFC 8725 §3.1, §3.2; RFC 7518 §3.1; RFC 9864 §2.2",
    forbids=("jwt_from_scratch.algorithms", *kit.TOKEN_LIBRARIES),
    hints=(
        "Write one small function, or one condition, that says of a *single* name whether it is allowed. After that "
        "the three rules are three lines.",
        "Put the six names and their sizes into a dict in the order of preference. Before all else compare the set of "
        "the scenario's fields with the set of the five you know, and see that `verifiers_know` is a list.",
        "`allowed = [name for name, size in SIZES.items() if name in know and (limit is None or size <= limit) and "
        "(name != 'HS256' or mint) and (name != 'ES256' or nonces)]`. If `key_alg` is not None, keep of these only "
        "that one. Return the first; if there is none, raise ValueError.",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
