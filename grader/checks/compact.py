"""The aspects of a compact token under HS256, for whoever verifies one (lessons 02 and 04; RFC 7515 §7.1).

The rules have the same names in both exercises: "2" is about the form, "3" about the header, "4" about the signature,
"5" about the claims. The surroundings have `key`, the bytes of the secret.
"""

import base64
import hmac
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ..inside.values import exactly
from ..judging.aspects import ABSENT, Aspect, Value, bad, good, named, rare
from ..judging.trial import Trial
from ..judging.verdict import ALL, PART
from ..judging.wants import InTurn, Raises, Returns
from . import kit

RULES = {
    "2 segments": "A signed token has exactly three segments, so two dots (RFC 7515 §7.1).",
    "2 spelling": "Every segment is strict base64url, so that a token has one spelling. Decode with b64u_decode.",
    "3 header": "The header is a JSON object. Read it with json_loads_strict.",
    "3 alg": "Only HS256 was agreed on. A header that says anything else is refused, even if the HMAC fits.",
    "3 members": "Other header members are allowed, and typ may be absent. Only alg is looked at here.",
    "4": "The signature does not fit the key and the bytes as they came, so nothing in the token may be used.",
    "5": "Claims are a JSON object (RFC 7519 §4). Read them with json_loads_strict, and return them as they are.",
}
HEAD = {"alg": "HS256", "typ": "JWT"}
_HS256_ELSEWHERE = {
    "Alg": "HS256",
    "ALG": "HS256",
    "alg ": "HS256",
    "enc": "HS256",
    "kid": "HS256",
    "algorithm": "HS256",
}
OTHER_HASHES = ("md5", "sha1", "sha384", "sha512", "sha3_256")


def world(source: random.Random) -> Any:
    """Two keys, and a name that makes tokens differ."""
    far = source.randbytes(200)
    return SimpleNamespace(key=source.randbytes(32), other=source.randbytes(32), far=far, name=far[:4].hex())


def token_aspects(w: Any, members: list[Value], segments: list[Value]) -> list[Aspect]:
    """The header, the claims, how each segment is spelled, the signature, the segments.

    Args:
        w: the world.
        members: further values for the header's members.
        segments: further forms of the whole.
    """
    return [*_header(w, members), _claims(w), *_spellings(w), _seal(w), _segments(segments)]


def _header(w: Any, more_members: list[Value]) -> list[Aspect]:
    extras, own_key = kit.harmless_extras(), {"kty": "oct", "alg": "HS256", "k": b64u_encode(w.other)}
    forms = kit.odd_json(HEAD, "alg") | kit.no_objects(HEAD)
    unsigned = {"seal": lambda e: lambda message: b""}
    other_algs = ("none", "HS384", "HS512", "RS256", "ES256", "HS", "256", "HMAC", "SHA256", "dir", "HS256 none")
    stray = ("XXHS256XX", "HS256,HS384", "HS-256", "HS_256", "HMAC-SHA256", "HmacSHA256")
    uri = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"  # what XML calls it (RFC 7518, Appendix A)
    signed_so = [
        bad(
            ("3 alg", "4"),
            named(f"{alg!r}, and signed so", alg),
            along={"seal": lambda e, seal=seal: seal},
            stake=ALL if not alg or alg.lower() == "none" else PART,
        )
        for alg, seal in kit.rightly_signed(w.key, "HS256").items()
    ]
    brought = {
        "jwk": {"jwk": own_key},
        "jwk, with kid": {"jwk": own_key, "kid": "x"},
        "k": {"k": own_key["k"]},
        "x5c": {"x5c": [own_key["k"]]},
    }
    strangers = {"seal": lambda e: lambda message: kit.mac(w.other, message)}
    return [
        Aspect(
            "alg",
            good("HS256", rule="3 alg"),
            bad("3 alg", ABSENT, *kit.falsy(), *kit.truthy("HS256"), *kit.almost("HS256"), *other_algs, *stray, uri),
            *signed_so,
            bad("3 alg", named("none, where another member says HS256", "none"), along={"typ": "HS256"}),
            bad("3 alg", named("absent, where another member says HS256", ABSENT), along={"members": _HS256_ELSEWHERE}),
            bad(("3 alg", "4"), named("absent and unsigned", ABSENT), along=unsigned, stake=ALL),
            bad(("3 alg", "4"), named("null and unsigned", None), along=unsigned, stake=ALL),
        ),
        Aspect(
            "typ",
            good("JWT", rule="3 members"),
            rare(ABSENT, "at+jwt", "jwt", *kit.falsy(), 7, ["JWT"], rule="3 members"),
        ),
        Aspect(
            "members",
            good({}, named("many", lambda e: dict(extras)), rule="3 members"),
            rare(*({name: one} for name, one in extras.items()), {"kid": None}, {"kid": ["x"]}, rule="3 members"),
            *(
                bad("4", named(f"the signer's own key as {name}", lambda e, m=more: m), along=strangers, stake=ALL)
                for name, more in brought.items()
            ),
            more_members,
        ),
        Aspect(
            "header",
            good(
                named("compact", lambda e: json_dumps),
                named("other spaces and order", lambda e: kit.spaced),
                rule="3 header",
            ),
            rare(named("escaped letters", lambda e: kit.escaped), rule="3 header"),
            *(bad("3 header", named(text, lambda e, body=body: lambda head: body)) for text, body in forms.items()),
        ),
    ]


