"""Encrypted tokens, good ones and bent ones: what decrypt_jwe is tried with, and what must come of it."""

import json
import random
import zlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...judging.aspects import ABSENT, Aspect, bad, good, named, rare
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF
from ...judging.wants import Raises, Returns
from .. import kit

MOST = 16_384
KEY_SIZES = {"A128GCM": 16, "A256GCM": 32}
Seal = Callable[[bytes, bytes, bytes, bytes], bytes]
"""From key, nonce, plaintext and the first segment to ciphertext and tag in one."""


def world(source: random.Random) -> Any:
    """Keys and nonces."""
    sizes = (16, 24, 32)
    return SimpleNamespace(
        keys={size: source.randbytes(size) for size in sizes},
        others={size: source.randbytes(size) for size in sizes},
        nonce=source.randbytes(32),
        text=source.randbytes(12).hex(),
        key64=source.randbytes(64),
    )


def aspects(w: Any) -> list[Aspect]:
    """What is agreed on, the header, the parts, how they are spelled."""
    return [
        _algs(),
        _enc(w),
        _alg(),
        _key(w),
        _plaintext(w),
        *_header(w),
        _wrapped(),
        _nonce(w),
        _seal(w),
        _cut(),
        *_spellings(),
        _segments(),
    ]


def _algs() -> Aspect:
    return Aspect(
        "algs",
        good(["dir", "A256GCM", "A128GCM"], ["A128GCM", "RSA-OAEP", "A256GCM", "dir", "ES256"]),
        bad("3 alg", ["A256GCM", "A128GCM"], ["DIR", "dirx", "A256GCM", "A128GCM"]),
        bad("3 enc", ["dir"], ["dir", "A192GCM", "A256GCMKW", "GCM"]),
        bad("3 enc", named("the other enc alone", lambda e: ["dir", "A128GCM"]), along={"enc": "A256GCM"}),
        bad("3 enc", named("the longer enc alone", lambda e: ["A256GCM", "dir"]), along={"enc": "A128GCM"}),
        bad("3 enc", named("beginnings of its name", lambda e: ["dir", "A256", "A128", "A", ""])),
        bad(("3 alg", "3 enc"), [], ["A192GCM"]),
    )


def _enc(w: Any) -> Aspect:
    near = [named(f"nearly: {one.text}", one.what) for one in kit.almost("A256GCM")]
    others = ("A256CBC-HS512", "A128CBC-HS256", "A256KW", "dir", "C20P", "none", "AES")
    return Aspect(
        "enc",
        good("A256GCM", "A128GCM", rule="3 enc"),
        bad("3 enc", named("A192GCM, and rightly encrypted so", "A192GCM"), along={"key": lambda e: w.keys[24]}),
        bad(
            "3 enc",
            named("A192GCM, though it is agreed on", "A192GCM"),
            along={"key": lambda e: w.keys[24], "algs": lambda e: ["dir", "A192GCM", "A256GCM", "A128GCM"]},
        ),
        bad(
            "3 enc",
            *(named(f"{one!r}, though it is agreed on", one) for one in ("A256", "", "GCM")),
            along={"algs": lambda e: ["dir", "A128GCM", "A256GCM", "A256", "", "GCM"]},
        ),
        bad("3 enc", ABSENT, *kit.falsy(), *kit.truthy("A256GCM"), *others, *near[::2]),
        bad(
            "3 enc",
            *(named(f"{one}, though it is agreed on", one) for one in others[:3]),
            along={"algs": lambda e: ["dir", "A128GCM", "A256GCM", *others]},
        ),
    )


