"""What disclosed_claims is asked: signed payloads, disclosures, and how the two are put together."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps
from jwt_from_scratch.services.sd_jwt import digest_of

from ...judging.aspects import ABSENT, Aspect, Named, Value, bad, good, named, rare
from ...judging.trial import Args
from ...judging.verdict import ALL, HALF
from .. import kit
from ..c13_proof.proofs import ed_key, es_key

MOST = 16_384
Shape = Callable[["Hidden"], dict[str, Any]]
"""Makes a payload, and hides parts of it."""


@dataclass
class Hidden:
    """What hides values: makes disclosures and gives their digests."""

    salts: list[str]
    shown: list[str] = field(default_factory=list)
    made: int = 0

    def salt(self) -> str:
        """A salt that no other disclosure has."""
        self.made += 1
        return f"{self.salts[self.made % len(self.salts)]}{self.made}"

    def text(
        self, content: Any, show: bool = True, *, spell: Callable[[str], str] = str, raw: bytes | None = None
    ) -> str:
        """A disclosure of this content, shown or not; gives its digest."""
        made = spell(b64u_encode(json_dumps(content) if raw is None else raw))
        if show:
            self.shown.append(made)
        return b64u_encode(hashlib.sha256(made.encode()).digest())

    def member(self, name: Any, value: Any, show: bool = True, **more: Any) -> str:
        """The digest of a hidden member."""
        return self.text([self.salt(), name, value], show, **more)

    def element(self, value: Any, show: bool = True, **more: Any) -> dict[str, Any]:
        """What stands in a list for a hidden element."""
        return {"...": self.text([self.salt(), value], show, **more)}

    def decoy(self) -> str:
        """A digest of nothing."""
        return digest_of(self.salt())


def world(source: random.Random) -> Any:
    """Two issuers' keys, a stranger's, salts, names."""
    number = source.randrange(100, 1000)
    return SimpleNamespace(
        keys={"ES256": es_key(source), "Ed25519": ed_key(source)},
        stranger={"ES256": es_key(source), "Ed25519": ed_key(source)},
        salts=[b64u_encode(source.randbytes(16)) for _ in range(5)],
        iss=f"https://registry-{number}.example",
        year=source.randrange(1940, 2005),
    )


def aspects(w: Any) -> list[Aspect]:
    """The key, the hash's name, the payload with what is hidden in it, the signature, the text."""
    return [
        Aspect("key", good("ES256", "Ed25519", rule="2"), full=0),  # ES256 is the quicker one here
        _sd_alg(),
        _shape(w),
        Aspect(
            "order", good(named("as made", lambda e: list), named("backwards", lambda e: lambda d: d[::-1]), rule="6")
        ),
        _shown(w),
        _jwt(w),
        _text(),
    ]


def _sd_alg() -> Aspect:
    others = ("sha-512", "sha-384", "sha3-256", "md5", "none", "SHA-256", "sha256", "sha-256 ", "sha-25", "sha-2567")
    return Aspect(
        "_sd_alg",
        good(named("absent", ABSENT), "sha-256", rule="3"),
        bad("3", *others, *kit.falsy(), *kit.truthy("sha-256")),
    )


def _usual(w: Any) -> dict[str, Any]:
    return {"iss": w.iss, "sub": "ada", "exp": 2_000_000_000}


def _part(make: Shape) -> Any:
    return lambda e: make


def _each(form: str, values: dict[str, Any], make: Callable[[Hidden, Any], dict[str, Any]]) -> list[Named]:
    """For each value, by its name in this form, the shape that has it in it."""

    def having(value: Any) -> Any:
        return lambda e: lambda hidden: make(hidden, value)

    return [named(form.format(text), having(value)) for text, value in values.items()]


def _shape(w: Any) -> Aspect:
    plain = _usual(w)

    def typical(h: Hidden) -> dict[str, Any]:
        digests = [h.member("born", w.year), h.decoy(), h.member("name", "Ada", show=False), h.member("adult", True)]
        return {**plain, "_sd": digests, "langs": ["en", h.element("et"), h.element("fr", show=False), "de"]}

    return Aspect(
        "shape",
        good(named("nothing hidden", _part(lambda h: dict(plain))), rule="10"),
        good(named("typical", _part(typical)), rule="10"),
        *_good_shapes(plain),
        *_bad_places(plain),
        *_bad_disclosures(plain),
        *_bad_names(plain),
        *_bad_counts(plain),
    )


