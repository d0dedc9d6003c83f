"""verify: a token and a JWK in, the claims out, or ValueError."""

import hmac
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps

from ...judging.aspects import ABSENT, Aspect, Value, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial, crowd
from ...judging.verdict import ALL, HALF
from ...judging.wants import Raises
from .. import compact, kit
from ..compact import Verify
from . import forging

RULES = {
    "1 kty": "An HMAC key is of type oct (RFC 7518 §6.4).",
    "1 alg": "The key must say alg HS256 itself. A key is for one algorithm; the token can't supply what is missing.",
    "1 k": "k must be there, and be text in strict base64url.",
    "1 size": "A key under 32 bytes can be guessed, and an empty one is known (RFC 7518 §3.2).",
    "1 others": "Other members of the key are ignored: kid, use, and what nobody knows.",
    **compact.RULES,
    "3 alg": "The header's alg must equal the key's, exactly. It is the key that decides.",
    "3 extensions": "Who does not know crit or b64 must refuse a header that has it, whatever its value "
    "(RFC 7515 §4.1.11, RFC 7797).",
    "3 members": "Other header members are ignored, kid and typ among them: whoever calls verify has chosen the key.",
}


NEAR = ("byte 0 changed", "byte 15 changed", "byte 31 changed", "a byte before", "twice", "in hexadecimal", "backwards")
"""Wrong signatures that are tried as one trial, for there are more than can be kept."""


def aspects(w: Any) -> list[Aspect]:
    """The key, and all of the token."""
    return [*_key(w), *compact.token_aspects(w, _members(w), _segments()), _extensions()]


def _key(w: Any) -> list[Aspect]:
    sizes = {f"{n} bytes": w.far[:n] for n in (31, 16, 1)}
    with_header = {"alg": lambda e: getattr(e, "key alg")}
    others: tuple[dict[str, Any], ...] = (
        {"kid": "another"},
        {"kid": 7},
        {"use": "enc"},
        {"key_ops": []},
        {"x": None},
        {"n": "AQAB", "e": "AQAB"},
        {"exp": 1},
    )
    spelled = {
        "absent": ABSENT,
        "null": None,
        "a number": 7,
        "a list": lambda e: [b64u_encode(e.key)],
        "bytes": lambda e: e.key,
        "its text as bytes": lambda e: b64u_encode(e.key).encode(),
        "padded": lambda e: b64u_encode(e.key) + "=",
        "with a line break": lambda e: b64u_encode(e.key) + "\n",
        "with an e with an accent": lambda e: b64u_encode(e.key)[:-1] + "\u00e9",
        "with a foreign letter": lambda e: b64u_encode(e.key) + "!",
        "in the other alphabet": lambda e: kit.lenient()["+ and / for - and _"](b64u_encode(e.key)),
        "with spare bits": lambda e: kit.lenient()["spare bits in the last letter"](b64u_encode(e.key)),
    }
    taken_as_text = {
        "a passphrase, and signed with it": "correct horse battery staple, 2026",
        "hexadecimal with colons, and signed with it": ":".join(["fb"] * 16),
        "44 digits as a number, and signed with what they spell": lambda e: 10**44 - 1,
    }
    other_algs = ("HS384", "HS512", "RS256", "none", "ES256")
    return [
        Aspect(
            "key",
            good(named("32 bytes", w.key), named("64 bytes", w.key + w.far[:32]), rule="1 size"),
            rare(named("48 bytes whose text is hexadecimal", b64u_decode("0123456789abcdef" * 4)), rule="1 size"),
            rare(named("80 bytes", w.far[:79] + b"\n"), named("32 zero bytes", bytes(32)), rule="1 size"),
            bad("1 size", named("empty", b""), stake=ALL),
            bad("1 size", named("a word", b"secret"), *(named(text, one) for text, one in sizes.items())),
        ),
        Aspect(
            "kty",
            good("oct"),
            bad("1 kty", ABSENT, *kit.falsy(), *kit.truthy("oct"), *kit.almost("oct"), "oct\u00e9", "RSA", "EC", "OKP"),
        ),
        Aspect(
            "key alg",
            good("HS256"),
            bad(("1 alg", "3 alg"), *(named(f"{one}, and the header HS256", one) for one in other_algs), stake=ALL),
            bad(
                ("1 alg", "3 alg"), ABSENT, *kit.falsy(), *kit.truthy("HS256")[3:], *kit.almost("HS256"), "HS256\u00e9"
            ),
            bad(
                "1 alg",
                *(named(f"{one}, and the header, too", one) for one in (*other_algs[:4], "hs256")),
                along=with_header,
            ),
            *(
                bad(
                    ("1 alg", "4"),
                    named(f"{one}, and the header, too, and signed so", one),
                    along={**with_header, "seal": lambda e, h=name: lambda message: hmac.digest(e.key, message, h)},
                )
                for one, name in (("HS384", "sha384"), ("HS512", "sha512"))
            ),
            bad("1 alg", named("absent in both", ABSENT), named("null in both", None), along=with_header),
        ),
        Aspect(
            "k",
            good(named("fits", lambda e: b64u_encode(e.key))),
            bad("1 k", *named_ones(spelled), along={"key": b"\xfb\xef\xff" * 10 + b"\xfb\xef"}),
            bad("1 k", *named_ones(taken_as_text), stake=ALL, along={"seal": _by_text_of_k}),
        ),
        Aspect("others", good({}, rule="1 others"), rare({"kid": "k-1"}, *others, rule="1 others")),
    ]


