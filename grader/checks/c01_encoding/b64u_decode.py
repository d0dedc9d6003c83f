"""b64u_decode: exactly the texts that b64u_encode can give."""

import base64
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch import encoding

from ...judging.aspects import BARE, Aspect, bad, from_aspects, good, joined, named, written
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Args, Trial, crowd
from ...judging.wants import Raises
from .. import kit

RULES = {
    "1": "For every text that b64u_encode returns, its bytes come back.",
    "2": "A token carries no '=' padding, so a text with it is another spelling (RFC 7515 §2).",
    "3": "A character outside the 64 of the alphabet is refused, not skipped; + and / belong to the other alphabet.",
    "4": "No number of bytes needs 1, 5 or 9 characters: six bits are no byte.",
    "5": "The last character's spare bits must be zero (RFC 4648 §3.5): 'AR' is another spelling of 'AQ'.",
}
_FOREIGN = [chr(code) for code in range(33, 127) if chr(code) not in kit.ALPHABET and chr(code) != "="]
_SPACES = {"a space": " ", "a line break": "\n", "a tab": "\t", "a carriage return": "\r", "a zero character": "\0"}
_UNICODE = {
    "an e with an accent": "\u00e9",
    "a zero-width space": "\u200b",
    "an Arabic digit": "\u0660",
    "a full-width letter": "\uff21",
    "a non-breaking space": "\u00a0",
    "half a surrogate": "\ud800",
    "a Kelvin sign": "\u212a",
}


# A decoder that skips what it does not know finds good base64url in each.
_PLACES = (
    ("in four letters", "Zm{}8"),
    ("in five letters", "Zm{}9v"),
    ("behind it", "Zm9v{}"),
    ("before it", "{}Zm9v"),
    ("behind three", "Zm8{}"),
    ("behind two", "Zg{}"),
    ("before two", "{}Zg"),
)


def world(source: random.Random) -> Any:
    """Bytes that differ from seed to seed."""
    return SimpleNamespace(bytes=source.randbytes(200))


def aspects(w: Any) -> list[Aspect]:
    """The one argument."""
    size_1, size_2 = encoding.b64u_encode(w.bytes[:199]), encoding.b64u_encode(w.bytes)
    strangers = {**{repr(one): one for one in _FOREIGN}, **_SPACES, **_UNICODE}
    places = [
        named(f"{name} {where}", text.format(one))
        for name, one in strangers.items()
        for where, text in _PLACES
        if where in ("in four letters", "in five letters") or name in _SPACES or one in "+/."
    ]
    return [
        Aspect(
            "text",
            good("", "Zg", "Zm8", "Zm9v", "-_8", "____", "AA", "AAA", "AAAA", rule="1"),
            good(
                *(named(f"of {data!r}", encoding.b64u_encode(data)) for data in (b" a\n", b"\r\n\t", b"==")), rule="1"
            ),
            good(named("all bytes, ten times", encoding.b64u_encode(bytes(range(256)) * 10)), rule="1"),
            good(*(named(f"of {n} bytes", encoding.b64u_encode(w.bytes[:n])) for n in range(6, 49, 3)), rule="1"),
            good(*(named(f"of {n} bytes", encoding.b64u_encode(w.bytes[:n])) for n in (7, 8, 31, 32)), rule="1"),
            bad("2", "AQ==", "AQ=", "Zm9v=", "Zm8=", "Zm9v==", "Zm9v====", "=", "==", "====", "=AQ", "A=Q="),
            bad("2", named("padded", size_1 + "=="), named("padded by one", size_2 + "=")),
            bad("3", "+w", "A/8A", "-_+/", "Zm9v.Zm9v", "Zm9v, Zm9v", "Zm9%76", "!!!!Zm9vZm9v", *places),
            bad("3", *(named(f"{n} foreign ones behind it", "Zm9v" + "!" * n) for n in (2, 3, 4))),
            bad("4", "A", "Zm9vA", "AAAAA", "Zm9vZm9vA", "_"),
            bad("5", *(f"A{kit.ALPHABET[16 + spare]}" for spare in range(1, 16))),
            bad("5", *(f"Zm{kit.ALPHABET[60 + spare]}" for spare in range(1, 4)), "AAB", "Zm9vAB"),
            bad(
                "5",
                *(named(f"spare bits {n} of four", _with_spare_bits(size_1, n)) for n in (1, 2, 4, 8)),
                *(named(f"spare bits {n} of two", _with_spare_bits(size_2, n)) for n in (1, 2)),
            ),
        )
    ]


