"""The tokens and keys that verify_ed25519 is asked."""

import base64
import functools
import hashlib
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps
from jwt_from_scratch.services.forgeries.f07_choosing import fits_without_a_key

from ...judging.aspects import ABSENT, Aspect, bad, good, named, rare
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF
from ...judging.wants import InTurn, Raises, Returns
from .. import kit
from .points import BASE, ORDER, add, decoded, encoded, is_point, second_spellings, small_keys

NAMES = ("Ed25519", "EdDSA")
HEAD = {"typ": "JWT"}
SPELLINGS = ("with = behind it", "a line break behind it", "+ and / for - and _", "spare bits in the last letter")


def world(source: random.Random) -> Any:
    """Keys whose x is odd and even, somebody else's, and a name."""
    made = (Ed25519PrivateKey.from_private_bytes(source.randbytes(32)) for _ in iter(int, 1))
    even, odd, other = (next(key for key in made if _fits(key, bit)) for bit in (0, 1, 0))
    name, seed = source.randbytes(4).hex(), source.randbytes(57)
    return SimpleNamespace(even=even, odd=odd, other=other, name=name, seed=seed, mixed=Mixed(even))


def _fits(key: Ed25519PrivateKey, bit: int) -> bool:
    """Whether x has this lowest bit, and letters that differ between base64 and base64url."""
    public = public_of(key)
    return public[31] >> 7 == bit and bool(set("-_") & set(b64u_encode(public)))