def _claims(w: Any) -> Aspect:
    usual = {"sub": "ada", "exp": 2_000_000_000, "jti": w.name}
    kinds: dict[str, dict[str, Any]] = {
        "usual": {**usual, "q": "\u00fe???>>>~~~"},
        "none": {},
        "outside ASCII": {"name": "\u00de\u00f3r\u00f0ur \u2603", "n": {"a": [1, {"b": None}]}},
        "numbers": {"big": 10**30, "f": 1.5, "t": True, "long": "x" * 6_000},
        "falsy ones": {"exp": 0, "sub": None},
        "a header's names": {"alg": "none", "crit": ["x", "b64", "x"], "typ": 7, "exp": "12"},
        "times far off": {"nbf": 10**12, "iat": 10**12, "exp": 10**12, "iss": 7},
        "odd names": {"": "", "a.b": "=", "Sub": 1, " A": [], "sub": ["x"], "exp": "soon"},
    }
    forms = kit.odd_json(usual, "sub") | kit.no_objects(usual)
    return Aspect(
        "claims",
        good(*(named(text, json_dumps(claims)) for text, claims in kinds.items()), rule="5"),
        good(named("other spaces and order", kit.spaced(usual)), rule="5"),
        rare(named("escaped letters", kit.escaped(usual)), rule="5"),
        bad("5", *(named(text, body) for text, body in forms.items())),
        full=2,
    )


def _spellings(w: Any) -> list[Aspect]:
    """How each segment is spelled. `build` sees to it that each lenient spelling is another one for the same bytes."""
    along: dict[str, dict[str, Any]] = {
        "header": {"members": lambda e: {"kid": "???"}, "header": lambda e: json_dumps},
        "claims": {"claims": json_dumps({"sub": "ada", "q": "???"})},
        "signature": {},
    }
    return [
        Aspect(
            f"spelling of {name}",
            good(named("strict", lambda e: kit.strict)),
            bad(
                "2 spelling",
                *(named(text, lambda e, spell=spell: spell) for text, spell in kit.lenient().items()),
                along=others,
            ),
            bad(
                "2 spelling",
                *(
                    named(f"{text}, the strict one signed", lambda e, s=spell: s)
                    for text, spell in kit.lenient().items()
                ),
                along={**others, "seal": lambda e: lambda message: kit.mac(e.key, _strictly(message))},
            )
            if name != "signature"
            else [],
        )
        for name, others in along.items()
    ]


