"""Chapter 01: base64url and strict JSON, to the byte."""

import base64
import json
import re
from typing import Any

from jwt_from_scratch import encoding

from ..judging.legacy.case import Case, exercise

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_FORBIDS = ("jwt", "jwt_from_scratch", "joserfc")


@exercise(
    "b64u_encode",
    points=5,
    spec="RFC 7515 §2",
    forbids=_FORBIDS,
    hints=(
        "Python has the other base64 in its `base64` module. What differs: two letters of the alphabet, and the end.",
        "`base64.urlsafe_b64encode` has the right alphabet. It gives bytes; you need text without the `=`.",
        "`base64.urlsafe_b64encode(data).rstrip(b'=').decode('ascii')` is one way. It also raises TypeError by "
        "itself when `data` is text.",
    ),
)
def b64u_encode(case: Case) -> None:
    """base64url without padding."""
    case.equal(b"", "")
    tricky = (b"m", b"\0\0\x1b", b"\xfb\xff", b"\0", b"\0\0\0")  # bQ and AAAb among them
    for data in (b"f", b"fo", b"foo", b"foobar", *tricky, bytes(range(256))):
        case.equal(data, encoding.b64u_encode(data))
    for data in case.sample_bytes(30, max_size=64):
        case.equal(data, encoding.b64u_encode(data))
    only_bytes = "Text has no bytes until someone chooses an encoding; refuse it with TypeError."
    case.raises("text", TypeError, why=only_bytes)
    for thing in (None, 3, [1, 2]):
        case.raises(thing, TypeError, why="Only bytes can be encoded; refuse anything else with TypeError.")
    case.mistake(
        lambda data: base64.urlsafe_b64encode(data).decode(),
        "The '=' padding is still there; JWS leaves it out (RFC 7515 §2).",
    )
    case.mistake(
        lambda data: base64.b64encode(data).decode().rstrip("="),
        "This is the standard alphabet. In base64url + becomes - and / becomes _ (RFC 4648 §5).",
    )
    case.mistake(
        lambda data: base64.b64encode(data).decode(),
        "This is plain base64: the alphabet has + and / where a URL needs - and _, and the '=' padding is still there.",
    )
    case.mistake(
        lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
        "The result is bytes; the function returns text. `.decode('ascii')` turns one into the other.",
    )
    case.mistake(
        lambda data: base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).decode().rstrip("="),
        "It quietly encodes text as well. Which bytes a text means is the caller's decision: raise TypeError.",
    )
    case.mistake(
        lambda data: base64.urlsafe_b64encode(data).decode()[:-1],
        "It cuts off one character, always. There are none, one or two '=' to drop, depending on the length.",
    )
    case.mistake(
        lambda data: base64.urlsafe_b64encode(data.rstrip(b"\0")).decode().rstrip("="),
        "Zero bytes at the end are data too; they must not be stripped.",
    )