def public_of(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public key."""
    return key.public_key().public_bytes_raw()


def x_of(key: Ed25519PrivateKey) -> str:
    """A JWK's x."""
    return b64u_encode(public_of(key))


class Mixed:
    """A key whose order is 8·L: a usual key's point and one of order 8, added. It can sign, and it is no small one."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.scalar = _scalar(key)
        self.public = encoded(add(decoded(public_of(key)), decoded(small_keys()[1])))

    def sign(self, message: bytes) -> bytes:
        """A signature: with a nonce by which the point of order 8 drops out.

        Whether a verifier takes the hash modulo L or as it is, which for usual keys is the same.
        """
        nonce = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(message).digest())
        secret, point = _scalar(nonce), decoded(public_of(nonce))
        while True:
            start = encoded(point)
            h = int.from_bytes(hashlib.sha512(start + self.public + message).digest(), "little")
            if h % 8 == 0 and h % ORDER % 8 == 0:
                return start + ((secret + h * self.scalar) % ORDER).to_bytes(32, "little")
            secret, point = secret + 1, add(point, BASE)


def _scalar(key: Ed25519PrivateKey) -> int:
    """The secret number (RFC 8032 §5.1.5)."""
    half = int.from_bytes(hashlib.sha512(key.private_bytes_raw()).digest()[:32], "little")
    return half % 2**254 // 8 * 8 + 2**254


ZERO_AT_THE_END = Ed25519PrivateKey.from_private_bytes((214).to_bytes(32, "big"))
"""The last of this key's 32 bytes is zero."""


@functools.lru_cache(maxsize=512)
def signed(key: Ed25519PrivateKey, message: bytes) -> bytes:
    """A signature, remembered: most trials differ elsewhere."""
    return key.sign(message)


fits_anyhow = functools.cache(fits_without_a_key)
"""A token that fits a key of small order. Remembered by process: it does not depend on the seed."""


def aspects(w: Any) -> list[Aspect]:
    """The JWK's members, the header, the claims, how the segments are spelled, the signature; and whole tokens."""
    return [*_jwk(w), _x(w), _alg(w), *_header(w), _claims(w), *_spellings(), _seal(w), _segments(), _whole()]


def _exactly(name: str, wanted: str, *others: str) -> Aspect:
    near = ("in small letters", "with a space behind", "with a letter behind", "without its last letter")
    few = [one for one in kit.almost(wanted) if one.text in near]
    return Aspect(name, good(wanted), bad(f"1 {name}", ABSENT, None, "", [wanted], *few, *others))


def _jwk(w: Any) -> list[Aspect]:
    extras = {"kid": 7, "use": "enc", "key_ops": ["encrypt"], "x5c": ["MIIB"], "d": "AA", "Alg": "none", "y": 0}
    others = ("ES256", "HS256", "Ed448", "none", "ed25519", "EdDSA ", "Ed25519 EdDSA")
    return [
        _exactly("kty", "OKP", "EC", "oct", "OKP Ed25519"),
        _exactly("crv", "Ed25519", "X25519", "Ed448", "P-256"),
        Aspect(
            "named",
            good("Ed25519", "EdDSA", ABSENT, rule="2"),
            *(bad("2", named(f"{o!r}, as the token", o), along={"alg": o}) for o in ("", None, 7, "ES256")),
            bad("2", named("a space behind EdDSA, which the token has not", "EdDSA "), along={"alg": "EdDSA"}),
            bad("2", *kit.falsy(), [NAMES[0]], list(NAMES), {"Ed25519": True}, 7, *others),
        ),
        Aspect(
            "members",
            good({}, named("kid and use", {"kid": w.name, "use": "sig"}), rule="1 members"),
            rare(*({name: one} for name, one in extras.items()), {"use": None}, {"key_ops": []}, rule="1 members"),
        ),
    ]


def _x(w: Any) -> Aspect:
    public = public_of(w.even)
    forms: dict[str, Any] = {
        "31 bytes": b64u_encode(public[:31]),
        "33 bytes": b64u_encode(public + b"\0"),
        "64 bytes": b64u_encode(public * 2),
        "in hexadecimal": public.hex(),
        "in base64": base64.b64encode(public).decode(),
        "in a list": [b64u_encode(public)],
        "as numbers": list(public),
        "no point": b64u_encode(next(p for n in range(2, 99) if not is_point(p := n.to_bytes(32, "little")))),
        "Ed448's": b64u_encode(Ed448PrivateKey.from_private_bytes(w.seed).public_key().public_bytes_raw()),
    }
    own = {"kty": "OKP", "crv": "Ed25519", "x": x_of(w.other)}
    brought = {"header members": lambda e: {"jwk": own}, "seal": lambda e: functools.partial(signed, w.other)}
    forms |= {text: kit.lenient()[text](b64u_encode(public)) for text in (*SPELLINGS, "a foreign letter in it")}
    return Aspect(
        "x",
        good(named("even", x_of(w.even)), named("odd", x_of(w.odd)), rule="3 x"),
        rare(
            named("a usual key's point and one of order 8, added", b64u_encode(w.mixed.public)),
            rule="3 order",
            along={"seal": lambda e: w.mixed.sign},
        ),
        bad("3 x", ABSENT, None, "", 7, False, *(named(text, form) for text, form in forms.items())),
        bad(
            "3 x",
            named("without its last byte, a zero", b64u_encode(public_of(ZERO_AT_THE_END)[:31])),
            along={"seal": lambda e: functools.partial(signed, ZERO_AT_THE_END)},
        ),
        *(
            bad("3 x", named(f"{text}, and the header has a key", x), along=brought, stake=ALL)
            for text, x in {"absent": ABSENT, "null": None, "empty": ""}.items()
        ),
    )


def _alg(w: Any) -> Aspect:
    wrong = ("none", "Ed448", "ed25519", "Ed", "Ed25519ph", "ES256", "Ed25519,EdDSA")
    unnamed, public = {"named": ABSENT}, public_of(w.even)
    unkeyed: dict[str, tuple[Any, kit.Seal]] = {
        "none, and unsigned": ("none", lambda message: b""),
        "absent, and unsigned": (ABSENT, lambda message: b""),
        "HS256 under the public key": ("HS256", lambda message: kit.mac(public, message)),
        "HS256 under x": ("HS256", lambda message: kit.mac(b64u_encode(public).encode(), message)),
    }
    return Aspect(
        "alg",
        good(named("as the JWK says", _as_named), rule="5"),
        good(*(named(f"{name}, where the JWK has none", name) for name in NAMES), rule="5", along=unnamed),
        *(
            bad("5", named(f"{name}, where the JWK says {other}", name), along={"named": other})
            for name, other in (NAMES, NAMES[::-1], ("EDDSA", "EdDSA"), ("eddsa", "EdDSA"), ("ED25519", "Ed25519"))
        ),
        bad("5", ABSENT, *kit.falsy(), ["Ed25519"], 7, *wrong, " Ed25519", "Ed25519\n"),
        bad(
            "5",
            *(named(f"{one!r}, where the JWK has none", one) for one in (*wrong[:4], None, ["EdDSA"])),
            along=unnamed,
        ),
        bad("5", named("absent, where the JWK has none", ABSENT), along=unnamed),
        *(
            bad(("5", "6"), named(text, alg), along={"x": x_of(w.even), "seal": lambda e, s=seal: s}, stake=ALL)
            for text, (alg, seal) in unkeyed.items()
        ),
    )


def _as_named(e: Any) -> str:
    return e.named if isinstance(e.named, str) and e.named else "Ed25519"


def _header(w: Any) -> list[Aspect]:
    head, extras = {"alg": "Ed25519", **HEAD}, kit.harmless_extras()
    forms = kit.odd_json(head, "alg") | kit.no_objects(head)
    few = ["alg twice, first null", "a new name twice", "NaN", "UTF-16", "nothing", "null", "its names in a list"]
    few += ["Latin-1", "a byte order mark"]
    unknown: tuple[dict[str, Any], ...] = (
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"crit": None},
        {"b64": True},
        {"b64": False},
        {"b64": None},
    )
    own = {"kty": "OKP", "crv": "Ed25519", "x": x_of(w.other)}
    return [
        Aspect(
            "header members",
            good({}, named("kid", {"kid": w.name}), rule="5 members"),
            rare({"typ": "at+jwt"}, {"typ": 7}, {"kid": 7}, rule="5 members"),
            rare(named("another kid than the JWK's", {"kid": "b"}), rule="5 members", along={"members": {"kid": "a"}}),
            rare(*({name: extras[name]} for name in ("cty", "jku", "jwk", "x5c", "exp", "Alg")), rule="5 members"),
            bad("4", *unknown),
            bad(
                "6",
                named("the signer's own key", {"jwk": own}),
                along={"seal": lambda e: functools.partial(signed, w.other)},
                stake=ALL,
            ),
        ),
        Aspect(
            "header",
            good(named("compact", lambda e: json_dumps), named("other spaces", lambda e: kit.spaced), rule="4"),
            *(bad("4", named(text, lambda e, body=forms[text]: lambda head: body)) for text in few),
        ),
    ]