def _good_shapes(plain: dict[str, Any]) -> list[list[Value]]:
    odd: dict[str, Any] = {"null": None, "false": False, "zero": 0, "an empty text": ""}
    odd |= {"an empty list": [], "an empty object": {}}
    odd |= {"an object": {"a": [1, {"b": None}]}, "a fraction": 1.5, "text outside ASCII": "\u00de\u00f3r \u2603"}
    names = ("", "cnf", "SD", "_sd_", "..", "....", "\u00fe", "_sd_algo", "exp ", "Sub", " _sd", "_sd ", "_SD", "... ")

    def inner(h: Hidden) -> dict[str, Any]:
        address = {"city": "Tartu", "_sd": [h.member("street", "Lai"), h.decoy()]}
        return {**plain, "address": address, "l": [{"_sd": [h.member("x", 1)]}, [h.element(7)]]}

    def recursive(h: Hidden) -> dict[str, Any]:
        address = {"_sd": [h.member("street", "Lai"), h.member("city", "Tartu", show=False)], "land": "EE"}
        return {
            **plain,
            "_sd": [h.member("address", address), h.member("l", [h.element({"_sd": [h.member("y", 2)]}), 5])],
        }

    def deep(h: Hidden) -> dict[str, Any]:
        value: Any = "core"
        for number in range(12):
            value = {"_sd": [h.member(f"n{number}", value)]} if number % 2 else [h.element(value)]
        return {**plain, "deep": value}

    def same_names(h: Hidden) -> dict[str, Any]:
        return {**plain, "a": {"_sd": [h.member("x", 1)]}, "b": {"_sd": [h.member("x", 2)]}, "_sd": [h.member("x", 3)]}

    def nothing_left(h: Hidden) -> dict[str, Any]:
        return {**plain, "a": {"_sd": [h.decoy()]}, "l": [{"...": h.decoy()}], "_sd": []}

    def not_taken(h: Hidden) -> dict[str, Any]:
        return {**plain, "_sd": [h.decoy(), "", "short", "\u00fe"], "l": [{"...": "y"}, {"...": "x"}]}

    def of_the_payload(h: Hidden) -> dict[str, Any]:
        return {**plain, "a": {"_sd": [h.member("sub", "bob"), h.member("a", 1)]}, "l": [{"_sd": [h.member("iss", 2)]}]}

    def nested_alg(h: Hidden) -> dict[str, Any]:
        return {**plain, "a": {"_sd_alg": 7}, "c": {"_sd": [h.member("_sd_alg", "x"), h.member("b", {"_sd_alg": 7})]}}

    def much(h: Hidden) -> dict[str, Any]:
        return {**plain, "exp": 1, "cnf": {"jkt": "x"}, "_sd": [h.member(f"n{n}", n, n % 3 > 0) for n in range(60)]}

    def same_value(h: Hidden) -> dict[str, Any]:
        return {
            **plain,
            "l": [h.element("et"), h.element("et"), "et"],
            "_sd": [h.member("a", "et"), h.member("b", "et")],
        }

    def a_list_first(h: Hidden) -> dict[str, Any]:
        hidden = [h.element("a", show=False), h.element("b", show=False)]
        return {**plain, "l": [*hidden, h.element(["c"]), h.element({}), h.element(None)]}

    def salted(salt: str) -> Shape:
        return lambda h: {**plain, "_sd": [h.text([salt, "born", 1815])]}

    def spaced(h: Hidden) -> dict[str, Any]:
        return {
            **plain,
            "_sd": [h.text(None, raw=b'[ "salt" , "born"\n, 1815 ]')],
            "l": [h.element(7, raw=b'["s",\t7]')],
        }

    common = {
        "in objects and lists inside": inner,
        "inside of what is hidden": recursive,
        "all hidden, none shown": nothing_left,
    }
    uncommon: dict[str, Shape] = {
        "twelve deep": deep,
        "empty values": lambda h: {**plain, "a": [], "b": {}, "c": [[], {}, None, 0], "d": None, "e": "", "_sd": []},
        "one salt for all": lambda h: {**plain, "_sd": [h.text(["s", "a", 1]), h.text(["s", "b", 2])]},
        "one name in three objects": same_names,
        "digests that are nobody's": not_taken,
        "names of the payload, further inside": of_the_payload,
        "an empty digest in a list": lambda h: {**plain, "l": [{"...": ""}, "et"], "m": [[{"...": " "}]]},
        "_sd_alg further inside": nested_alg,
        "thirty, expired": much,
        "one value several times": same_value,
        "a list's elements, half of them": a_list_first,
        "spaces in the disclosures": spaced,
    }
    return [
        good(*(named(text, _part(make)) for text, make in common.items()), rule="10", stake=HALF),
        rare(*(named(text, _part(make)) for text, make in uncommon.items()), rule="10"),
        rare(
            *_each("the value is {}", odd, lambda h, v: {**plain, "_sd": [h.member("a", v)], "l": [h.element(v)]}),
            rule="10",
        ),
        rare(
            *_each("the name is {!r}", {n: n for n in names}, lambda h, n: {**plain, "_sd": [h.member(n, "x")]}),
            rule="7",
        ),
        rare(
            *(named(f"the salt is {salt!r}", _part(salted(salt))) for salt in ("", "_sd", "...", "~.", "\u00fe")),
            rule="4",
        ),
    ]


