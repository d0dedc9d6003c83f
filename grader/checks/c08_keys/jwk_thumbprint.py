"""jwk_thumbprint: a JWK in, the name that follows from the key itself out, or ValueError."""

import base64
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...inside.calling import RETURNED, Outcome
from ...inside.values import unpack
from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import HALF
from ...judging.wants import Returns, Want
from .. import kit

KEY_MAKERS = ("jwt", "joserfc", "jwt_from_scratch.keys", "jwt_from_scratch.jwk", "jwt_from_scratch.material")
NEEDED = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "oct": ("k", "kty")}
NO_TEXTS: dict[str, Any] = {
    "null": None,
    "a number": 65537,
    "true": True,
    "a list": ["AQAB"],
    "an object": {},
    "bytes": b"AQAB",
}
RULES = {
    "1 kty": "kty is exactly RSA, EC, OKP or oct; for anything else nobody knows what counts (RFC 7638 §3.2).",
    "1 members": "Each member that counts is there and is a str (RFC 7518 §6, RFC 8037 §2). Else: ValueError.",
    "2": "Only the members in the table count. With other members or without, the key and its name are the same.",
    "3 order": "The members are written sorted by name, in whatever order they come (RFC 7638 §3.3).",
    "3 text": "The values are not looked into: any ASCII text is written as JSON, as `json.dumps` does it.",
}

Jwk = dict[str, Any]


def world(source: random.Random) -> Any:
    """A key of each kind. Nobody computes with them, so their numbers are only texts of the right length."""

    def text(size: int) -> str:
        return b64u_encode(source.randbytes(size))

    keys = {
        "EC": {"crv": "P-256", "kty": "EC", "x": text(32), "y": text(32)},
        "RSA": {"e": "AQAB", "kty": "RSA", "n": text(256)},
        "OKP": {"crv": "Ed25519", "kty": "OKP", "x": text(32)},
        "oct": {"k": text(32), "kty": "oct"},
        "EC with P-384": {"crv": "P-384", "kty": "EC", "x": text(48), "y": text(48)},
    }
    return SimpleNamespace(keys=keys, secret=text(32), name=text(4))


def aspects(w: Any) -> list[Aspect]:
    """The key, its labels, one member of it, and the order of all."""
    return [
        Aspect(
            "key",
            good(*(named(name, lambda e, jwk=jwk: dict(jwk)) for name, jwk in w.keys.items())),
            rare(named("OKP with X25519", lambda e: {**w.keys["OKP"], "crv": "X25519"})),
        ),
        _labels(w),
        _member(w),
        Aspect(
            "order",
            good(named("sorted", lambda e: sorted)),
            good(
                named("backwards", lambda e: lambda names: sorted(names, reverse=True)),
                named("kty first", lambda e: lambda names: sorted(names, key=lambda name: name != "kty")),
                named("kty last", lambda e: lambda names: sorted(names, key=lambda name: name == "kty")),
                rule="3 order",
                stake=HALF,
            ),
            full=0,
        ),
    ]


def _labels(w: Any) -> Aspect:
    usual = {"alg": "ES256", "kid": w.secret, "use": "sig", "key_ops": ["verify"]}
    foreign = {"a": "1", "d": w.secret, "z": "1", "E": "AQAB", "N": "1", "k_": "1", "Kty": "oct", "KTY": "RSA"}
    others = {
        "nothing but falsy ones": {"use": "", "alg": None, "key_ops": [], "x5c": False, "exp": 0},
        "names in capitals": {"X": "1", "Y": "1", "K": "1", "CRV": "P-256"},
        "x5t and x5c": {"x5t": "AA", "x5c": ["MIIB"], "x5t#S256": "AA"},
        "names outside ASCII": {"\u00fe": "\u2603"},
        "deep ones": {"ext": {"a": [1, {"b": None}]}},
    }
    # Members that count for another kty than this key's.
    strange = {"n": "AQAB", "e": "AQAB", "k": w.secret, "crv": "P-256", "x": w.secret, "y": w.secret}
    return Aspect(
        "labels",
        good({}),
        good(named("usual", lambda e: dict(usual)), rule="2", stake=HALF),
        *(good(named(name, lambda e, n=name: {n: usual[n]}), rule="2", stake=HALF) for name in usual),
        rare(named("the private half", lambda e: {"d": w.secret}), rule="2", across=("key",)),
        rare(
            named("RSA's private members", lambda e: dict.fromkeys(("d", "p", "q", "dp", "dq", "qi"), "AQ")), rule="2"
        ),
        rare(*(named(name, lambda e, n=name: {n: foreign[n]}) for name in foreign if name != "d"), rule="2"),
        rare(*(named(text, lambda e, more=more: dict(more)) for text, more in others.items()), rule="2"),
        rare(
            named(
                "other kinds' members", lambda e: {n: v for n, v in strange.items() if n not in NEEDED[e.key["kty"]]}
            ),
            rule="2",
            across=("key",),
        ),
        full=0,
    )