def _seal(w: Any) -> Aspect:
    plain: dict[str, Callable[[bytes], bytes]] = {
        "the empty key's": lambda message: kit.mac(b"", message),
        "a hash without a key": lambda message: sha256(message).digest(),
        "of the decoded JSON": lambda message: kit.mac(
            w.key, b".".join(b64u_decode(part.decode()) for part in message.split(b"."))
        ),
        "of the header and its dot": lambda message: kit.mac(w.key, message.split(b".")[0] + b"."),
    }
    of_key = {
        "the hash of key and message": lambda e: lambda message: sha256(e.key + message).digest(),
        "the hash of message and key": lambda e: lambda message: sha256(message + e.key).digest(),
        "of both segments without the dot": lambda e: lambda message: kit.mac(e.key, message.replace(b".", b"")),
        "of both segments and a dot": lambda e: lambda message: kit.mac(e.key, message + b"."),
        "of the claims' JSON": lambda e: lambda message: kit.mac(e.key, b64u_decode(message.decode().split(".")[1])),
        "the digits of the key as key": lambda e: lambda message: kit.mac(e.key.hex().encode(), message),
        "key and message exchanged": lambda e: lambda message: kit.mac(message, e.key),
        "the text of the key as key": lambda e: lambda message: kit.mac(b64u_encode(e.key).encode(), message),
        "hexadecimal digits for a segment": lambda e: lambda message: b64u_decode(kit.mac(e.key, message).hex()),
        "the right letters in the other case": lambda e: lambda message: other_case(kit.mac(e.key, message)),
        **{f"with {one}": lambda e, h=one: lambda message: hmac.digest(e.key, message, h) for one in OTHER_HASHES},  # type: ignore[misc]
        "every highest bit changed": lambda e: lambda message: bytes(byte ^ 0x80 for byte in kit.mac(e.key, message)),
        "a line break more": lambda e: lambda message: kit.mac(e.key, message) + b"\n",
        "with the beginning of sha512": lambda e: lambda message: hmac.digest(e.key, message, "sha512")[:32],
    }
    strangers = lambda e: lambda message: kit.mac(w.other, message)  # noqa: E731 - a value, as the others are
    wrong = kit.wrong_seals(lambda message: kit.mac(w.key, message), lambda message: kit.mac(w.other, message))
    return Aspect(
        "seal",
        good(named("fits", lambda e: lambda message: kit.mac(e.key, message))),
        *(
            bad("4", named(text, lambda e, seal=seal: seal), stake=stake, along={"key": w.key})
            for text, (seal, stake) in wrong.items()
        ),
        bad("4", *(named(text, lambda e, seal=seal: seal) for text, seal in plain.items()), stake=ALL),
        bad("4", named("another key's, under no claims", strangers), along={"claims": b"{}"}, stake=ALL),
        bad("4", named("another key's, under typ none", strangers), along={"typ": "none"}, stake=ALL),
        bad("4", *(named(text, seal) for text, seal in of_key.items())),
        bad("4", named("its bytes in order", lambda e: lambda m: bytes(sorted(kit.mac(e.key, m)))), stake=ALL),
        bad(
            "4",
            named("of the JSON written anew", lambda e: lambda message: kit.mac(e.key, _rewritten(message))),
            named("of the header written anew", lambda e: lambda message: kit.mac(e.key, _rewritten(message, (0,)))),
            named("of the claims written anew", lambda e: lambda message: kit.mac(e.key, _rewritten(message, (1,)))),
            along={"header": lambda e: kit.spaced, "claims": kit.spaced({"sub": w.name, "exp": 1})},
        ),
        bad(
            "4",
            named("the key cut to 32 bytes", lambda e: lambda message: kit.mac(e.key[:32], message)),
            along={"key": w.far},
        ),
    )


def _strictly(message: bytes) -> bytes:
    """What is signed, each segment in its one right spelling."""
    return ".".join(b64u_encode(kit.forgiven(one)) for one in message.decode().split(".")).encode()