def _bad_places(plain: dict[str, Any]) -> list[list[Value]]:
    """Rules 5 and 6."""
    no_lists: dict[str, Any] = {
        "null": None,
        "a text": "abc",
        "an object": {},
        "a number": 0,
        "true": True,
        "false": False,
    }
    no_texts: dict[str, Any] = {"null": None, "a number": 0, "a list": [], "an object": {}, "true": True}
    found = [
        bad("5", *_each("_sd is {}", no_lists, lambda h, v: {**plain, "_sd": v})),
        bad(
            "5",
            *_each("_sd holds {}", no_texts, lambda h, v: {**plain, "_sd": [h.decoy(), v]}),
        ),
        bad(
            "5",
            *_each("... is {}", no_texts, lambda h, v: {**plain, "l": [1, {"...": v}]}),
        ),
        bad(
            "5",
            named("_sd further inside is a text", _part(lambda h: {**plain, "a": {"b": [{"_sd": "x"}]}})),
            named("_sd in a hidden value is a text", _part(lambda h: {**plain, "_sd": [h.member("a", {"_sd": "x"})]})),
            named("_sd in a hidden element is null", _part(lambda h: {**plain, "l": [h.element({"_sd": None})]})),
            named("... beside another member", _part(lambda h: {**plain, "l": [{**h.element(7), "x": 1}]})),
            named("... beside _sd", _part(lambda h: {**plain, "l": [{**h.element(7), "_sd": []}]})),
            named("... beside a member, none shown", _part(lambda h: {**plain, "l": [{"...": h.decoy(), "x": 1}]})),
            named("... outside of a list", _part(lambda h: {**plain, "a": {"...": h.decoy()}})),
            named("... outside of a list, beside _sd", _part(lambda h: {**plain, "a": {"...": h.decoy(), "_sd": []}})),
            named("... among the claims", _part(lambda h: {**plain, "...": h.decoy()})),
            named("... in a hidden value", _part(lambda h: {**plain, "_sd": [h.member("a", {"...": h.decoy()})]})),
        ),
        bad(
            "6",
            named("an element's disclosure in _sd", _part(lambda h: {**plain, "_sd": [h.element("et")["..."]]})),
            named("a member's disclosure in a list", _part(lambda h: {**plain, "l": [{"...": h.member("a", 1)}]})),
            named(
                "an element's in _sd further inside", _part(lambda h: {**plain, "a": {"_sd": [h.element(7)["..."]]}})
            ),
            named(
                "a member's in a hidden list",
                _part(lambda h: {**plain, "_sd": [h.member("l", [{"...": h.member("a", 1)}])]}),
            ),
        ),
    ]
    return found