def _alg() -> Aspect:
    agreed = {"algs": lambda e: ["A256GCM", "A128GCM", "dir", "A256KW", "RSA-OAEP", "none", "", "DIR"]}
    near = [named(f"nearly: {one.text}", one.what) for one in kit.almost("dir", "DIR")]
    return Aspect(
        "alg",
        good("dir", rule="3 alg"),
        bad(
            "3 alg",
            *(named(f"{alg!r}, though it is agreed on", alg) for alg in ("A256KW", "none", "DIR", "")),
            along=agreed,
            stake=HALF,
        ),
        bad(
            "3 alg",
            ABSENT,
            *kit.falsy(),
            *kit.truthy("dir"),
            "DIR",
            "RSA-OAEP",
            "PBES2-HS256+A128KW",
            "A256GCM",
            *near[::3],
        ),
    )


def _key(w: Any) -> Aspect:
    def size(e: Any) -> int:
        return KEY_SIZES.get(e.enc if isinstance(e.enc, str) else "", 32)

    return Aspect(
        "key",
        good(named("fits", lambda e: w.keys[size(e)])),
        bad(
            "6",
            named("16 bytes for A256GCM", lambda e: w.keys[16]),
            named("24 bytes for A256GCM", lambda e: w.keys[24]),
            along={"enc": "A256GCM"},
            stake=HALF,
        ),
        bad("6", named("32 bytes for A128GCM", lambda e: w.keys[32]), along={"enc": "A128GCM"}),
        bad(
            ("6", "8"),
            named("32 bytes for A128GCM, and the first 16 fit", lambda e: w.keys[32]),
            along={"enc": "A128GCM", "seal": lambda e: lambda key, *rest: _encrypted(key[:16], *rest)},
        ),
        bad(
            ("6", "8"),
            named("31 bytes for A256GCM, and with a zero behind them they fit", lambda e: w.keys[32][:31]),
            along={"enc": "A256GCM", "seal": lambda e: lambda key, *rest: _encrypted(key + b"\0", *rest)},
        ),
        bad(
            ("6", "8"),
            *(named(f"{n} bytes", lambda e, n=n: w.key64[:n]) for n in (0, 15, 17, 31, 33, 48, 64)),
            along={"seal": lambda e: lambda key, nonce, text, first: bytes(len(text) + 16)},
        ),
    )


def _plaintext(w: Any) -> Aspect:
    texts = {
        "JSON": json_dumps({"sub": "ada", "n": w.text}),
        "a line, indented": f"  Meet me at {w.text}.\n".encode(),
        "one byte": b"\0",
        "nothing": b"",
        "bytes that are no text": bytes(range(256)),
        "what could be unpacked": zlib.compress(b"a" * 100),
    }
    return Aspect(
        "plaintext",
        good(*(named(text, one) for text, one in texts.items()), rule="9"),
        rare(named("long", b"x" * 9000), rule="9"),
    )


def _header(w: Any) -> list[Aspect]:
    def packed(data: bytes) -> bytes:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        return squeeze.compress(data) + squeeze.flush()

    extras = {n: one for n, one in kit.harmless_extras().items() if n != "zip"}
    head = {"alg": "dir", "enc": "A256GCM"}
    odd = (
        "alg twice, first null",
        "a new name twice",
        "NaN",
        "UTF-16",
        "a byte order mark",
        "nothing",
        "not JSON",
        "more behind it",
        "a zero byte behind it",
    )
    forms = {text: one for text, one in kit.odd_json(head, "alg").items() if text in odd} | kit.no_objects(head)
    return [
        Aspect(
            "members",
            good({}, {"kid": "2026-11", "typ": "JWT", "cty": "JWT"}, rule="9"),
            rare(*({name: one} for name, one in extras.items()), {"Zip": "DEF", "ZIP": "DEF", "Crit": ["x"]}, rule="9"),
            rare({"b64": True}, {"b64": False}, {"kid": "", "typ": None, "cty": 0}, rule="9"),
            rare({"typ": "at+jwt", "cty": "json", "epk": {"kty": "EC"}, "apu": "QQ", "p2c": 1000}, rule="9"),
            bad(
                "4 zip",
                named("zip DEF, and packed", {"zip": "DEF"}),
                along={"plaintext": lambda e: packed(b"a" * 3000)},
                stake=HALF,
            ),
            bad(
                "4 zip",
                named("zip DEF, and not packed", {"zip": "DEF"}),
                *({"zip": one} for one in (*kit.falsy(), "GZIP", True)),
            ),
            bad("4 crit", {"crit": ["exp"], "exp": 1}, {"crit": ["zip"]}, *({"crit": one} for one in kit.falsy())),
        ),
        Aspect(
            "header",
            good(named("compact", lambda e: json_dumps), named("other spaces", lambda e: kit.spaced), rule="8"),
            rare(named("escaped letters", lambda e: kit.escaped), rule="8"),
            *(bad("2", named(text, lambda e, one=one: lambda made: one)) for text, one in forms.items()),
        ),
    ]


