"""recover_private_key: two signatures with one nonce in, the private key out."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from jwt_from_scratch.services.p256 import FIELD, N, Point

from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ALL, PART, Stake
from ...judging.wants import InTurn, Raises, Returns
from .common import (
    LIBRARIES,
    checked,
    digest,
    halves,
    inverse,
    join,
    known,
    message_of,
    mirrored,
    point,
    scalar,
    sign,
    small,
)

RULES = {
    "1": "The two r differ, so the nonces do: there is nothing to be had. Compare all 32 bytes.",
    "2": "The same message twice says nothing new: one equation for two unknowns.",
    "3": "Some number comes out of any two signatures. Refuse unless it is the private key of public, 1 to N - 1.",
    "3 d": "d is a whole number from 1 to N - 1: divide with `pow(…, -1, N)`, and take the result `% N`.",
}
SHORT_NONCES = (379, 552, 751, 783, 833, 1094, 1219, 2419)
"""The x of this many G begins with a zero byte."""
Call = tuple[Point, bytes, bytes, bytes, bytes]


def call(d: int, k: int, m1: bytes, m2: bytes, public: Point = None) -> Call:
    """Two messages, signed with the same nonce; most private keys are small here, so that to multiply costs little."""
    return public or point(d), m1, join(*sign(d, m1, k)), m2, join(*sign(d, m2, k))


def oracle(public: Point, m1: bytes, sig1: bytes, m2: bytes, sig2: bytes) -> tuple[int | None, set[str]]:
    """The private key, and all rules that are broken."""
    (r1, s1), (r2, s2) = halves(sig1), halves(sig2)
    broken = ({"1"} if r1 != r2 else set[str]()) | ({"2"} if m1 == m2 else set[str]())
    for r in (r1, r2):
        try:
            k = (digest(m1) - digest(m2)) * inverse(s1 - s2) % N
            d = (s1 * k - digest(m1)) * inverse(r) % N
        except ValueError:
            continue
        if d and point(d) == public:
            return d, broken
    return None, broken | {"3"}


def trials(source: random.Random) -> Iterator[Trial]:
    """Pairs that give the key away, and pairs that do not."""
    m1, m2 = message_of(source, 30), message_of(source, 30)
    d, k = small(source), _nonce(source)
    usual = call(d, k, m1, m2)
    yield from _good(source, d, k, usual)
    yield from _bad(source, d, k, usual)
    another = call(small(source), k, m1, m2)
    wants = InTurn((Returns(d), Returns(oracle(*another)[0])))
    yield Trial(usual, wants, stake=ALL, text="a key's pair, and then another key's", more=(another,))


def _nonce(source: random.Random) -> int:
    """One whose r has a letter among its bytes, so that the other case of the letter is another r."""
    return next(k for k in iter(lambda: scalar(source), 0) if _letter(join(known(k)[0] % N, 1)) < 32)


def _letter(signature: bytes) -> int:
    """The place of the first byte that is a letter; 32 if r has none."""
    return next((place for place, byte in enumerate(signature[:32]) if chr(byte).isalpha() and byte < 128), 32)


def _good(source: random.Random, d: int, k: int, usual: Call) -> Iterator[Trial]:
    public, m1, first, m2, second = usual
    two = message_of(source, 20)
    short = source.choice(SHORT_NONCES)
    narrow = next(one for n in count() if sign(d, one := two + b"%d" % n, short)[1] < 2**248)
    rows: list[tuple[str, Stake, str, Call]] = [
        ("", ALL, "a small key", usual),
        ("", ALL, "another small key", call(small(source), scalar(source), two, m1)),
        ("3 d", ALL, "a usual key", call(scalar(source), scalar(source), m1, m2)),
        ("3 d", ALL, "another usual key", call(scalar(source), scalar(source), m2, two)),
        ("3 d", ALL, "the two exchanged", (public, m2, second, m1, first)),
        ("3 d", PART, "d = 1", call(1, k, m1, m2)),
        ("3 d", PART, "d = N - 1", call(N - 1, k, m1, m2)),
        ("3 d", PART, "k = 1", call(d, 1, m1, m2)),
        ("2", ALL, "one message is empty", call(d, k, b"", b"\0")),
        ("2", ALL, "one message is the other and a line end", call(d, k, m1, m1 + b"\n")),
        ("2", ALL, "3000 bytes that differ in the case of the last", call(d, k, m1 * 100 + b"a", m1 * 100 + b"A")),
        ("1", ALL, "r begins with a zero byte", call(d, short, m1, m2)),
        ("1", ALL, "r and s begin with a zero byte", call(d, short, narrow, m2)),
        ("1", ALL, "r and the second s begin with a zero byte", call(d, short, m1, narrow)),
    ]
    for rule, stake, text, args in rows:
        answer, broken = oracle(*args)
        assert not broken, text
        rules = frozenset([rule] if rule else [])
        yield Trial(args, Returns(answer), rules, stake=stake, text=text, base="two" * (not rule), plain=not rule)


def _bad(source: random.Random, d: int, k: int, usual: Call) -> Iterator[Trial]:
    public, m1, first, m2, second = usual
    (r, s1), (_, s2) = halves(first), halves(second)
    other_r = join(*sign(d, m2, scalar(source)))
    of_equal, again = point(-digest(m1) * inverse(r)), bytes(bytearray(m1))  # equal, and not the same object
    rows: list[tuple[tuple[str, ...], str, Call]] = [
        *(
            (("1",), f"byte {n} of the second r is another", (public, m1, first, m2, _changed(second, n)))
            for n in _PLACES
        ),
        *(
            (("1",), f"byte {n} of the first r is another", (public, m1, _changed(first, n), m2, second))
            for n in _PLACES
        ),
        (
            ("1",),
            "a letter of the second r in the other case",
            (public, m1, first, m2, _changed(second, _letter(second), 32)),
        ),
        (("1",), "the second r is 0", (public, m1, first, m2, bytes(32) + second[32:])),
        (("1",), "the second r is r + N", _r_and_more(m1, m2, d, k)),
        (("1",), "the second r is N - r", (public, m1, first, m2, join(N - r, s2))),
        (("1", "3"), "another nonce", (public, m1, first, m2, other_r)),
        (("1", "3"), "the next nonce", (public, m1, first, m2, join(*sign(d, m2, k + 1)))),
        (("2",), "one message, and yet a key that fits", (of_equal, m1, first, again, join(r, s2))),
        (("2",), "one message and s = 1, and yet a key that fits", (of_equal, m1, first, again, join(r, 1))),
        (("2", "3"), "one signature twice", (public, m1, first, again, first)),
        (("2", "3"), "one message, s and N - s", (public, m1, first, again, join(r, N - s1))),
        (("3",), "the next private key's public point", (point(d + 1), m1, first, m2, second)),
        (("3",), "x + FIELD in place of x", ((known(d)[0] + FIELD, known(d)[1]), m1, first, m2, second)),
        (("3",), "the mirror image of the public point", (mirrored(public), m1, first, m2, second)),
        (("3",), "None for a public point", (None, m1, first, m2, second)),
        (("3",), "None for a public point, and 0 comes out", (None, *call(0, k, m1, m2, public)[1:])),
        (("3",), "(0, 0) for a public point", ((0, 0), m1, first, m2, second)),
        (("3",), "a message was changed", (public, m1, first, m2 + b"!", second)),
        (("3",), "the second s is another", (public, m1, first, m2, _changed(second, 63))),
        (("3",), "equal s for different messages", (public, m1, first, m2, first)),
        (("3",), "r = 0, twice", (public, m1, join(0, s1), m2, join(0, s2))),
    ]
    for rules, text, args in rows:
        yield checked(oracle, Raises(ValueError), text, args, rules, PART)


def _r_and_more(m1: bytes, m2: bytes, d: int, k: int, r: int = 5) -> Call:
    """Two r that are one modulo N, and are not the same. No nonce gives so small an r; the equations hold for it."""
    s1, s2 = ((digest(m) + r * d) * inverse(k) % N for m in (m1, m2))
    return point(d), m1, join(r, s1), m2, join(r + N, s2)


_PLACES = (0, 8, 16, 31)


def _changed(signature: bytes, place: int, mask: int = 1) -> bytes:
    return bytes(byte ^ mask * (i == place) for i, byte in enumerate(signature))


# -- known mistakes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recover:
    """A right recover_private_key, of parts that can be got wrong one by one."""

    same_r: Callable[[int, int], bool] = lambda r1, r2: r1 == r2
    other_message: Callable[[bytes, bytes], bool] = lambda m1, m2: m1 != m2
    key: Callable[[int, int, int, int], int] = lambda e, r, s, k: (s * k - e) * inverse(r) % N
    confirm: Callable[[int, Any], bool] = lambda d, public: 0 < d < N and point(d) == public
    answer: Callable[[int, int], Any] = lambda d, k: d

    def __call__(self, public: Point, m1: bytes, sig1: bytes, m2: bytes, sig2: bytes) -> Any:
        """Recover a key."""
        (r1, s1), (r2, s2) = halves(sig1), halves(sig2)
        if not (self.same_r(r1, r2) and self.other_message(m1, m2)):
            raise ValueError("nothing to be had")
        k = (digest(m1) - digest(m2)) * inverse(s1 - s2) % N
        d = self.key(digest(m1), r1, s1, k)
        if not self.confirm(d, public):
            raise ValueError("not the key")
        return self.answer(d, k)


RECOVER = Recover()
UNCONFIRMED = replace(RECOVER, confirm=lambda d, public: True)


MISTAKES: Mistakes = {
    RETURNS: {
        "It refuses signatures that do give the key away. Usual slips: dividing modulo FIELD in place of N, `//` in "
        "place of an inverse, no division by r at the end, no SHA-256, a wrong sign, or a scalar_mul that does not "
        "pass its own check.": replace(RECOVER, confirm=lambda d, public: False),
        "This is k, the nonce. One step is left: d = (s₁·k - e₁)/r. Return d.": replace(RECOVER, answer=lambda d, k: k),
        "The last `% N` is missing. A private key is a number from 1 to N - 1.": replace(
            UNCONFIRMED, key=lambda e, r, s, k: (s * k - e) * inverse(r)
        ),
        "The key is right, but as text. Return the whole number itself.": replace(RECOVER, answer=lambda d, k: hex(d)),
    },
    "1": {
        "Signatures with different r are taken. Unless the two are equal, the nonces differ.": replace(
            RECOVER, same_r=lambda r1, r2: True
        ),
    },
    "2": {
        "One message signed twice is taken. That is one equation, whatever comes out: refuse `m1 == m2`.": replace(
            RECOVER, other_message=lambda m1, m2: True
        ),
    },
    "3": {
        "A number comes back that is not the private key of public. Signatures that do not belong together give one, "
        "too: check it, and raise ValueError.": UNCONFIRMED,
        "0 is returned for the public point None. A private key is a number from 1 to N - 1.": replace(
            RECOVER, confirm=lambda d, public: point(d) == public
        ),
        "The mirror image of the public point passes, too. It has the same x and is another key: compare both "
        "coordinates.": replace(
            RECOVER, confirm=lambda d, public: bool(public and d and (point(d) or (0, 0))[0] == public[0])
        ),
    },
}

recover_private_key = Exercise(
    name="recover_private_key",
    points=10,
    spec="RFC 8725 §3.2, FIPS 186-5 §6.4.1 solved for k and d; the form of the signatures, RFC 7518 §3.4",
    forbids=LIBRARIES,
    seconds=5,
    hints=(
        "Write the signer's equation down for both signatures: s₁ = (e₁ + r·d)/k and s₂ = (e₂ + r·d)/k. Two equations, "
        "two unknowns, k and d. What is left of r·d if you subtract one from the other?",
        "s₁ - s₂ = (e₁ - e₂)/k, so k = (e₁ - e₂)/(s₁ - s₂), everything modulo N. Then the first equation gives "
        "d = (s₁·k - e₁)/r. Division is again `pow(…, -1, N)`, which raises ValueError where there is no inverse.",
        "e is the SHA-256 of each message as a number. `if r1 != r2 or m1 == m2: raise ValueError(…)`, `k = (e1 - e2) "
        "* pow(s1 - s2, -1, N) % N`, `d = (s1 * k - e1) * pow(r1, -1, N) % N`, and at last, unless d is not 0 and "
        "`scalar_mul(d, G) == public`, raise ValueError. (`given.scalar_mul` works as well.)",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
