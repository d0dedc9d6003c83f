"""b64u_encode: base64url without padding."""

import base64
import random
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch import encoding

from ...judging.aspects import Aspect, bad, from_aspects, good, named
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Args
from ...judging.wants import Raises, Want
from .. import kit

RULES = {
    "1": "base64url has - and _ in place of + and /, and no '=' at the end (RFC 7515 §2, RFC 4648 §5).",
    "2": "Only bytes can be encoded. A text has no bytes until someone chooses an encoding: TypeError.",
}


def world(source: random.Random) -> Any:
    """Bytes that differ from seed to seed."""
    return SimpleNamespace(bytes=source.randbytes(64))


def aspects(w: Any) -> list[Aspect]:
    """The one argument."""
    tricky = (b"m", b"\0\0\x1b", b"\xfb\xff", b"\xff\xef\xbe", b">>>???", b"ab\n", b" a ", b"\r\n", b"====", b"text")
    zeros = (b"\0", b"\0\0\0", b"\0a", b"a\0", b"ab\0\0")
    return [
        Aspect(
            "data",
            good(b"", *(b"foobar"[:size] for size in range(1, 7)), *tricky, *zeros, rule="1"),
            good(
                named("all bytes", bytes(range(256))), named("all bytes backwards", bytes(range(255, -1, -1))), rule="1"
            ),
            good(*(named(f"{size} bytes", w.bytes[:size]) for size in range(7, 65, 3)), rule="1"),
            good(named("1,000 bytes", w.bytes * 16), rule="1"),
            bad("2", "text", "", "Zm9v", "\u00e6", None, 0, 3, -1, True, False, 1.5, [], [1, 2], [b"f"]),
        )
    ]


def build(e: Any) -> Args:
    """The data."""
    return (e.data,)


def oracle(data: Any) -> tuple[Any, set[str]]:
    """The text, for bytes."""
    return (encoding.b64u_encode(data), set()) if isinstance(data, bytes) else (None, {"2"})


def _refused(broken: frozenset[str], args: Args) -> Want:
    return Raises(TypeError)


def _made_bytes(data: Any) -> str:
    return encoding.b64u_encode(data.encode() if isinstance(data, str) else data)


MISTAKES: Mistakes = {
    "1": {
        "The '=' padding is still there; JWS leaves it out (RFC 7515 §2).": (
            lambda data: base64.urlsafe_b64encode(data).decode()
        ),
        "This is the standard alphabet. In base64url + becomes - and / becomes _ (RFC 4648 §5).": (
            lambda data: base64.b64encode(data).decode().rstrip("=")
        ),
        "This is plain base64: the alphabet has + and / where a URL needs - and _, and the '=' padding is still "
        "there.": lambda data: base64.b64encode(data).decode(),
        "The result is bytes; the function returns text. `.decode('ascii')` turns one into the other.": (
            lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
        ),
        "It cuts off one character, always. There are none, one or two '=' to drop, depending on the length.": (
            lambda data: base64.urlsafe_b64encode(data).decode()[:-1]
        ),
        "Zero bytes at the end are data too; they must not be stripped.": (
            lambda data: encoding.b64u_encode(data.rstrip(b"\0"))
        ),
        "White space around the data is data too; it must not be stripped.": (
            lambda data: encoding.b64u_encode(data.strip())
        ),
    },
    "2": {
        "A text is taken as well. Which bytes it means is the caller's decision: raise TypeError.": (_made_bytes),
        "A number or a list is encoded as well, as what `bytes(...)` makes of it: `bytes(3)` is three zero bytes. "
        "Raise TypeError.": (lambda data: encoding.b64u_encode(data if isinstance(data, bytes) else bytes(data))),
    },
}

b64u_encode = Exercise(
    name="b64u_encode",
    points=5,
    spec="RFC 7515 §2",
    forbids=kit.ENCODERS,
    hints=(
        "Python has the other base64 in its `base64` module. What differs: two letters of the alphabet, and the end.",
        "`base64.urlsafe_b64encode` has the right alphabet. It gives bytes; you need text without the `=`.",
        "`base64.urlsafe_b64encode(data).rstrip(b'=').decode('ascii')` is one way. It also raises TypeError by "
        "itself when `data` is text.",
    ),
    rules=RULES,
    source=from_aspects(world, aspects, build, oracle, wants_of_bad=_refused, examples=((b"\xfb\xff",),)),
    mistakes=MISTAKES,
)