@exercise(
    "b64u_decode",
    points=10,
    spec="RFC 7515 §2, RFC 4648 §3.5",
    forbids=_FORBIDS,
    hints=(
        "Python's decoder is forgiving: it skips characters that it does not know and ignores spare bits. You need a "
        "test that finds every text that is not *the* spelling of its bytes.",
        "You already have a function that gives the one right spelling for any bytes: `b64u_encode`. Decode first, "
        "with the padding put back, and then compare.",
        "`data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))`, then `if b64u_encode(data) != text: raise "
        "ValueError(...)`. Letters outside ASCII and impossible lengths already raise a kind of ValueError.",
    ),
)
def b64u_decode(case: Case) -> None:
    """Strict: exactly the texts that b64u_encode can give."""
    case.equal("", b"")
    for data in (b"f", b"fo", b"foo", b"\xfb\xff", bytes(range(256)), *case.sample_bytes(25, max_size=48)):
        case.equal(encoding.b64u_encode(data), data)
    for text in ("AQ==", "AQ=", "Zm9v=", "Zm8="):
        case.raises(text, ValueError, why="A token carries no '=' padding; another spelling must be refused.")
    for text in ("+w", "A/8A", "-_+/"):
        case.raises(text, ValueError, why="+ and / belong to the other alphabet.")
    for text in ("Zm 9v", " Zm9v", "Zm9v\n", "Zm9v!", ".Zm9v", "Zm\u00e99", "Zm9v\u200b", "Zm9\u0660"):
        case.raises(text, ValueError, why="A character outside the alphabet must be refused, not skipped.")
    for text in ("A", "Zm9vA", "AAAAA"):
        case.raises(text, ValueError, why="No number of bytes needs 1, 5 or 9 characters: six bits are no byte.")
    for text in ("AR", "AS", "AT", "AU", "AY", "Zm9", "Zm-", _spare_bits(case, 1), _spare_bits(case, 2)):
        case.raises(text, ValueError, why="The last character's spare bits must be zero (RFC 4648 §3.5).")
    case.mistake(
        lambda text: base64.urlsafe_b64decode(text + "=="),
        "Python's decoder forgives a great deal: padding, foreign characters, spare bits. Each is a second spelling "
        "of the same bytes. Encode what you decoded and compare.",
    )
    case.mistake(_only_alphabet, "The spare bits of the last character are not checked: 'AR' must fail.")
    case.mistake(
        _alphabet_and_padding,
        "You compare without the '=', so a text that has them still passes. The text itself must match.",
    )
    case.mistake(
        lambda text: encoding.b64u_decode(text.strip()),
        "White space around the text is removed before the check, so 'Zm9v' has a second spelling.",
    )
    case.mistake(
        _dollar,
        "In a regular expression `$` also matches before a final line break: use `re.fullmatch`.",
    )
    case.mistake(
        lambda text: encoding.b64u_decode(text.replace("+", "-").replace("/", "_")),
        "It takes both alphabets. + and / must be refused, or one value has two spellings.",
    )
    case.mistake(
        lambda text: base64.b64decode(text),
        "Plain base64, with its padding demanded: a token has - and _ and leaves the '=' out.",
    )
    case.mistake(
        lambda text: base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True),
        "A strict mode of Python's decoder (`validate`, `strict_mode`) refuses most foreign characters, but + and / "
        "still pass, and so do spare bits. Encode what you decoded and compare.",
    )
    case.mistake(
        lambda text: _decoded_or_none(text),
        "A refusal is an exception, not a return value: the caller of a function that returns None goes on.",
    )
    case.mistake(
        lambda text: encoding.b64u_decode(text).decode("latin-1"),
        "The result is bytes. What text they mean, if any, is not base64url's business.",
    )


def _spare_bits(case: Case, size: int) -> str:
    """The encoding of some bytes, with a spare bit of its last character set."""
    text = encoding.b64u_encode(case.random.randbytes(3 + size))
    spare = 4 if size == 1 else 2
    last = _ALPHABET.index(text[-1]) | case.random.randrange(1, 2**spare)
    return text[:-1] + _ALPHABET[last]


def _only_alphabet(text: str) -> bytes:
    if set(text) - set(_ALPHABET):
        raise ValueError(text)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _dollar(text: str) -> bytes:
    if not re.match(r"^[A-Za-z0-9_-]*$", text):
        raise ValueError(text)
    return encoding.b64u_decode(text.rstrip("\n"))


def _alphabet_and_padding(text: str) -> bytes:
    text = text.rstrip("=")
    return encoding.b64u_decode(text)


def _decoded_or_none(text: str) -> bytes | None:
    try:
        return encoding.b64u_decode(text)
    except ValueError:
        return None


