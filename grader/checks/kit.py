"""Pools of values that every exercise draws from: what people forget, in one place.

Each pool gives names and values. A name says what is particular about a value, and does not depend on the seed: it is
part of a trial's label.
"""

import base64
import hashlib
import hmac
import random
import unicodedata
from collections.abc import Callable
from typing import Any

from jwt_from_scratch.encoding import b64u_encode, json_dumps

from ..judging.aspects import Named, named
from ..judging.trial import Args, Trial
from ..judging.verdict import ALL, HALF, PART, Stake
from ..judging.wants import InTurn, Want

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
HUGE = 10**400
"""An integer that no float can hold."""

ENCODERS = ("jwt", "joserfc", "jwt_from_scratch")
"""What has base64url and strict JSON ready-made: forbidden where they are the exercise."""
TOKEN_LIBRARIES = (
    "jwt",
    "joserfc",
    "jwt_from_scratch.jwt",
    "jwt_from_scratch.jws",
    "jwt_from_scratch.keys",
    "jwt_from_scratch.jwk",
    "jwt_from_scratch.material",
)
"""What makes or verifies whole tokens: forbidden where that is the exercise."""

Spell = Callable[[str], str]
Seal = Callable[[bytes], bytes]
"""From the bytes that are signed to a signature."""


def without(values: list[Any], *but: Any) -> list[Any]:
    """The values but these, of exactly that type."""
    return [one for one in values if not any(type(one) is type(other) and one == other for other in but)]


def falsy(*but: Any) -> list[Any]:
    """What counts as nothing in Python, and is something in JSON."""
    return without([0, "", None, [], {}, False], *but)


def truthy(value: Any) -> list[Any]:
    """Other types, some with the right value in them."""
    return [True, 7, 1.5, [value], {str(value): True}, [[value]]]


def almost(text: str, *but: str) -> list[Named]:
    """Texts that are nearly this one: case, spaces, slashes, parts, Unicode, patterns."""
    near = {
        "in capitals": text.upper(),
        "in small letters": text.lower(),
        "with case swapped": text.swapcase(),
        "capitalised": text.capitalize(),
        "with a slash behind": f"{text}/",
        "with a space behind": f"{text} ",
        "with a space before": f" {text}",
        "with a line break behind": f"{text}\n",
        "with a tab before": f"\t{text}",
        "with a zero character behind": f"{text}\0",
        "without its last letter": text[:-1],
        "without its first letter": text[1:],
        "with a letter behind": f"{text}x",
        "with a letter before": f"x{text}",
        "twice": text + text,
        "its first three letters": text[:3],
        "first of a list with a comma": f"{text},x",
        "second of a list with a space": f"x {text}",
        "with a parameter": f"{text};q=1",
        "with a zero-width space behind": f"{text}\u200b",
        "with a percent escape": f"%{ord(text[:1] or 'x'):02x}{text[1:]}",
        "a pattern for anything": ".*",
        "dots in place of letters": "." * len(text),
        "a star": "*",
        "a percent sign": "%",
        "decomposed (NFD)": unicodedata.normalize("NFD", text),
        "composed (NFC)": unicodedata.normalize("NFC", text),
        "compatible (NFKC)": unicodedata.normalize("NFKC", text),
        "in full width": "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
        "with a long s": text.replace("s", "\u017f"),
        "with the Kelvin sign": text.replace("k", "\u212a"),
        "with x for each dot": text.replace(".", "x"),
        "backwards": text[::-1],
    }
    found: dict[str, Named] = {}
    for name, one in near.items():
        if one != text and one not in but:
            found.setdefault(one, named(name, one))
    return list(found.values())


_NEAREST = (
    *(
        "in capitals",
        "in small letters",
        "with case swapped",
        "with a slash behind",
        "with a space behind",
        "with a space before",
    ),
    *("with a line break behind", "without its last letter", "with a letter behind", "first of a list with a comma"),
    *("second of a list with a space", "with a parameter"),
)


def nearly(text: str, *but: str) -> list[Named]:
    """The nearest of `almost`, for an exercise in which many texts are compared."""
    return [one for one in almost(text, *but) if one.text in _NEAREST]