def _rewritten(message: bytes, which: tuple[int, ...] = (0, 1)) -> bytes:
    """What is signed, the JSON of these segments written anew."""
    parts = message.decode().split(".")
    for one in which:
        parts[one] = b64u_encode(json_dumps(json.loads(b64u_decode(parts[one]))))
    return ".".join(parts).encode()


def other_case(seal: bytes) -> bytes:
    """The signature whose text has this one's letters in the other case; not the last one, which has spare bits."""
    text = b64u_encode(seal)
    return b64u_decode(text[:-1].swapcase() + text[-1])


def asked_again(w: Any, ours: Any, others: dict[str, Any]) -> Iterator[Trial]:
    """The same token twice, then with each other key: neither that it came before nor what came of it is remembered."""
    claims = {"sub": w.name}
    token = kit.compact(json_dumps({"alg": "HS256"}), json_dumps(claims), lambda message: kit.mac(w.key, message))
    for text, other in others.items():
        yield Trial(
            (token, ours),
            InTurn((Returns(claims), Returns(claims), Raises())),
            frozenset(["4"]),
            bad=True,
            stake=ALL,
            text=f"a token twice, then {text}",
            more=((token, ours), (token, other)),
        )


def _segments(more: list[Value]) -> Aspect:
    forms: dict[str, Callable[[str, str, str], str]] = {
        "a fourth behind": lambda h, p, s: f"{h}.{p}.{s}.bW9yZQ",
        "a fourth, empty": lambda h, p, s: f"{h}.{p}.{s}.",
        "an empty one before": lambda h, p, s: f".{h}.{p}.{s}",
        "one more before the signature": lambda h, p, s: f"{h}.{p}.bW9yZQ.{s}",
        "two dots in the middle": lambda h, p, s: f"{h}..{p}.{s}",
        "five": lambda h, p, s: f"{h}.{p}.{s}..",
        "two": lambda h, p, s: f"{h}.{p}",
        "one": lambda h, p, s: h,
        "none": lambda h, p, s: "",
        "%2E for dots": lambda h, p, s: f"{h}%2E{p}%2E{s}",
        "joined by commas": lambda h, p, s: f"{h},{p},{s}",
        "Bearer before": lambda h, p, s: f"Bearer.{h}.{p}.{s}",
    }
    around: dict[str, Callable[[str, str, str], str]] = {
        "Bearer and a space before": lambda h, p, s: f"Bearer {h}.{p}.{s}",
        "bearer and a space before": lambda h, p, s: f"bearer {h}.{p}.{s}",
        "a percent escape in it": lambda h, p, s: f"{h}.{p}.{s[:-1]}%{ord(s[-1:] or 'x'):02x}",
        "a comma behind": lambda h, p, s: f"{h}.{p}.{s},",
        "a semicolon behind": lambda h, p, s: f"{h}.{p}.{s};",
        "quotes around": lambda h, p, s: f'"{h}.{p}.{s}"',
        "a space before": lambda h, p, s: f" {h}.{p}.{s}",
        "a zero character behind": lambda h, p, s: f"{h}.{p}.{s}\0",
    }
    return Aspect(
        "segments",
        good(named("three", lambda e: lambda h, p, s: f"{h}.{p}.{s}")),
        bad("2 segments", *(named(text, lambda e, form=form: form) for text, form in forms.items())),
        bad(
            "2 segments",
            named("one more before the signature, and signed", lambda e: forms["one more before the signature"]),
            along={"seal": lambda e: lambda message: kit.mac(e.key, message + b".bW9yZQ")},
        ),
        bad(
            "2 segments",
            named("two dots in the middle, and signed", lambda e: forms["two dots in the middle"]),
            along={"seal": lambda e: lambda message: kit.mac(e.key, message.replace(b".", b".."))},
        ),
        bad("2 spelling", *(named(text, lambda e, form=form: form) for text, form in around.items())),
        more,
    )


_WRITERS = (json_dumps, kit.spaced, kit.escaped)
_texts: dict[Any, bytes] = {}
"""What each of these made of a header. Most trials of most seeds have one of a few hundred."""