def _bad_disclosures(plain: dict[str, Any]) -> list[list[Value]]:
    """Rule 4."""

    def in_sd(content: Any = None, **more: Any) -> Shape:
        return lambda h: {**plain, "_sd": [h.text(content, **more)]}

    def in_list(content: Any = None, **more: Any) -> Shape:
        return lambda h: {**plain, "l": [{"...": h.text(content, **more)}]}

    contents: dict[str, Any] = {
        "an empty list": [],
        "a salt alone": ["salt"],
        "four parts": ["salt", "a", 1, 2],
        "an object": {"salt": "x", "name": "a", "value": 1},
        "a text": "abc",
        "a text of two letters": "ab",
        "a number": 123,
        "null": None,
    }
    salts: dict[str, Any] = {"a number": 7, "null": None, "a list": [], "true": True}
    raw = {
        "no JSON": b"[salt, a, 1]",
        "nothing": b"",
        "UTF-16": '["salt","a",1]'.encode("utf-16"),
        "a name twice": b'["salt","a",{"x":1,"x":2}]',
        "NaN": b'["salt","a",NaN]',
        "two lists": b'["salt","a",1]["salt","a",1]',
        "a byte order mark": b'\xef\xbb\xbf["salt","a",1]',
    }
    twos = {"NaN": b'["salt",NaN]', "no JSON": b"[salt, 1]", "a name twice": b'["salt",{"x":1,"x":2}]'}
    # 11 bytes: letters that base64 writes otherwise, and spare bits in the last one.
    body = b'["~~?>","a",11]'
    spells = {text: spell for text, spell in kit.lenient().items() if kit.respelled(spell, b64u_encode(body + b" "))}
    return [
        bad("4", *(named(f"{text} in _sd", _part(in_sd(one))) for text, one in contents.items())),
        bad("4", *(named(f"{text} in a list", _part(in_list(one))) for text, one in contents.items())),
        bad("4", *(named(f"{text} for a salt in _sd", _part(in_sd([one, "a", 1]))) for text, one in salts.items())),
        bad("4", *(named(f"{text} for a salt in a list", _part(in_list([one, 1]))) for text, one in salts.items())),
        bad("4", *(named(f"{text} for a name", _part(in_sd(["salt", one, 1]))) for text, one in salts.items())),
        bad("4", *(named(f"{text} in _sd, as bytes", _part(in_sd(raw=one))) for text, one in raw.items())),
        bad("4", *(named(f"{text} in a list, as bytes", _part(in_list(raw=one))) for text, one in twos.items())),
        bad(
            "4",
            *(named(f"spelled {text}", _part(in_sd(raw=body + b" ", spell=spell))) for text, spell in spells.items()),
        ),
        bad(
            "4",
            named(
                "no JSON, in a hidden value",
                _part(lambda h: {**plain, "_sd": [h.member("a", {"_sd": [h.text(None, raw=b"x")]})]}),
            ),
        ),
    ]


def _bad_names(plain: dict[str, Any]) -> list[list[Value]]:
    """Rule 7."""
    shapes: dict[str, Shape] = {
        "called _sd": lambda h: {**plain, "_sd": [h.member("_sd", ["x"])]},
        "called ...": lambda h: {**plain, "_sd": [h.member("...", "x")]},
        "called _sd, further inside": lambda h: {**plain, "a": {"_sd": [h.member("_sd", [])]}},
        "called ..., in a hidden value": lambda h: {**plain, "_sd": [h.member("a", {"_sd": [h.member("...", 1)]})]},
        "there already": lambda h: {**plain, "_sd": [h.member("sub", "mallory")]},
        "there already, as null": lambda h: {**plain, "role": None, "_sd": [h.member("role", "admin")]},
        "there already, with the same value": lambda h: {**plain, "_sd": [h.member("sub", "ada")]},
        "there already, behind _sd": lambda h: {"_sd": [h.member("iss", "x")], **plain},
        "hidden twice": lambda h: {**plain, "_sd": [h.member("role", "guest"), h.member("role", "admin")]},
        "there already, further inside": lambda h: {**plain, "a": {"b": 1, "_sd": [h.member("b", 2)]}},
        "there already, in an element": lambda h: {**plain, "l": [{"b": 1, "_sd": [h.member("b", 2)]}]},
        "there already, in a hidden value": lambda h: {
            **plain,
            "_sd": [h.member("a", {"b": 0, "_sd": [h.member("b", 2)]})],
        },
    }
    most = ("called _sd", "there already")
    return [
        bad("7", *(named(text, _part(shapes[text])) for text in most), stake=HALF),
        bad("7", *(named(text, _part(make)) for text, make in shapes.items() if text not in most)),
    ]