def _by_text_of_k(e: Any) -> Callable[[bytes], bytes]:
    """A seal that fits for whoever makes a key of a k that is none: of its text, or of what its digits spell."""
    secret = e.k.encode() if isinstance(e.k, str) else b64u_decode(str(e.k))
    return lambda message: kit.mac(secret, message)


def _members(w: Any) -> list[Value]:
    """Keys that a token may name or bring along: public ones, the empty one, the sender's."""
    empty = {"seal": lambda e: lambda message: kit.mac(b"", message)}
    known = ("no such key", os.devnull, "../../../dev/null")
    strangers = {"seal": lambda e: lambda message: kit.mac(w.other, message)}
    jwk = {"kty": "oct", "alg": "HS256", "k": b64u_encode(w.other)}
    return [
        *rare(*({"kid": one} for one in ("another\nkey", "", 7)), rule="3 members"),
        *bad(
            "4",
            *(named(f"kid {one!r}, and the empty key", lambda e, o=one: {"kid": o}) for one in known),
            along=empty,
            stake=ALL,
        ),
        *bad("4", named("jwk and the empty kid", lambda e: {"jwk": jwk, "kid": ""}), along=strangers, stake=ALL),
        *bad("4", named("jwks", lambda e: {"jwks": {"keys": [jwk]}}), along=strangers, stake=ALL),
        *bad("4", named("jku with the key in it", lambda e: {"jku": f"data:,{jwk['k']}"}), along=strangers, stake=ALL),
    ]


def _extensions() -> Aspect:
    crit: list[dict[str, Any]] = [
        {"crit": ["terminal"], "terminal": 3},
        {"crit": ["exp"], "exp": 1},
        {"crit": ["alg"]},
        *({"crit": one} for one in [*kit.falsy(), "exp", True]),
    ]
    values: list[Any] = [False, True, None, 0, "", []]
    b64 = [{"b64": False, "crit": ["b64"]}, *({"b64": one} for one in values)]
    near: list[dict[str, Any]] = [
        {"Crit": ["x"]},
        {"B64": False},
        {"critical": "crit", "x": "b64"},
        {"x": {"crit": ["x"]}},
    ]
    return Aspect(
        "extensions",
        good({}),
        rare(*near, rule="3 extensions"),
        bad("3 extensions", *crit, *b64, stake=HALF),
    )