def _wrapped() -> Aspect:
    return Aspect(
        "wrapped",
        good(named("empty", b"")),
        bad("5", named("a byte", b"\0"), named("as long as a key", b"k" * 32), named("a wrapped key", b"k" * 40)),
        bad(
            ("5", "8"),
            named("a key, and what is encrypted with it", lambda e: b"k" * len(e.key)),
            along={"seal": lambda e: lambda key, *rest: _encrypted(b"k" * len(key), *rest)},
            stake=ALL,
        ),
    )


def _nonce(w: Any) -> Aspect:
    return Aspect(
        "nonce",
        good(named("12 bytes", w.nonce[:12])),
        bad("7", *(named(f"{n} bytes", w.nonce[:n]) for n in (8, 11, 13, 24))),
        bad(
            "7",
            named("11 bytes, and 17 in the fifth", w.nonce[:11]),
            along={"tag": (17, None), "plaintext": b"x" * 20},
        ),
        bad(
            "7",
            named("13 bytes, and 15 in the fifth", w.nonce[:13]),
            along={"tag": (15, None), "plaintext": b"x" * 20},
        ),
        bad(
            ("7", "8"),
            named("11 bytes, and with a zero behind it fits", w.nonce[:11]),
            along={"seal": lambda e: lambda key, nonce, *rest: _encrypted(key, nonce + b"\0", *rest)},
        ),
        bad(
            ("7", "8"),
            named("13 bytes, of which the first 12 fit", w.nonce[:13]),
            along={"seal": lambda e: lambda key, nonce, *rest: _encrypted(key, nonce[:12], *rest)},
        ),
        bad(
            ("7", "8"),
            *(named(f"{n} bytes: too few for AES-GCM", w.nonce[:n]) for n in (0, 4)),
            along={"seal": lambda e: lambda key, nonce, text, first: bytes(len(text) + 16)},
        ),
    )


def _encrypted(key: bytes, nonce: bytes, text: bytes, first: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, first)


def _seal(w: Any) -> Aspect:
    def flipped(place: int) -> Seal:
        def made(key: bytes, nonce: bytes, text: bytes, first: bytes) -> bytes:
            data = bytearray(_encrypted(key, nonce, text, first))
            data[place] ^= 1
            return bytes(data)

        return made

    wrong: dict[str, Seal] = {
        "another key's": lambda key, nonce, text, first: _encrypted(w.others[len(key)], nonce, text, first),
        "no tag": lambda key, nonce, text, first: _encrypted(key, nonce, text, first)[:-16] + bytes(16),
        "nothing encrypted": lambda key, nonce, text, first: text + bytes(16),
    }
    other: dict[str, Seal] = {
        "without the header": lambda key, nonce, text, first: _encrypted(key, nonce, text, b""),
        "with the decoded header": lambda key, nonce, text, first: _encrypted(
            key, nonce, text, b64u_decode(first.decode())
        ),
        "with a dot behind the header": lambda key, nonce, text, first: _encrypted(key, nonce, text, first + b"."),
        "with another nonce": lambda key, nonce, text, first: _encrypted(key, nonce[::-1], text, first),
        "a bit of the tag changed": flipped(-1),
        "a bit of the tag's start changed": flipped(-16),
        "a bit of the ciphertext changed": flipped(0),
    }
    return Aspect(
        "seal",
        good(named("fits", lambda e: _encrypted)),
        bad("8", *(named(text, lambda e, one=one: one) for text, one in wrong.items()), stake=ALL),
        bad("8", *(named(text, lambda e, one=one: one) for text, one in other.items())),
    )


