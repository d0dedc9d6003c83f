"""pkce_pair: random bytes in, verifier and challenge out."""

import base64
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode

from ...judging.aspects import Aspect, bad, from_aspects, good, joined, named, written
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import HALF
from ...judging.wants import Returns
from .. import kit

APPENDIX_B = b64u_decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
"""The octets of RFC 7636, Appendix B."""
RULES = {
    "1": "The verifier is the random bytes as base64url without padding (RFC 7636 §4.1).",
    "2": "The challenge is the hash of the verifier's characters, as base64url without padding (RFC 7636 §4.2).",
    "3": "Fewer than 32 random bytes give fewer than 43 characters; somebody might guess them (RFC 7636 §4.1).",
    "4": "A verifier has 128 characters at most (RFC 7636 §4.1), and that is 96 bytes.",
}


def world(source: random.Random) -> Any:
    """Bytes that differ from seed to seed."""
    return SimpleNamespace(bytes=source.randbytes(1000))


def aspects(w: Any) -> list[Aspect]:
    """The one argument."""
    odd = {"the letters - and _": b"\xfb\xef\xbe" * 11, "ones": b"\xff" * 60, "zeros": bytes(33), "spaces": b" " * 32}
    odd["a challenge that begins with -"] = b"\\" * 40
    sizes = (33, 34, 43, 48, 64, 65, 95)
    return [
        Aspect(
            "random",
            good(*(named(f"{n} bytes", w.bytes[:n]) for n in sizes), rule="2"),
            good(named("32 bytes", w.bytes[:32]), rule="3"),
            good(named("96 bytes", w.bytes[:96]), rule="4"),
            good(
                *(named(text, one) for text, one in odd.items()),
                named("zeros around", b"\0" + w.bytes[:31] + b"\0"),
                rule="1",
            ),
            bad("3", *(named(f"{n} bytes", w.bytes[:n]) for n in (1, 16, 24, 30, 31)), stake=HALF),
            bad("3", named("no bytes", b""), named("31 zeros", bytes(31)), stake=HALF),
            bad("4", *(named(f"{n} bytes", w.bytes[:n]) for n in (97, 98, 128, 1000)), stake=HALF),
        )
    ]


def build(e: Any) -> Args:
    """The random bytes."""
    return (e.random,)


@dataclass(frozen=True)
class Pair:
    """A right pkce_pair, of parts that can be got wrong one by one."""

    least: int = 32
    most: int = 96
    verifier: Callable[[bytes], str] = b64u_encode
    hashed: Callable[[str, bytes], bytes] = lambda verifier, random: hashlib.sha256(verifier.encode()).digest()
    written: Callable[[bytes], Any] = b64u_encode
    finish: Callable[[tuple[str, Any]], Any] = tuple

    def __call__(self, random: bytes) -> Any:
        """Make the pair."""
        if not self.least <= len(random) <= self.most:
            raise ValueError("32 to 96 random bytes")
        verifier = self.verifier(random)
        return self.finish((verifier, self.written(self.hashed(verifier, random))))


PAIR = Pair()


def oracle(random: bytes) -> tuple[Any, set[str]]:
    """The pair, and the rule that is broken."""
    broken = {"3"} if len(random) < 32 else {"4"} if len(random) > 96 else set[str]()
    return (None if broken else PAIR(random)), broken


def in_turn(source: random.Random) -> Iterator[Trial]:
    """Two times as many bytes, and the first ones again."""
    made = world(source).bytes
    yield kit.in_turn("32 bytes, 32 others", *(((one,), Returns(PAIR(one))) for one in (made[:32], made[32:64])))


def _padded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def _plain(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


MISTAKES: Mistakes = {
    ("1", "2"): {
        "The random bytes are hashed. The issuer never sees those; it hashes the verifier's characters.": replace(
            PAIR, hashed=lambda verifier, random: hashlib.sha256(random).digest()
        ),
        "The challenge is written in hexadecimal. It is base64url of the 32 bytes that `.digest()` gives.": replace(
            PAIR, written=bytes.hex
        ),
        "Verifier and challenge are bytes; they must be text. `b64u_encode` gives text, and so does `.decode()`.": (
            replace(PAIR, finish=lambda pair: tuple(text.encode() for text in pair))
        ),
        "`.hexdigest()` is 64 characters of text, and it is these that are encoded. Take `.digest()`, 32 bytes.": (
            replace(PAIR, hashed=lambda verifier, random: hashlib.sha256(verifier.encode()).hexdigest().encode())
        ),
        "The challenge ends with `=`. Base64url without padding, as in lesson 01 (RFC 7636 §3).": replace(
            PAIR, written=_padded
        ),
        "Verifier and challenge have the padding `=` left in. A verifier may not even contain it (RFC 7636 "
        "§4.1).": replace(PAIR, verifier=_padded, written=_padded),
        "This is plain base64, with `+` and `/`. In an address these mean something else; take base64url.": replace(
            PAIR, verifier=_plain, written=_plain
        ),
        "The challenge is the verifier itself. That is the method `plain`, and whoever reads the first address then "
        "knows the verifier.": replace(PAIR, finish=lambda pair: (pair[0], pair[0])),
        "The two are the wrong way round: first the verifier.": replace(PAIR, finish=lambda pair: pair[::-1]),
        "It returns a list. `return verifier, challenge` is a tuple.": replace(PAIR, finish=list),
        "The verifier is written in hexadecimal. From 65 bytes on that is longer than 128 characters; take "
        "base64url.": replace(PAIR, verifier=bytes.hex),
        "43 and 128 count the verifier's *characters*. In bytes that is 32 to 96.": replace(PAIR, least=43, most=128),
        "32 bytes are refused. They are just enough: 43 characters.": replace(PAIR, least=33),
    },
    ("3", "4"): {
        "Input that is too short or too long is not refused. 32 to 96 bytes, so that the verifier has 43 to 128 "
        "characters: else ValueError.": replace(PAIR, least=0, most=10**6),
    },
    "3": {
        "Fewer than 32 random bytes are taken. A verifier that can be guessed protects nothing.": replace(
            PAIR, least=0
        ),
        "Of short input only the empty one is refused. Fewer than 32 random bytes give fewer than 43 "
        "characters.": replace(PAIR, least=1),
    },
    "4": {
        "More than 96 bytes are taken. Whole, they give a verifier of more than 128 characters, which issuers refuse; "
        "raise ValueError, and cut nothing off.": replace(PAIR, most=10**6),
    },
}

pkce_pair = Exercise(
    name="pkce_pair",
    points=5,
    spec="RFC 7636 §4.1, §4.2",
    hints=(
        "Two steps with what lesson 01 gave you: the verifier is the random bytes as text, the challenge is the hash "
        "of that *text*, as text again.",
        "`b64u_encode` turns bytes into text both times. Between them stands `hashlib.sha256(…).digest()`, and what "
        "goes in there is the verifier's characters as ASCII bytes. Before all this, count the random bytes.",
        "`if not 32 <= len(random) <= 96: raise ValueError(…)`, `verifier = b64u_encode(random)`, "
        "`challenge = b64u_encode(hashlib.sha256(verifier.encode('ascii')).digest())`, "
        "`return verifier, challenge`.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(world, aspects, build, oracle, examples=((bytes(32),), (APPENDIX_B,))), written(in_turn)
    ),
    mistakes=MISTAKES,
)