def _segments() -> list[Value]:
    """The JSON serialization (RFC 7515 §7.2): only compact tokens were agreed on."""

    def flat(header: str, payload: str, signature: str) -> dict[str, str]:
        return {"protected": header, "payload": payload, "signature": signature}

    forms: dict[str, Callable[[str, str, str], str]] = {
        "flattened JSON": lambda h, p, s: json.dumps(flat(h, p, s)),
        "general JSON": lambda h, p, s: json.dumps({"payload": p, "signatures": [flat(h, p, s)]}),
    }
    return [
        *bad("2 segments", *(named(text, lambda e, f=form: f) for text, form in forms.items())),
        *bad(
            "2 spelling",
            named("JSON with a token in it", lambda e: lambda h, p, s: json.dumps({**flat(h, p, s), "x": f".{p}."})),
            named("Bearer: before", lambda e: lambda h, p, s: f"Bearer: {h}.{p}.{s}"),
        ),
    ]


def build(e: Any) -> Args:
    """A token and a key."""
    e.members = {**e.members, **e.extensions}
    jwk = {
        name: what for name, what in (("kty", e.kty), ("alg", getattr(e, "key alg")), ("k", e.k)) if what is not ABSENT
    }
    return compact.token_of(e), {**jwk, **e.others}


def oracle(token: str, key: dict[str, Any]) -> tuple[Any, set[str]]:
    """The claims, and all rules that are broken."""
    broken = set() if key.get("kty") == "oct" else {"1 kty"}
    if key.get("alg") != "HS256":
        broken.add("1 alg")
    try:
        secret = b64u_decode(key["k"]) if isinstance(key.get("k"), str) else None
    except ValueError:
        secret = None
    if secret is None:
        broken.add("1 k")
    elif len(secret) < 32:
        broken.add("1 size")
    claims, of_token = compact.broken_by(token, secret, key.get("alg"))
    return claims, broken | of_token


def _by_hand(w: Any) -> Iterator[Trial]:
    """A token that comes again, and signatures that nearly fit."""
    ours = {"kty": "oct", "alg": "HS256", "k": b64u_encode(w.key)}
    others = {"another key": {**ours, "k": b64u_encode(w.other)}, "a key for HS512": {**ours, "alg": "HS512"}}
    yield from compact.asked_again(w, ours, others)
    seals = {name: seal for name, (seal, _) in kit.wrong_seals(lambda m: kit.mac(w.key, m), lambda m: m).items()}
    near = {name: seals[name] for name in NEAR} | {
        "the text of k as key": lambda message: kit.mac(ours["k"].encode(), message),
        "the right letters in the other case": lambda message: compact.other_case(kit.mac(w.key, message)),
    }
    claims = json_dumps({"sub": w.name})
    honest = kit.compact(json_dumps(compact.HEAD), claims, lambda message: kit.mac(w.key, message))
    rules = frozenset(["1 kty", "1 alg", "1 k"])
    yield Trial((honest, {"keys": [ours]}), Raises(), rules, bad=True, text="a set with the key in it")
    tokens = {name: kit.compact(json_dumps(compact.HEAD), claims, seal) for name, seal in near.items()}
    parts = [
        Trial((token, ours), Raises(), frozenset(["4"]), bad=True, stake=HALF, text=f"seal: {name}")
        for name, token in tokens.items()
    ]
    yield crowd("seal: those that nearly fit", parts)


def _right_header(head: Any) -> bool:
    return isinstance(head, dict) and head.get("alg") == "HS256" and "crit" not in head and "b64" not in head


def _unless(present: Callable[[dict[str, Any], str], bool], names: tuple[str, ...] = ("crit", "b64")) -> Verify:
    """A verifier that sees crit and b64 in its own way."""
    made: Verify = replace(
        TOKEN,
        header_is=lambda head: (
            isinstance(head, dict) and head.get("alg") == "HS256" and not any(present(head, name) for name in names)
        ),
    )
    return made


TOKEN = replace(compact.VERIFY, header_is=_right_header, minimum=0)