def _member(w: Any) -> Aspect:
    """One member of the key: left out, or another value in its place."""

    def put(name: str, what: Any) -> Any:
        return lambda e: {name: what}

    texts = {"empty": "", "one letter": "A", "a quote": 'a"b', "a backslash": "a\\b", "a slash": "a/b", "=": "AQ=="}
    texts |= {"a line break": "a\nb", "a space": " a, b: c ", "JSON": '","kty":"oct', "<&>": "<&>", "a control": "\x01"}
    zeros = {"EC": "x", "RSA": "n", "OKP": "x"}
    parts = [values for kty in NEEDED for values in _bad_parts(w, kty, put)]
    return Aspect(
        "member",
        good(named("as it is", lambda e: {})),
        *parts,
        bad("1 kty", named("AKP, and all that it needs", lambda e: {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AQAB"})),
        *(
            rare(
                *(named(f"{kty}'s {name} is {text}", put(name, value)) for text, value in texts.items()),
                rule="3 text",
                along={"key": lambda e, kty=kty: dict(w.keys[kty])},
            )
            for kty, name in (("oct", "k"), ("OKP", "crv"))
        ),
        *(
            rare(
                named(f"{kty}'s {name} is empty", put(name, "")),
                rule="3 text",
                along={"key": lambda e, kty=kty: dict(w.keys[kty])},
            )
            for kty, name in (("EC", "y"), ("RSA", "e"), ("OKP", "x"), ("EC", "crv"))
        ),
        *(
            rare(
                named(f"{kty}'s {name} begins with zeros", put(name, f"AAAA{w.secret}")),
                rule="3 text",
                along={"key": lambda e, kty=kty: dict(w.keys[kty])},
            )
            for kty, name in zeros.items()
        ),
        rare(
            *(named(f"EC's crv is {crv}", put("crv", crv)) for crv in ("secp256k1", "secp256r1", "p-256", "Ed25519")),
            rule="3 text",
            along={"key": lambda e: dict(w.keys["EC"])},
        ),
    )


def _bad_parts(w: Any, kty: str, put: Callable[[str, Any], Any]) -> list[Any]:
    along = {"key": lambda e: dict(w.keys[kty])}
    others = [name for name in NEEDED[kty] if name != "kty"]
    kinds: dict[str, Any] = {f"{kty}, absent": ABSENT}
    kinds |= {f"{one.text}, {kty}": one.what for one in kit.almost(kty, *NEEDED)[: None if kty == "EC" else 7]}
    if kty == "EC":
        kinds |= {repr(value): value for value in (*kit.falsy(), *kit.truthy("EC"), "DSA", "AKP", "RSA1", "P-256")}
    return [
        bad(
            "1 members",
            *(named(f"{kty} without {name}", put(name, ABSENT)) for name in others),
            *(
                named(f"{kty}'s {name} is {text}", put(name, value))
                for name in others
                for text, value in NO_TEXTS.items()
            ),
            along=along,
        ),
        bad("1 kty", *named_ones({f"kty {text}": put("kty", kind) for text, kind in kinds.items()}), along=along),
    ]


def build(e: Any) -> Args:
    """A JWK, its members in this order."""
    jwk = {**e.labels, **e.key, **e.member}
    return ({name: jwk[name] for name in e.order(list(jwk)) if jwk[name] is not ABSENT},)


def oracle(jwk: Jwk) -> tuple[Any, set[str]]:
    """The thumbprint, and all rules that are broken."""
    kty = jwk.get("kty")
    if not isinstance(kty, str) or kty not in NEEDED:
        return None, {"1 kty"}
    members = {name: jwk.get(name) for name in NEEDED[kty]}
    if not all(isinstance(value, str) for value in members.values()):
        return None, {"1 members"}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return b64u_encode(hashlib.sha256(text.encode()).digest()), set()


def in_turn(source: random.Random) -> Iterator[Trial]:
    """Two keys with the same kid, and all but one member in common."""
    w = world(source)
    keys = [{**w.keys["EC"], "kid": "1"}, {**w.keys["EC"], "kid": "1", "y": w.secret}]
    yield kit.in_turn("two keys that differ in y", *(((jwk,), Hashed(oracle(jwk)[0])) for jwk in keys))


@dataclass(frozen=True)
class Hashed(Returns):
    """A thumbprint. What else an answer looks like says what went wrong."""

    def _usually(self, outcome: Outcome) -> str:
        got = unpack(outcome.packed) if outcome.kind == RETURNED else None
        if isinstance(got, bytes):
            return "These are bytes. It must return text: b64u_encode makes it."
        if got is None:
            return super()._usually(outcome)
        if not isinstance(got, str):
            return f"It must return text, not {type(got).__name__}."
        if re.fullmatch(r"[0-9a-f]{64}", got):
            return "These are 64 characters of hexadecimal. b64u_encode the 32 bytes of `.digest()`."
        if re.fullmatch(r"[0-9a-f]{40}", got):
            return "These are 40 characters of hexadecimal: SHA-1. b64u_encode the 32 bytes of SHA-256."
        return "" if re.fullmatch(r"[A-Za-z0-9_-]{43}", got) else "It must be 43 characters of base64url, unpadded."


def hashed(answer: Any, args: Args) -> Want:
    """Exactly this thumbprint."""
    return Hashed(answer)


def _is_kind(kty: Any) -> bool:
    return isinstance(kty, str) and kty in NEEDED


def _dumps(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _needed(jwk: Jwk) -> Jwk:
    return {name: jwk[name] for name in NEEDED[jwk["kty"]]}


@dataclass(frozen=True)
class Thumbprint:
    """A right jwk_thumbprint, of parts that can be got wrong one by one."""

    read: Callable[[Jwk], Jwk] = dict
    is_kind: Callable[[Any], bool] = _is_kind
    is_value: Callable[[Any], bool] = lambda value: isinstance(value, str)
    there: Callable[[Jwk, str], Any] = lambda jwk, name: jwk.get(name)
    members: Callable[[Jwk], Jwk] = _needed
    dumps: Callable[[Any], str] = _dumps
    digest: Callable[[bytes], bytes] = lambda data: hashlib.sha256(data).digest()
    encode: Callable[[bytes], Any] = b64u_encode

    def __call__(self, jwk: Jwk) -> Any:
        """The thumbprint of a JWK."""
        jwk = self.read(jwk)
        if not self.is_kind(jwk.get("kty")):
            raise ValueError("kty")
        if not all(self.is_value(self.there(jwk, name)) for name in NEEDED[jwk["kty"]]):
            raise ValueError("member")
        return self.encode(self.digest(self.dumps(self.members(jwk)).encode()))


RIGHT = Thumbprint()


def _also(*names: str) -> Callable[[Jwk], Jwk]:
    return lambda jwk: _needed(jwk) | {name: jwk[name] for name in names if name in jwk}


def _by_hand(members: Jwk) -> str:
    return "{" + ",".join(f'"{name}":"{members[name]}"' for name in sorted(members)) + "}"


def _in_any_case(jwk: Jwk) -> Jwk:
    kinds = {kty.lower(): kty for kty in NEEDED}
    kty = jwk.get("kty")
    return jwk | ({"kty": kinds.get(kty.lower(), kty)} if isinstance(kty, str) else {})


MISTAKES: Mistakes = {
    RETURNS: {
        "There are spaces in the JSON. `json.dumps` writes them unless you say `separators=(',', ':')`.": replace(
            RIGHT, dumps=lambda value: json.dumps(value, sort_keys=True)
        ),
        "kty is not hashed. It is a needed member, too (RFC 7638 §3.2).": replace(
            RIGHT, members=lambda jwk: {name: value for name, value in _needed(jwk).items() if name != "kty"}
        ),
        "The hash's hexadecimal text is encoded. Encode its 32 bytes: `.digest()`.": replace(
            RIGHT, digest=lambda data: hashlib.sha256(data).hexdigest().encode()
        ),
        "The answer is in hexadecimal. A thumbprint is base64url here.": replace(RIGHT, encode=lambda data: data.hex()),
        "There is a '=' at the end. base64url has no padding here; take the b64u_encode that you are given.": replace(
            RIGHT, encode=lambda data: base64.urlsafe_b64encode(data).decode()
        ),
        "It is plain base64, with + and /. base64url writes - and _ instead.": replace(
            RIGHT, encode=lambda data: base64.b64encode(data).decode().rstrip("=")
        ),
        "The hash is SHA-1, as in `x5t`. This thumbprint uses SHA-256.": replace(
            RIGHT,
            digest=lambda data: hashlib.sha1(data).digest(),  # noqa: S324 - the mistake
        ),
        "Every OKP key is refused. It has the members crv, kty and x (RFC 8037 §2).": replace(
            RIGHT, is_kind=lambda kty: _is_kind(kty) and kty != "OKP"
        ),
        "Every oct key is refused. It has the members k and kty (RFC 7638 §3.2).": replace(
            RIGHT, is_kind=lambda kty: _is_kind(kty) and kty != "oct"
        ),
    },
    "1 kty": {
        "kty is compared without regard to case. It is exact (RFC 7517 §4.1).": replace(RIGHT, read=_in_any_case),
        "It looks up whatever kty is. An unknown one ends in a KeyError, and a list in a TypeError. Ask first "
        "whether it is a str and one of the four.": replace(
            RIGHT, is_kind=lambda kty: kty == kty and bool(NEEDED[kty])
        ),
        "It looks up whatever kty is, and a list can't be looked up in a dict: that is a TypeError. Ask first "
        "whether it is a str.": replace(RIGHT, is_kind=lambda kty: kty in NEEDED),
    },
    "1 members": {
        "A missing member is a KeyError, which is no ValueError. Look at each needed member first.": replace(
            RIGHT, there=lambda jwk, name: jwk[name]
        ),
        "A member that is a number, a list or null is hashed all the same. Every needed member must be a str.": replace(
            RIGHT, is_value=lambda value: value is not ABSENT, there=lambda jwk, n: jwk.get(n, ABSENT)
        ),
        "A member that is a number or a list is hashed all the same. Every needed member must be a str, not only be "
        "there.": replace(RIGHT, is_value=lambda value: value is not None),
        "It hashes what happens to be there, so a key with a member missing gets a name, too. Look up what its kty "
        "needs.": replace(
            RIGHT,
            is_value=lambda value: value is ABSENT or isinstance(value, str),
            there=lambda jwk, name: jwk.get(name, ABSENT),
            members=lambda jwk: {name: jwk[name] for name in NEEDED[jwk["kty"]] if name in jwk},
        ),
    },
    "2": {
        "The whole JWK is hashed, labels and all. Then `kid` or `use` changes the thumbprint, and the key is the "
        "same.": replace(RIGHT, members=dict),
        "alg is hashed. It is a label: the thumbprint names the key alone.": replace(RIGHT, members=_also("alg")),
        "Members that count for another kty are hashed, too. Which ones count, this key's kty decides.": replace(
            RIGHT, members=_also("crv", "e", "k", "n", "x", "y")
        ),
    },
    "3 order": {
        "The members are hashed in the order in which they come. Sort them: `sort_keys=True`.": replace(
            RIGHT,
            dumps=lambda value: json.dumps(value, separators=(",", ":")),
            members=lambda jwk: {name: value for name, value in jwk.items() if name in NEEDED[jwk["kty"]]},
        ),
    },
    "3 text": {
        "The JSON has no escapes, so a quote in a value makes it another text, perhaps another key's. `json.dumps` "
        "writes it right.": replace(RIGHT, dumps=_by_hand),
        "An empty text counts as missing. It is a str, and its value is not looked into.": replace(
            RIGHT, is_value=lambda value: isinstance(value, str) and value != ""
        ),
    },
}


jwk_thumbprint = Exercise(
    name="jwk_thumbprint",
    points=5,
    spec="RFC 7638 §3; RFC 8037 §2",
    forbids=KEY_MAKERS,
    hints=(
        "Two copies of one key may carry different labels. Which members make it *this* key, and how do you write "
        "these few so that everybody writes the same bytes?",
        "The type of key says which members are needed; a dict from `kty` to their names does it. Take only those, "
        "each of them a str, write them as JSON sorted and without spaces, and hash the bytes.",
        "`needed = {'RSA': 'e kty n', 'EC': 'crv kty x y', 'OKP': 'crv kty x', 'oct': 'k kty'}`; a kty that is no str "
        "or not in there: ValueError. `members = {name: jwk.get(name) for name in needed[kty].split()}`; a value that "
        "is no str: ValueError. Then `json.dumps(members, sort_keys=True, separators=(',', ':'))`, `.encode()`, "
        "`hashlib.sha256(…).digest()`, `b64u_encode`.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            wants_of_good=hashed,
            examples=(
                ({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},),
            ),
        ),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