@exercise(
    "json_loads_strict",
    points=10,
    spec="RFC 7515 §4, RFC 8259 §8.1, RFC 8725 §3.7",
    forbids=_FORBIDS,
    hints=(
        "Three things to refuse: bytes that are not UTF-8, names that occur twice in one object, and NaN and Infinity. "
        "`json.loads` can help with two of them, through hooks.",
        "`data.decode('utf-8')` first, so that nobody guesses the encoding. `object_pairs_hook` receives each object's "
        "members as a list of pairs, before any is lost; `parse_constant` is called for NaN and Infinity.",
        "Write `def unique(pairs): ...` that raises ValueError when `len(dict(pairs)) != len(pairs)` and returns the "
        "dict otherwise, and `def refuse(name): raise ValueError(name)`. Then "
        "`json.loads(data.decode('utf-8'), object_pairs_hook=unique, parse_constant=refuse)`.",
    ),
)
def json_loads_strict(case: Case) -> None:
    """JSON with one meaning."""
    number = case.random.randrange(10**6)
    for value in (
        {},
        {"sub": "ada", "admin": False, "n": number},
        {"a": {"b": [1, 2.5, None, "x"]}, "b": {"a": 1}},
        [],
        "just text",
        -number,
        {"name": "Ægir ☃ 🜁"},
        [{"id": 1}, {"id": 1}],
    ):
        case.equal(json.dumps(value, ensure_ascii=False).encode(), value)
    case.equal(b' {"a" :\t1,\r\n"A": 2 }\n', {"a": 1, "A": 2}, why="White space is allowed here (RFC 8259 §2).")
    case.equal(b'{"e": "caf\\u00e9", "s": "\\ud83d\\ude00"}', {"e": "café", "s": "\U0001f600"})
    case.equal(b'{"n": "NaN", "i": "Infinity"}', {"n": "NaN", "i": "Infinity"}, why="In a string, NaN is text.")
    twice = "A name occurs twice in one object, and readers disagree on which one counts (RFC 8259 §4)."
    for data in (
        b'{"role":"user","role":"admin"}',
        b'{"a":1,"a":1}',
        b'{"deep":{"x":1,"y":2,"x":3}}',
        b'[{"x":1,"x":2}]',
        b'{"a":1,"\\u0061":2}',
    ):
        case.raises(data, ValueError, why=twice)
    for data in (b'{"exp": NaN}', b'{"exp": Infinity}', b"[-Infinity]"):
        case.raises(data, ValueError, why="NaN and Infinity are not JSON, though Python reads them (RFC 8259 §6).")
    text = f'{{"n": {number}}}'
    utf_16_32 = (text.encode("utf-16"), text.encode("utf-16-le"), text.encode("utf-32"))
    for data in (*utf_16_32, b'{"name": "\xe6gir"}', b'"\xed\xa0\x80"'):
        case.raises(data, ValueError, why="Only UTF-8 will do (RFC 8725 §3.7); `json.loads` guesses when given bytes.")
    case.raises(text.encode("utf-8-sig"), ValueError, why="A byte order mark must not be added (RFC 8259 §8.1).")
    for data in (b"", b"{", b"{'a': 1}", b'{"a": 1,}', b'{"a": 1} x', b"{}\0", b"\x0b{}", b"\xc2\xa0{}", b'{"a":"\n"}'):
        case.raises(data, ValueError, why="This is not JSON.")
    case.mistake(
        json.loads,
        "Given bytes, `json.loads` guesses the encoding, keeps the last of two equal names and reads NaN. All three "
        "must be refused.",
    )
    case.mistake(
        lambda data: json.loads(data.decode("utf-8")),
        "The encoding is right. Two equal names still pass, the last one winning, and so does NaN.",
    )
    case.mistake(
        lambda data: json.loads(data.decode("utf-8"), parse_constant=_refuse),
        "Duplicate names still pass: a dict keeps the last. `object_pairs_hook` sees all of them.",
    )
    case.mistake(
        lambda data: json.loads(data.decode("utf-8"), object_pairs_hook=_unique),
        "NaN and Infinity still pass. `parse_constant` is called for them.",
    )
    case.mistake(
        lambda data: json.loads(data, object_pairs_hook=_unique, parse_constant=_refuse),
        "The bytes go to `json.loads` as they are, and it guesses UTF-16 and UTF-32 too. Decode them as UTF-8 first.",
    )
    case.mistake(
        lambda data: json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse),
        "'utf-8-sig' swallows a byte order mark; 'utf-8' leaves it for the parser to refuse.",
    )
    case.mistake(
        lambda data: json.loads(data.decode("utf-8", "replace"), object_pairs_hook=_unique, parse_constant=_refuse),
        "Bytes that are not UTF-8 are replaced, not refused, so two different tokens read the same.",
    )
    case.mistake(
        lambda data: json.loads(data.decode(), object_pairs_hook=_forgets_to_return, parse_constant=_refuse),
        "`object_pairs_hook` must return the dict: what it returns takes the object's place.",
    )
    case.mistake(
        lambda data: dict(json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_refuse)),
        "JSON is not always an object: an array, a string or a number is a value too.",
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("duplicate")
    return dict(pairs)


def _forgets_to_return(pairs: list[tuple[str, Any]]) -> None:
    _unique(pairs)


def _refuse(name: str) -> None:
    raise ValueError(name)