@dataclass(frozen=True)
class VerifyJwk:
    """A right verify, of parts that can be got wrong one by one."""

    kty: Callable[[Any], bool] = lambda kty: bool(kty == "oct")
    alg: Callable[[Any], bool] = lambda alg: bool(alg == "HS256")
    text_only: bool = True
    secret: Callable[[Any], Any] = b64u_decode
    minimum: int = 32
    of_header: Callable[[dict[str, Any]], bytes | None] = lambda head: None
    same: Callable[[dict[str, Any], dict[str, Any]], bool] = lambda head, key: True
    claims_are: Callable[[Any], bool] = lambda claims: True
    token: Verify = TOKEN

    def __call__(self, token: str, key: dict[str, Any]) -> Any:
        """Verify a token."""
        if not self.kty(key.get("kty")) or not self.alg(key.get("alg")):
            raise ValueError("key")
        if self.text_only and not isinstance(key.get("k"), str):
            raise ValueError("key")
        secret = self.secret(key["k"])
        if len(secret) < self.minimum:
            raise ValueError("weak key")
        secret = self._brought(token, secret)
        if not self.same(self._header(token), key):
            raise ValueError("header")
        claims = self.token(token, secret)
        if not self.claims_are(claims):
            raise ValueError("claims")
        return claims

    def _header(self, token: str) -> dict[str, Any]:
        return compact.object_in(self.token.decode(token.split(".")[0])) or {}

    def _brought(self, token: str, secret: Any) -> Any:
        brought = self.of_header(self._header(token))
        return secret if brought is None else brought


def _embedded(head: dict[str, Any]) -> bytes | None:
    jwk = head.get("jwk")
    return b64u_decode(jwk["k"]) if isinstance(jwk, dict) and isinstance(jwk.get("k"), str) else None


def _in_file(head: dict[str, Any]) -> bytes | None:
    kid = head.get("kid")
    return Path(kid).read_bytes() if isinstance(kid, str) and kid.startswith(("/", "..")) else None


def _with_extensions(program: Verify) -> Verify:
    """A wrong verifier of lesson 02, which knew nothing of crit and b64, that refuses both."""

    def header_is(head: Any) -> bool:
        return program.header_is(head) and not (isinstance(head, dict) and head.keys() & {"crit", "b64"})

    extended: Verify = replace(program, header_is=header_is)
    return extended


VERIFY = VerifyJwk()
OF_TOKEN: dict[str | tuple[str, ...], dict[str, VerifyJwk]] = {
    rules: {sentence: replace(VERIFY, token=_with_extensions(program)) for sentence, program in programs.items()}
    for rules, programs in compact.MISTAKES.items()
}
"""What goes wrong in lesson 02's verifier goes wrong here, too."""