def _claims(w: Any) -> Aspect:
    usual = {"sub": "ada", "exp": 2_000_000_000, "jti": w.name, "q": "\u00fe???>>>~~~"}
    forms = kit.odd_json(usual, "sub") | kit.no_objects(usual)
    few = ["sub twice, first null", "a name twice inside", "NaN", "UTF-16", "two objects", "nothing", "null", "0", "[]"]
    few += ["Latin-1", "a byte order mark"]
    kinds: dict[str, dict[str, Any]] = {
        "none": {},
        "outside ASCII": {"name": "\u00de\u00f3r\u00f0ur \u2603", "n": {"a": [1, {"b": None}]}},
        "falsy ones": {"exp": 0, "sub": None, "l": []},
        "not yet good": {"nbf": 4e9, "iat": 4e9},
        "a header's names": {"alg": "none", "crit": ["x"], "b64": False},
    }
    return Aspect(
        "claims",
        good(named("usual", json_dumps(usual)), named("other spaces", kit.spaced(usual)), rule="7"),
        good(*(named(text, json_dumps(claims)) for text, claims in kinds.items()), rule="7"),
        bad("7", *(named(text, forms[text]) for text in few), named("a sentence", b"Example of Ed25519 signing")),
    )


def _spellings() -> list[Aspect]:
    along: dict[str, dict[str, Any]] = {
        "header": {"header members": lambda e: {"kid": "???"}, "header": lambda e: json_dumps},
        "claims": {"claims": json_dumps({"sub": "ada", "q": "???"})},
        "signature": {},
    }
    return [
        Aspect(
            f"spelling of {name}",
            good(named("strict", lambda e: kit.strict)),
            bad("4", *(named(text, lambda e, t=text: kit.lenient()[t]) for text in SPELLINGS), along=others),
        )
        for name, others in along.items()
    ]


def _seal(w: Any) -> Aspect:
    right: kit.Seal = functools.partial(signed, w.even)
    all_lost: dict[str, kit.Seal] = {
        "empty": lambda m: b"",
        "64 zero bytes": lambda m: bytes(64),
        "the neutral point and 0": lambda m: b"\1" + bytes(63),
        "another key's": functools.partial(signed, w.other),
        "of another message": lambda m: right(m + b"x"),
        "of the header alone": lambda m: right(m.split(b".")[0]),
        "R alone": lambda m: right(m)[:32],
    }
    a_part: dict[str, kit.Seal] = {
        "63 bytes": lambda m: right(m)[:63],
        "a byte more": lambda m: right(m) + b"\0",
        "twice": lambda m: right(m) * 2,
        "S + L": lambda m: right(m)[:32] + (int.from_bytes(right(m)[32:], "little") + ORDER).to_bytes(32, "little"),
        "of the payload alone": lambda m: right(m.split(b".")[1]),
        "of the decoded JSON": lambda m: right(b".".join(b64u_decode(part.decode()) for part in m.split(b"."))),
    }
    a_part |= {f"byte {n} changed": functools.partial(_changed, right, n) for n in (0, 31, 32, 60)}
    keyed = {"x": x_of(w.even)}
    return Aspect(
        "seal",
        good(named("fits", lambda e: functools.partial(signed, w.odd if e.x == x_of(w.odd) else w.even))),
        bad("6", *(named(text, lambda e, s=seal: s) for text, seal in all_lost.items()), along=keyed, stake=ALL),
        bad("6", *(named(text, lambda e, s=seal: s) for text, seal in a_part.items()), along=keyed),
    )