def _cut() -> Aspect:
    """Where the ciphertext ends and the tag begins, as bytes from the end; and how much of the tag is left."""
    long = {"plaintext": b"x" * 20}
    return Aspect(
        "tag",
        good(named("16 bytes", (16, None))),
        bad(
            "7",
            *(named(f"{n} bytes, the ciphertext has the others", (n, None)) for n in (0, 8, 12, 15, 17, 32)),
            along=long,
        ),
        bad(("7", "8"), *(named(f"the first {n} bytes", (16, n - 16)) for n in (4, 8, 12, 15)), along=long),
        bad(
            ("7", "8"),
            named("17 bytes, of which the first 16 fit", (17, None)),
            along={"seal": lambda e: lambda *parts: _encrypted(*parts) + b"\0"},
        ),
        bad(("7", "8"), named("empty, and the rest is gone", (16, -16)), along=long, stake=ALL),
    )


def _spellings() -> list[Aspect]:
    found = []
    for name in ("header", "nonce", "ciphertext", "tag"):
        whole = name == "nonce"  # twelve bytes leave no bits over
        spells = {text: one for text, one in kit.lenient().items() if not (whole and text.startswith("spare"))}
        values = [named(text, lambda e, spell=spell: spell) for text, spell in spells.items()]
        along: dict[str, Any] = {"plaintext": b"twenty bytes of text"} if name == "ciphertext" else {}
        if name == "header":
            along = {"members": lambda e: {"kid": "???>>>"}, "header": lambda e: json_dumps}
        found.append(
            Aspect(
                f"spelling of {name}", good(named("strict", lambda e: kit.strict)), bad("1 form", *values, along=along)
            )
        )
    return found


def _segments() -> Aspect:
    forms: dict[str, Callable[[list[str]], str]] = {
        "a sixth behind": lambda s: ".".join([*s, "AA"]),
        "a sixth, empty": lambda s: ".".join([*s, ""]),
        "four": lambda s: ".".join([s[0], *s[2:]]),
        "without the tag": lambda s: ".".join(s[:4]),
        "three": lambda s: ".".join(s[2:]),
        "one": lambda s: s[0],
        "none": lambda s: "",
        "with a space behind": lambda s: ".".join(s) + " ",
        "with commas": lambda s: ",".join(s),
        "= for the second": lambda s: ".".join([s[0], "=", *s[2:]]),
        "== for the second": lambda s: ".".join([s[0], "==", *s[2:]]),
        "! for the second": lambda s: ".".join([s[0], "!", *s[2:]]),
        "a space for the second": lambda s: ".".join([s[0], " ", *s[2:]]),
        "in JSON": lambda s: json.dumps({"protected": s[0], "iv": s[2], "ciphertext": s[3], "tag": s[4]}),
    }
    return Aspect(
        "segments",
        good(named("five", lambda e: lambda s: ".".join(s))),
        bad("1 form", *(named(text, lambda e, one=one: one) for text, one in forms.items())),
        rare(named("16,384 characters", lambda e: _grown(MOST)), rule="1 size", along={"plaintext": b""}),
        bad("1 size", named("16,385 characters", lambda e: _grown(MOST + 1)), along={"plaintext": b""}),
        bad("1 size", named("20,000 characters", lambda e: _grown(20_000)), along={"plaintext": b""}),
        bad(
            "1 size",
            named("16,385 and no token", lambda e: lambda s: "." * (MOST + 1)),
            named("long and no token", lambda e: lambda s: "x" * 30_000),
        ),
    )


class _grown:  # noqa: N801 - used as a function
    """Makes a token of exactly so many characters; `build` gives it what it needs."""

    def __init__(self, size: int) -> None:
        self.size = size