def wide(text: str) -> str:
    """The same letters, as wide as Chinese ones: other characters, which NFKC makes equal (Unicode, UAX #15)."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def lenient() -> dict[str, Spell]:
    """Spellings that a forgiving base64url decoder takes for the same bytes; not all of them change every text."""
    return {
        "with = behind it": lambda s: s + "=",
        "padded as base64": lambda s: s + "=" * (-len(s) % 4 or 4),
        "a line break behind it": lambda s: s + "\n",
        "a line break in it": lambda s: s[:4] + "\r\n" + s[4:],
        "a space before it": lambda s: " " + s,
        "a foreign letter in it": lambda s: s[:3] + "!" + s[3:],
        "a letter outside ASCII in it": lambda s: s[:3] + "\u00e9" + s[3:],
        "+ and / for - and _": lambda s: s.replace("-", "+").replace("_", "/"),
        "spare bits in the last letter": lambda s: s[:-1] + ALPHABET[ALPHABET.index(s[-1]) ^ 1] if s else s,
    }


def in_turn(text: str, *calls: tuple[Args, Want]) -> Trial:
    """Calls in one process that differ in one thing: whoever remembers an answer by the others gives it again.

    The first call comes once more at the end: whoever notes what has been there answers otherwise.
    """
    (first, again), *others = calls
    others.append((first, again))
    wants = (again, *(want for _, want in others))
    return Trial(first, InTurn(wants), stake=ALL, text=text, more=tuple(args for args, _ in others))


def strict(segment: str) -> str:
    """The one spelling that is right."""
    return segment


def respelled(spell: Spell, segment: str) -> bool:
    """Whether a spelling really is another one for the same bytes; for the strict one, too, yes."""
    return spell is strict or (spell(segment) != segment and forgiven(spell(segment)) == forgiven(segment))


def forgiven(text: str) -> bytes:
    """What a forgiving decoder makes of a text."""
    kept = "".join(c for c in text.translate({43: "-", 47: "_"}) if c in ALPHABET)
    return base64.urlsafe_b64decode(kept + "==")


def parts_of_a_second(now: int) -> list[Named]:
    """A time, and times within the same second."""
    return [named(f"now + {part:g}" if part else "now", now + part) for part in (0, 0.75, 0.25, 0.5)]


def no_times(fine: float) -> dict[str, Any]:
    """What is no finite number, though some take it for one; fine is a time that would pass."""
    return {
        "text of digits": str(fine),
        "empty text": "",
        "text": "never",
        "null": None,
        "true": True,
        "false": False,
        "a list with a number": [fine],
        "an empty list": [],
        "an empty object": {},
        "an object": {"t": fine},
        "NaN": float("nan"),
        "infinity": float("inf"),
        "-infinity": float("-inf"),
        "bytes": b"1",
    }


HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def visible(source: random.Random, size: int, until: int = 256) -> bytes:
    """Random bytes from 33 on, none of them zero or white space. until: the first number that none of them has."""
    return source.randbytes(size).translate(bytes(33 + byte % (until - 33) for byte in range(256)))


def mac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, message, "sha256")


def compact(header: bytes, payload: bytes, seal: Seal) -> str:
    """A token of these bytes (RFC 7515 §7.1)."""
    message = f"{b64u_encode(header)}.{b64u_encode(payload)}"
    return f"{message}.{b64u_encode(seal(message.encode()))}"


def rightly_signed(key: bytes, *but: str) -> dict[str, Seal]:
    """For every algorithm that is not wanted, a signature that is right by it, with what a verifier has at hand."""
    made: dict[str, Seal] = {
        alg: lambda message, h=hash_: hmac.new(key, message, h).digest()  # type: ignore[misc]
        for alg, hash_ in HASHES.items()
    }
    made |= {name: lambda message: b"" for name in ("none", "None", "nOnE", "")}
    made |= {
        "HS1": lambda message: hmac.new(key, message, hashlib.sha1).digest(),
        "SHA256": lambda message: hashlib.sha256(message).digest(),
    }
    return {alg: seal for alg, seal in made.items() if alg not in but}


def wrong_seals(right: Seal, strangers: Seal) -> dict[str, tuple[Seal, Stake]]:
    """Signatures that do not fit, and what it costs to take them.

    Args:
        right: the right signature of a message.
        strangers: another key's.
    """

    def cut(count: int) -> Seal:
        return lambda message: right(message)[:count]

    def flipped(place: int) -> Seal:
        return lambda message: bytes(byte ^ (i == place % len(right(message))) for i, byte in enumerate(right(message)))

    made = {f"the first {n} bytes": (cut(n), ALL if n <= 16 else PART) for n in (1, 2, 4, 8, 16, 31)}
    made |= {"the last 16 bytes": (lambda message: right(message)[-16:], ALL)}
    made |= {f"byte {n} changed": (flipped(n), HALF) for n in (0, 1, 7, 8, 15, 16, 24, 30, 31)}
    made |= {
        "empty": (lambda message: b"", ALL),
        "zeros": (lambda message: bytes(len(right(message))), ALL),
        "another key's": (strangers, ALL),
        "of another message": (lambda message: right(message + b"x"), ALL),
        "of the payload alone": (lambda message: right(message.split(b".")[-1]), PART),
        "of the header alone": (lambda message: right(message.split(b".")[0]), ALL),
        "a byte more": (lambda message: right(message) + b"\0", PART),
        "a byte before": (lambda message: b"\0" + right(message), PART),
        "twice": (lambda message: right(message) * 2, PART),
        "in hexadecimal": (lambda message: right(message).hex().encode(), PART),
        "backwards": (lambda message: right(message)[::-1], PART),
    }
    return made


def harmless_extras() -> dict[str, Any]:
    """Header members that must be ignored, whatever they hold, where nobody asks for them."""
    return {
        "kid": "2026-11",
        "cty": "JWT",
        "jku": "https://x.example/k",
        "x5u": "https://x.example/c",
        "x5c": ["MIIB"],
        "x5t": "AA",
        "jwk": {"kty": "oct", "k": "AAAA"},
        "exp": 1,
        "Alg": "none",
        "ALG": "none",
        "aud": "x",
        "zip": None,
        "\u00feing": "\u2603",
        "x": [1, {}],
    }


def odd_json(value: dict[str, Any], first: str) -> dict[str, bytes]:
    """Texts that one reader takes for this object and another does not; first is a name in it."""
    text = json_dumps(value).decode()
    inner = text[1:-1]
    twice = {
        f"{first} twice, first {show}": f'{{"{first}":{show},{inner}}}'.encode()
        for show in ("null", "false", '"other"', "0", "[]")
    }
    return twice | {
        "a new name twice": f'{{{inner},"zz":1,"zz":1}}'.encode(),
        "a name twice inside": f'{{{inner},"in":{{"a":1,"a":2}}}}'.encode(),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 without a mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32"),
        "a byte order mark": b"\xef\xbb\xbf" + text.encode(),
        "Latin-1": f'{{{inner},"n":"\u00fe"}}'.encode("latin-1"),
        "NaN": f'{{{inner},"n":NaN}}'.encode(),
        "Infinity": f'{{{inner},"n":-Infinity}}'.encode(),
        "more behind it": f"{text} x".encode(),
        "two objects": (text * 2).encode(),
        "a comma at the end": f"{{{inner},}}".encode(),
        "single quotes": text.replace('"', "'").encode(),
        "a comment": f"{text[:-1]}/**/}}".encode(),
        "nothing": b"",
        "a zero byte behind it": f"{text}\0".encode(),
        "a form feed behind it": f"{text}\f".encode(),
        "not JSON": b"not JSON",
    }


def no_objects(value: dict[str, Any]) -> dict[str, bytes]:
    """JSON that is no object, some of it with the object's parts in it."""
    texts = (b"null", b"true", b"false", b"0", b"42", b'""', b"[]", b'"text"')
    return {text.decode(): text for text in texts} | {
        "its names in a list": json_dumps(list(value)),
        "a list of pairs": json_dumps([[name, one] for name, one in value.items()]),
        "the object in a list": json_dumps([value]),
        "the object in a text": json_dumps(json_dumps(value).decode()),
    }


def spaced(value: dict[str, Any]) -> bytes:
    """The same JSON with other spaces, and its members in the other order."""
    members = [f"{json_dumps(name).decode()} :\t{json_dumps(value[name]).decode()}" for name in reversed(value)]
    return ("\n{ " + " ,\r\n ".join(members) + " } ").encode()


def escaped(value: dict[str, Any]) -> bytes:
    """The same JSON with some letters of its texts escaped."""
    return json_dumps(value).decode().replace("S", "\\u0053").replace("a", "\\u0061").encode()