def _changed(right: kit.Seal, place: int, message: bytes) -> bytes:
    return bytes(byte ^ (i == place) for i, byte in enumerate(right(message)))


def _segments() -> Aspect:
    forms: dict[str, Callable[[str, str, str], str]] = {
        "a fourth behind": lambda h, p, s: f"{h}.{p}.{s}.AA",
        "a fourth, empty": lambda h, p, s: f"{h}.{p}.{s}.",
        "two": lambda h, p, s: f"{h}.{p}",
        "none": lambda h, p, s: "",
        "Bearer and a space before": lambda h, p, s: f"Bearer {h}.{p}.{s}",
        "a letter outside ASCII behind": lambda h, p, s: f"{h}.{p}.{s}\u00e9",
    }
    return Aspect(
        "segments",
        good(named("three", lambda e: lambda h, p, s: f"{h}.{p}.{s}")),
        bad("4", *(named(text, lambda e, form=form: form) for text, form in forms.items())),
    )


def _whole() -> Aspect:
    """Tokens that fit keys of small order. Nobody has such a key's private half, and anybody can sign."""

    def forged(data: bytes) -> Callable[[Any], tuple[str, str]]:
        return lambda e: (b64u_encode(data), fits_anyhow(data, e.named))

    return Aspect(
        "whole",
        good(named("made of its parts", lambda e: None)),
        bad("3 order", *(named(f"small key {n}", forged(data)) for n, data in enumerate(small_keys())), stake=ALL),
        bad(
            "3 spelling",
            *(named(f"another spelling of one, {n}", forged(data)) for n, data in enumerate(second_spellings())),
            stake=HALF,
        ),
    )


def build(e: Any) -> Args:
    """A token and a JWK."""
    header = e.header(_present({"alg": e.alg, **HEAD, **getattr(e, "header members")}))
    spells = [getattr(e, f"spelling of {name}") for name in ("header", "claims", "signature")]
    for spaces in range(40):  # white space in the JSON, until each spelling that should be another one is one
        first, second = b64u_encode(header + b" " * (spaces % 3)), b64u_encode(e.claims + b" " * spaces)
        third = b64u_encode(e.seal(f"{spells[0](first)}.{spells[1](second)}".encode()))
        if all(map(kit.respelled, spells, (first, second, third))):
            break
    token = e.segments(*(spell(one) for spell, one in zip(spells, (first, second, third), strict=True)))
    jwk = {"kty": e.kty, "crv": e.crv, "x": e.x, "alg": e.named, **e.members}
    if e.whole is not None:
        jwk["x"], token = e.whole
    return token, _present(jwk)


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: what for name, what in members.items() if what is not ABSENT}


def in_turn(source: random.Random) -> list[Trial]:
    """Nothing may be remembered by the token alone, or by the key alone."""
    w = world(source)
    head, claims = json_dumps({"alg": "Ed25519"}), {"sub": w.name}
    ours, theirs = (
        (
            kit.compact(head, json_dumps(claims), functools.partial(signed, key)),
            {"kty": "OKP", "crv": "Ed25519", "x": x_of(key)},
        )
        for key in (w.even, w.other)
    )
    mixed, good_one, no = (ours[0], theirs[1]), Returns(claims), Raises(ValueError)
    rows: dict[str, tuple[Args, Args, InTurn]] = {
        "a good token, then it under another key": (ours, mixed, InTurn((good_one, no))),
        "a good token, then another's under this key": (ours, (theirs[0], ours[1]), InTurn((good_one, no))),
        "a token under another key, then under its own": (mixed, ours, InTurn((no, good_one))),
    }
    return [
        Trial(first, want, frozenset(["6"]), True, ALL, text, more=(second,))
        for text, (first, second, want) in rows.items()
    ]