def build(e: Any) -> Args:
    """The token, the key, and the names that are agreed on."""
    if isinstance(e.segments, _grown):
        return _of_size(e, e.segments.size), e.key, list(e.algs)
    return _token(e, e.plaintext, e.members, e.segments), e.key, list(e.algs)


def _of_size(e: Any, size: int) -> str:
    """A token of this size: the plaintext makes it long, spaces in the header make up for what base64 can't."""
    for less in range(8):
        room = size - len(_token(e, b"", e.members, ".".join, less))
        plaintext = b"x" * (room * 3 // 4)
        if len(b64u_encode(plaintext)) == room:
            token = _token(e, plaintext, e.members, ".".join, less)
            if len(token) == size:
                return token
    return token  # in company that makes it longer; what is tried alone has its size


def _token(e: Any, plaintext: bytes, members: dict[str, Any], join: Callable[[list[str]], str], spaces: int = 0) -> str:
    head = {name: what for name, what in (("alg", e.alg), ("enc", e.enc)) if what is not ABSENT}
    spells = {name: getattr(e, f"spelling of {name}") for name in ("header", "nonce", "ciphertext", "tag")}
    header = e.header({**head, **members})
    for turn in range(400):  # spaces in the header, other nonces: until each spelling that should be another one is one
        first = b64u_encode(header + b" " * (turn % 3 + spaces))
        nonce = bytes(byte ^ (turn // 3) for byte in e.nonce)
        sealed = e.seal(e.key, nonce, plaintext, spells["header"](first).encode())
        cut, end = e.tag
        parts = {
            "header": first,
            "nonce": b64u_encode(nonce),
            "ciphertext": b64u_encode(sealed[: len(sealed) - cut]),
            "tag": b64u_encode(sealed[len(sealed) - cut :][:end]),
        }
        if all(kit.respelled(spells[name], parts[name]) for name in parts):
            break
    written = [spells[name](parts[name]) for name in parts]
    return join([written[0], b64u_encode(e.wrapped), *written[1:]])


def oracle(token: str, key: bytes, algs: list[str]) -> tuple[Any, set[str]]:
    """The plaintext, and all rules that are broken."""
    if len(token) > MOST:
        return None, {"1 size"}
    segments = token.split(".")
    try:
        first, wrapped, nonce, ciphertext, tag = map(b64u_decode, segments)
    except ValueError:
        return None, {"1 form"}
    try:
        header = json_loads_strict(first)
    except ValueError:
        header = None
    if not isinstance(header, dict):
        return None, {"2"}
    alg, enc = header.get("alg"), header.get("enc")
    fits = {
        "3 alg": alg == "dir" and alg in algs,
        "3 enc": isinstance(enc, str) and enc in KEY_SIZES and enc in algs,
        "4 zip": "zip" not in header,
        "4 crit": "crit" not in header,
        "5": not wrapped,
        "6": not isinstance(enc, str) or len(key) == KEY_SIZES.get(enc, len(key)),
        "7": len(nonce) == 12 and len(tag) == 16,
    }
    broken = {rule for rule, holds in fits.items() if not holds}
    try:
        plaintext = AESGCM(key).decrypt(nonce, ciphertext + tag, segments[0].encode())
    except (InvalidTag, ValueError):
        return None, broken | {"8"}
    return plaintext, broken


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same token under another key, and another list."""
    w = world(source)
    first = b64u_encode(b'{"alg":"dir","enc":"A256GCM"}')
    sealed = _encrypted(w.keys[32], w.nonce[:12], w.text.encode(), first.encode())
    token = ".".join([first, "", b64u_encode(w.nonce[:12]), b64u_encode(sealed[:-16]), b64u_encode(sealed[-16:])])
    algs = ["dir", "A256GCM"]
    yield kit.in_turn(
        "one token, two keys, two lists",
        ((token, w.keys[32], algs), Returns(w.text.encode())),
        ((token, w.others[32], algs), Raises()),
        ((token, w.keys[32], ["dir", "A128GCM"]), Raises()),
    )