def _written(write: Callable[[Any], bytes], head: dict[str, Any]) -> bytes:
    """A header's text."""
    known = exactly(head) if write in _WRITERS else b""
    if not known:
        return write(head)
    if (write, known) not in _texts:
        if len(_texts) > 1_000:
            _texts.clear()
        _texts[write, known] = write(head)
    return _texts[write, known]


def token_of(e: Any) -> str:
    """The token of a choice."""
    head = dict(e.members) if e.typ is ABSENT else {"typ": e.typ, **e.members}
    header = _written(e.header, head if e.alg is ABSENT else {"alg": e.alg, **head})
    spells = [vars(e)[f"spelling of {name}"] for name in ("header", "claims", "signature")]
    for spaces in range(40):  # white space in the JSON, until each spelling that should be another one is one
        first, second = b64u_encode(header + b" " * (spaces % 3)), b64u_encode(e.claims + b" " * spaces)
        third = b64u_encode(e.seal(f"{spells[0](first)}.{spells[1](second)}".encode()))
        if all(map(kit.respelled, spells, (first, second, third))):
            break
    whole = e.segments(spells[0](first), spells[1](second), spells[2](third))
    assert isinstance(whole, str)
    return whole


def broken_by(token: str, secret: bytes | None, alg: Any) -> tuple[Any, set[str]]:
    """The claims, and all rules that a token breaks, but for those about the key.

    Args:
        token: the token.
        secret: the HMAC's key; None if there is none, and then no signature is wrong.
        alg: what the header's alg must be.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None, {"2 segments"}
    try:
        header, payload, signature = (b64u_decode(part) for part in parts)
    except ValueError:
        return None, {"2 spelling"}
    head, claims = object_in(header), object_in(payload)
    broken = {"3 header"} if head is None else {"3 alg"} if head.get("alg") != alg else set()
    broken |= {"3 extensions"} if head is not None and head.keys() & {"crit", "b64"} else set()
    broken |= {"5"} if claims is None else set()
    if secret is not None and kit.mac(secret, token.rpartition(".")[0].encode()) != signature:
        broken.add("4")
    return claims, broken


def object_in(text: bytes) -> dict[str, Any] | None:
    """The object in some strict JSON; None where there is none."""
    try:
        value = json_loads_strict(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


@dataclass(frozen=True)
class Verify:
    """A right verify_hs256, of parts that can be got wrong one by one."""

    minimum: int = 32
    decode: Callable[[str], bytes] = b64u_decode
    loads: Callable[[bytes], Any] = json_loads_strict
    header_is: Callable[[Any], bool] = lambda head: isinstance(head, dict) and head.get("alg") == "HS256"
    unsigned: Callable[[Any], bool] = lambda head: False
    first: Callable[[str, Any], str] = lambda header, head: header
    compare: Callable[[bytes, bytes], bool] = hmac.compare_digest
    compare_texts: bool = False
    refuse: Callable[[], Any] | None = None
    objects: Callable[[Any], bool] = lambda claims: isinstance(claims, dict)

    def __call__(self, token: str, key: bytes) -> Any:
        """Verify a token."""
        if len(key) < self.minimum:
            raise ValueError("weak key")
        header, payload, signature = token.split(".")
        head = self.loads(self.decode(header))
        if self.unsigned(head):
            return self.loads(self.decode(payload))
        if not self.header_is(head):
            raise ValueError("header")
        mine = kit.mac(key, f"{self.first(header, head)}.{payload}".encode())
        if self.compare_texts and not hmac.compare_digest(b64u_encode(mine), signature):
            raise ValueError("signature")
        if not self.compare(mine, self.decode(signature)):
            if self.refuse is not None:
                return self.refuse()
            raise ValueError("signature")
        claims = self.loads(self.decode(payload))
        if not self.objects(claims):
            raise ValueError("claims")
        return claims


VERIFY = Verify()


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


MISTAKES: dict[str | tuple[str, ...], dict[str, Verify]] = {
    "2 spelling": {
        "The segments are decoded by the forgiving decoder, so the same token has many spellings. Use the strict "
        "b64u_decode.": replace(VERIFY, decode=lambda text: base64.urlsafe_b64decode(text + "==")),
        "`hmac.compare_digest` on texts is a TypeError where one of them is not ASCII. Decode the third segment, and "
        "compare bytes.": replace(VERIFY, compare_texts=True),
    },
    "3 header": {
        "A header with the same name twice is taken, as `json.loads` does. Read it with json_loads_strict.": replace(
            VERIFY, loads=json.loads
        ),
        "The HMAC is not that of the header as it came, but of the header written anew. Verify the segments as they "
        "came.": replace(VERIFY, first=lambda header, head: b64u_encode(json_dumps(head))),
        "It takes any JSON for a header, and ends in an AttributeError where that is no object. See that it is a dict "
        "first, and refuse with ValueError.": replace(VERIFY, header_is=lambda head: head.get("alg") == "HS256"),
    },
    ("3 header", "3 alg"): {
        "No header is refused that is JSON, whatever it says. See that it is an object and says HS256.": replace(
            VERIFY, header_is=lambda head: True
        ),
        "It takes any JSON for a header: `{}` has no alg and a list takes no names. Refuse both with "
        "ValueError.": replace(VERIFY, header_is=lambda head: head["alg"] == "HS256"),
    },
    "3 alg": {
        "No alg is refused, whatever it is. Only HS256 was agreed on, whatever the HMAC says.": replace(
            VERIFY, header_is=_is_object
        ),
        "It forbids some algorithms. Name the one that you accept, and refuse all others.": replace(
            VERIFY, header_is=lambda head: _is_object(head) and head.get("alg") not in (None, "none")
        ),
        "A longer alg with HS256 in it passes, as `in` finds it there. Compare alg with `==`.": replace(
            VERIFY, header_is=lambda head: _is_object(head) and "HS256" in (head.get("alg") or "")
        ),
        "alg is compared without regard to case; its value is exact (RFC 7515 §4.1.1).": replace(
            VERIFY, header_is=lambda head: _is_object(head) and str(head.get("alg")).upper() == "HS256"
        ),
    },
    "3 members": {
        "It accepts one header only. Look at alg alone: other members, such as kid, are allowed; typ may be "
        "absent.": replace(VERIFY, header_is=lambda head: head == HEAD),
    },
    ("3 alg", "4"): {
        "A token whose header says 'none' is let through unsigned. The header is written by whoever sends the "
        "token.": replace(VERIFY, unsigned=lambda head: _is_object(head) and head.get("alg") == "none"),
    },
    "4": {
        "No signature is refused, whatever it is. Decoding a token is not verifying it: raise ValueError unless it "
        "fits.": replace(VERIFY, compare=lambda mine, theirs: True),
        "A signature that is only the beginning of the right one passes, even the empty one. Compare all 32 "
        "bytes.": replace(VERIFY, compare=lambda mine, theirs: mine.startswith(theirs)),
        "Only as many bytes are compared as both signatures have, so a shorter one passes, even the empty one, and a "
        "longer one, too. (`zip` stops at the shorter.) Compare them whole.": replace(
            VERIFY, compare=lambda mine, theirs: all(a == b for a, b in zip(mine, theirs, strict=False))
        ),
        "A wrong signature gives None. The caller who forgets to look lets everyone in; raise ValueError.": replace(
            VERIFY, refuse=lambda: None
        ),
        "A wrong signature gives False. The caller who forgets to look lets everyone in; raise ValueError.": replace(
            VERIFY, refuse=lambda: False
        ),
    },
    "5": {
        "It accepts any JSON for a payload; claims are an object. A list or a number must be refused (RFC 7519 "
        "§4).": replace(VERIFY, objects=lambda claims: True),
        "Claims with the same name twice are taken, as `json.loads` does. Read them with json_loads_strict.": replace(
            VERIFY, loads=json.loads
        ),
    },
}