def _with_spare_bits(text: str, bits: int) -> str:
    return text[:-1] + kit.ALPHABET[kit.ALPHABET.index(text[-1]) | bits]


_AROUND = (*_FOREIGN, *_UNICODE.values(), "\ufeff", "\u2013", "\x7f", "%3D", "%3d", "&#61;", "\\n")


def around(source: random.Random) -> Iterator[Trial]:
    """Each foreign character, and some escapes, before and behind good texts: whoever strips one of them shows it."""
    texts = [form.format(one) for form in ("Zm9v{}", "{}Zm9v", "Zm8{}", "{}Zm8") for one in _AROUND]
    parts = [Trial((text,), Raises(), frozenset(["3"]), bad=True, text=f"text: {text!r}", base=BARE) for text in texts]
    yield crowd("text: foreign characters before it and behind it", parts)
    # Four of them leave the length as it should be, and the last letter.
    within = [form.format(one * 4) for form in ("Zm{}9v", "{}Zm9v") for one in (*_FOREIGN, *_SPACES.values())]
    parts = [Trial((text,), Raises(), frozenset(["3"]), bad=True, text=f"text: {text!r}", base=BARE) for text in within]
    yield crowd("text: four foreign characters before it and in it", parts)


def build(e: Any) -> Args:
    """The text."""
    return (e.text,)


def oracle(text: str) -> tuple[Any, set[str]]:
    """The bytes, and all rules that are broken."""
    try:
        return encoding.b64u_decode(text), set()
    except ValueError:
        pass
    if "=" in text:
        return None, {"2"}
    if set(text) - set(kit.ALPHABET):
        return None, {"3"}
    return None, {"4"} if len(text) % 4 == 1 else {"5"}


def _only_alphabet(text: str) -> bytes:
    if set(text) - set(kit.ALPHABET):
        raise ValueError(text)
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _forgiving(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


MISTAKES: Mistakes = {
    "1": {
        "A text is refused unless its length is a multiple of four. Python's decoder wants the '=' that a token leaves "
        "out: put it back first.": base64.urlsafe_b64decode,
        "The result is bytes. What text they mean, if any, is not base64url's business.": (
            lambda text: encoding.b64u_decode(text).decode("latin-1")
        ),
    },
    "2": {
        "A text with '=' behind it passes. Compare the text as it came, all of it, with what the encoder writes.": (
            lambda text: encoding.b64u_decode(text.rstrip("="))
        ),
        "Every '=' is forgiven, inside the text as well as behind it. Compare the text as it came with what the "
        "encoder writes.": _forgiving,
    },
    "3": {
        "Foreign characters are skipped, as Python's decoder does, so a text has many spellings. Compare the text as "
        "it came with what the encoder writes.": _forgiving,
        "White space around the text is forgiven, so 'Zm9v' has a second spelling.": (
            lambda text: encoding.b64u_decode(text.strip())
        ),
        "A line break behind the text still passes. If you use a regular expression: `$` matches before one, too, and "
        "`re.fullmatch` does not.": (lambda text: encoding.b64u_decode(text.removesuffix("\n"))),
        "It takes both alphabets. + and / must be refused, or one value has two spellings; `validate=True` does not "
        "see to that.": (lambda text: encoding.b64u_decode(text.replace("+", "-").replace("/", "_"))),
    },
    "5": {"A text whose spare bits are not zero is taken. 'AR' must raise ValueError.": _only_alphabet},
}

b64u_decode = Exercise(
    name="b64u_decode",
    points=10,
    spec="RFC 7515 §2, RFC 4648 §3.5",
    forbids=kit.ENCODERS,
    hints=(
        "Python's decoder is forgiving: it skips characters that it does not know and ignores spare bits. You need a "
        "test that finds every text that is not *the* spelling of its bytes.",
        "You already have a function that gives the one right spelling for any bytes: `b64u_encode`. Decode first, "
        "with the padding put back, and then compare.",
        "`data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))`, then `if b64u_encode(data) != text: raise "
        "ValueError(...)`. Letters outside ASCII and impossible lengths already raise a kind of ValueError.",
    ),
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle, examples=(("AQ",), ("AR",))), written(around)),
    mistakes=MISTAKES,
)