MISTAKES: Mistakes = {
    **OF_TOKEN,
    "1 kty": {
        "A key of another kty passes. An HMAC key is of type oct; anything else is a ValueError.": replace(
            VERIFY, kty=lambda kty: True
        ),
    },
    ("1 alg", "3 alg"): {
        "A key whose alg is another, or missing, is used as an HMAC key. It must say HS256 itself.": replace(
            VERIFY, alg=lambda alg: True
        ),
        "A key that names no alg is taken for HS256. Here a key must say what it is for.": replace(
            VERIFY, alg=lambda alg: alg is None or alg == "HS256"
        ),
    },
    "1 k": {
        "The key's k is decoded before anyone knows that it is there and is text: KeyError or TypeError. Ask first: "
        "`isinstance(key.get('k'), str)`.": replace(VERIFY, text_only=False),
    },
    "1 size": {
        "No key is refused for its size, not even an empty one. Below 32 bytes: ValueError (RFC 7518 §3.2).": replace(
            VERIFY, minimum=0
        ),
        "It refuses only the empty key. Below 32 bytes: ValueError (RFC 7518 §3.2).": replace(VERIFY, minimum=1),
    },
    (RETURNS, "1 size"): {
        "A key of exactly 32 bytes is long enough; only fewer are refused (RFC 7518 §3.2).": replace(
            VERIFY, minimum=33
        ),
    },
    RETURNS: {
        "It refuses good tokens. Usual slips: the HMAC's key is the text of k, or the dict itself, whose `len` only "
        "counts its members, and not `b64u_decode(key['k'])`; the HMAC is of another text than header.payload as they "
        "came.": replace(VERIFY, secret=lambda k: k.encode()),
        "The key is a JWK now, a dict. The HMAC wants the bytes in it: `b64u_decode(key['k'])`.": replace(
            VERIFY, secret=lambda k: {"k": k}, minimum=0
        ),
    },
    "3 extensions": {
        "A header with crit or b64 passes. Who does not know an extension must refuse it (RFC 7515 §4.1.11).": replace(
            VERIFY, token=_unless(lambda head, name: False)
        ),
        "crit is refused, but b64 alone passes. It changes what was signed, so refuse it too (RFC 7797).": replace(
            VERIFY, token=_unless(lambda head, name: name in head, ("crit",))
        ),
        "A crit or b64 that is empty, false, 0 or null passes. Ask whether the member is there: `'crit' in "
        "header`.": replace(VERIFY, token=_unless(lambda head, name: bool(head.get(name)))),
        "A crit or b64 that is null passes. Ask whether the member is there: `'b64' in header`.": replace(
            VERIFY, token=_unless(lambda head, name: head.get(name) is not None)
        ),
    },
    "3 members": {
        **OF_TOKEN["3 members"],
        "Good tokens are refused whose kid is not the key's. kid is ignored here: whoever calls verify has chosen the "
        "key.": replace(VERIFY, same=lambda head, key: head.get("kid") == key.get("kid")),
        "Good tokens are refused whose typ is not JWT. typ may be absent, and verify ignores it.": replace(
            VERIFY, same=lambda head, key: head.get("typ") == "JWT"
        ),
    },
    "4": {
        **OF_TOKEN["4"],
        "A token passes that was signed with the file which kid names. The key is the argument, for any kid.": replace(
            VERIFY, of_header=_in_file
        ),
        "A token passes that was signed with the key in its header, so everybody can sign (CVE-2018-0114). The key is "
        "the argument.": replace(VERIFY, of_header=_embedded),
    },
    "5": {
        **OF_TOKEN["5"],
        "A token with an old exp is refused. The claims' values are for check_times of lesson 03 to look at.": replace(
            VERIFY, claims_are=lambda claims: claims.get("exp", 1e12) >= time.time()
        ),
    },
}

verify = Exercise(
    name="verify",
    points=15,
    spec="RFC 7515 §5.2, RFC 7517 §4, RFC 8725 §3.1",
    forbids=forging.FORBIDS,
    hints=(
        "Begin with the key, not with the token. Which algorithm is it for, and is it good enough for that? Only then "
        "look at the header, and ask it one question: does it agree?",
        "It is `verify_hs256` of lesson 02 with three changes. The secret is `b64u_decode(key['k'])`, once kty and alg "
        "of the key are what you can handle. The header's alg must equal the key's. A header that has a member `crit` "
        "or `b64` is refused, whatever the value.",
        "Refuse unless `key.get('kty') == 'oct'`, `key.get('alg') == 'HS256'` and k is a str; decode k; refuse under "
        "32 bytes. Split in exactly three; the header must be a dict whose alg equals `key['alg']`, without `crit` and "
        "`b64`. Compare `hmac.new(secret, f'{header}.{payload}'.encode(), hashlib.sha256).digest()` with the decoded "
        "third segment by `hmac.compare_digest`. Then read the claims: a dict, or ValueError.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            compact.world,
            aspects,
            build,
            oracle,
            crowded=True,
            examples=(
                (
                    "eyJhbGciOiJIUzI1NiJ9.e30.4E_Bsx-pJi3kOW9wVXN8CgbATwP09D9V5gxh9-9zSZ0",
                    {"kty": "oct", "alg": "HS256", "k": b64u_encode(bytes(32))},
                ),
            ),
        ),
        written(lambda source: _by_hand(compact.world(source))),
    ),
    mistakes=MISTAKES,
)