def _bad_counts(plain: dict[str, Any]) -> list[list[Value]]:
    """Rule 9."""

    def twice(make: Callable[[Hidden, str], dict[str, Any]], show: bool = True) -> Any:
        return _part(lambda h: make(h, h.member("a", 1, show=show)))

    def decoy(make: Callable[[str], dict[str, Any]]) -> Any:
        return _part(lambda h: make(h.decoy()))

    def elements(h: Hidden) -> dict[str, Any]:
        one = h.element("et")
        return {**plain, "l": [one, dict(one)]}

    def in_hidden(h: Hidden) -> dict[str, Any]:
        digest = h.member("a", 1)
        return {**plain, "_sd": [digest, h.member("b", {"_sd": [digest]})]}

    return [
        bad(
            "9",
            named("one in two objects", twice(lambda h, d: {**plain, "x": {"_sd": [d]}, "b": {"_sd": [d]}})),
            stake=HALF,
        ),
        bad(
            "9",
            named("one twice in a list", _part(elements)),
            named("one here and in a hidden value", _part(in_hidden)),
            named(
                "one in two objects, not shown",
                twice(lambda h, d: {**plain, "_sd": [d], "b": {"_sd": [d]}}, show=False),
            ),
            named("an empty digest twice in _sd", _part(lambda h: {**plain, "_sd": ["", ""]})),
            named("a decoy twice in _sd", decoy(lambda d: {**plain, "_sd": [d, d]})),
            named("a decoy twice in a list", decoy(lambda d: {**plain, "l": [{"...": d}, {"...": d}]})),
            named("a decoy in _sd and in a list", decoy(lambda d: {**plain, "_sd": [d], "l": [{"...": d}]})),
            named("a decoy in two lists", decoy(lambda d: {**plain, "l": [{"...": d}], "m": [[{"...": d}]]})),
        ),
    ]


def _shown(w: Any) -> Aspect:
    """What is put among the disclosures besides those that the shape shows."""

    def stray(content: Any) -> Any:
        return lambda e: lambda shown: [*shown, b64u_encode(json_dumps(content))]

    one = lambda h: {**_usual(w), "_sd": [h.member("adult", True)], "l": [h.element("et")]}  # noqa: E731
    along = {"shape": lambda e: one}
    in_a_claim = lambda h: {**_usual(w), "note": h.member("role", "admin")}  # noqa: E731
    of_hidden = lambda h: {**_usual(w), "_sd": [h.member("a", {"_sd": [h.member("b", 1)]}, show=False)]}  # noqa: E731
    return Aspect(
        "shown",
        good(named("as they are", lambda e: list)),
        bad("8", named("one that nobody signed", stray(["salt", "role", "admin"])), stake=ALL),
        bad("8", named("one of an element that nobody signed", stray(["salt", "admin"])), stake=HALF),
        bad("8", named("one before all others", lambda e: lambda s: [b64u_encode(b'["s","role","admin"]'), *s])),
        bad("8", named("the first one twice", lambda e: lambda s: [*s, s[0]]), along=along, stake=HALF),
        bad("8", named("the first one twice, side by side", lambda e: lambda s: [s[0], *s]), along=along),
        bad("8", named("one written with other spaces", lambda e: lambda s: [_respaced(s[0]), *s[1:]]), along=along),
        bad(
            "8",
            named("one with another value", lambda e: lambda s: [_exchanged(one) for one in s]),
            along=along,
            stake=ALL,
        ),
        bad("8", named("one of what is not shown itself", lambda e: list), along={"shape": lambda e: of_hidden}),
        bad("8", named("one whose digest is a claim", lambda e: list), along={"shape": lambda e: in_a_claim}),
        bad(
            ("4", "8"),
            named("an empty one", lambda e: lambda s: [*s, ""]),
            named("no base64url", lambda e: lambda s: ["!", *s]),
        ),
    )


def _respaced(text: str) -> str:
    return b64u_encode(b64u_decode(text).replace(b",", b", ", 1))


def _exchanged(text: str) -> str:
    return b64u_encode(b64u_decode(text).replace(b"true", b"false"))


def _jwt(w: Any) -> Aspect:
    def signed(key: Callable[[Any], Key], **changes: Any) -> Any:
        def make(e: Any) -> Any:
            def made(payload: bytes) -> str:
                one = key(e)
                header = {"alg": one.alg, "typ": "example+sd-jwt", **changes}
                return kit.compact(json_dumps(header), payload, one.sign)

            return made

        return make

    def of(keys: dict[str, Key]) -> Callable[[Any], Key]:
        return lambda e: keys[e.key]

    def unsigned(alg: str) -> Any:
        return lambda e: lambda payload: kit.compact(json_dumps({"alg": alg}), payload, lambda message: b"")

    mine, theirs = of(w.keys), of(w.stranger)

    def changed(change: Callable[[str], str]) -> Any:
        return lambda e: lambda payload: change(signed(mine)(e)(payload))

    return Aspect(
        "jwt",
        good(
            named("signed", signed(mine)), named("signed, with another typ", signed(mine, typ="JWT", kid="x")), rule="2"
        ),
        bad("2", named("signed by a stranger", signed(theirs)), stake=ALL),
        bad("2", *(named(f"alg {alg}, unsigned", unsigned(alg)) for alg in ("none", "ES256")), stake=ALL),
        bad("2", named("its key in the header", lambda e: signed(theirs, jwk=theirs(e).to_jwk())(e)), stake=ALL),
        bad(
            "2",
            named("signed by a stranger, whose key is in cnf", signed(theirs)),
            along={"shape": lambda e: lambda h: {**_usual(w), "cnf": {"jwk": (k := theirs(e).to_jwk())}, "jwk": k}},
            stake=ALL,
        ),
        bad("2", named("without its signature", changed(lambda t: t.rpartition(".")[0] + ".")), stake=HALF),
        bad("2", named("a fourth segment", changed(lambda t: t + ".")), named("crit", signed(mine, crit=["x"], x=1))),
        bad(
            "2",
            *(
                named(f"the payload is {p.decode()}", lambda e, p=p: lambda payload: signed(mine)(e)(p))
                for p in (b"[]", b"null", b'"x"', b'{"a":1,"a":2}')
            ),
            along={"shape": lambda e: lambda h: {}},
        ),
    )


def _text() -> Aspect:
    def joined(form: Callable[[list[str]], str]) -> Any:
        return lambda e: form

    def grown(size: int) -> Any:
        """Exactly so many characters; `build` fills them in."""
        return lambda e: size

    return Aspect(
        "text",
        good(named("ends with ~", joined(lambda parts: "~".join([*parts, ""])))),
        bad(
            "1",
            named("no ~ at the end", joined("~".join)),
            named("a key binding token behind", joined(lambda parts: "~".join([*parts, "e30.e30.AA"]))),
            named("a space behind", joined(lambda parts: "~".join([*parts, " "]))),
            named("a dot behind", joined(lambda parts: "~".join([*parts, "."]))),
            named("nothing", joined(lambda parts: "")),
            named("commas", joined(",".join)),
        ),
        rare(named("16,384 characters", grown(MOST)), rule="1"),
        bad("1", named("16,385 characters", grown(MOST + 1)), named("20,000 characters", grown(20_000))),
        full=0,
    )


def build(e: Any) -> Args:
    """The SD-JWT, and the issuer's public JWK."""
    text = _of_size(e, e.text) if isinstance(e.text, int) else _made(e, e.text, {})
    return text, {**e.world.keys[e.key].to_jwk(), "use": "sig", "kid": "x"}


def _made(e: Any, join: Callable[[list[str]], str], more: dict[str, str]) -> str:
    """With more, a claim and a hidden one of these lengths are added."""
    hidden = Hidden(e.world.salts)
    payload = e.shape(hidden)
    if more:
        payload = {**payload, "filling": more["shown"], "rest": {"_sd": [hidden.member("m", more["hidden"])]}}
    if e._sd_alg is not ABSENT:
        payload = {**payload, "_sd_alg": e._sd_alg}
    return join([e.jwt(json_dumps(payload)), *e.shown(e.order(hidden.shown))])


def _of_size(e: Any, size: int) -> str:
    """Exactly so long: base64 skips every fourth length, so two parts grow."""

    def whole(shown: int, rest: int) -> str:
        return _made(e, lambda parts: "~".join([*parts, ""]), {"shown": "x" * shown, "hidden": "x" * rest})

    least = (size - len(whole(0, 0))) * 3 // 4 - 8
    tried = (whole(shown, rest) for rest in range(4) for shown in range(least, least + 16))
    return next((text for text in tried if len(text) == size), whole(least, 0))
