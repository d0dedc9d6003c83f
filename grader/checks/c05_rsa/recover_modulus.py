"""recover_modulus: three or more signatures and e in, n out."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import gcd
from typing import Any

from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ALL
from ...judging.wants import InTurn, Satisfies
from ..rsa_pool import SMALL, QuickKey, encode, quick_key
from .common import LIBRARIES, signing_input
from .forging import number, sha256

RULES = {
    "1 m": "s^e - m is a multiple of n where m is the padded message, a number of as many bytes as the signature.",
    "1 e": "e is an argument: it says which power.",
    "2": "Two pairs may leave n times any number. Take the greatest common divisor of what all pairs give.",
    "3": "What all pairs leave is n times a number of prime factors below 1,000. Divide each out as often as it goes.",
}
Pair = tuple[bytes, bytes]

FIXED = QuickKey(SMALL[16:32], 3)
LEAVES = {
    **{7: (11, 13, 23), 8: (1, 7, 9), 9: (0, 17, 38), 11: (12, 15, 22), 13: (53, 83, 84)},
    **{31: (19, 23, 38), 31 * 31: (19, 344, 462), 101: (39, 68, 121), 997: (842, 4111, 4795)},
    **{251: (66, 114, 256), 37 * 37: (1645, 3428, 3712)},
}
"""Which numbers to sign with FIXED, so that the pairs leave n times this. Finding them takes many signatures."""
TWO_LEAVE_10007 = (34302, 37318)


def trials(source: random.Random) -> Iterator[Trial]:
    """Pairs of several keys, and what they leave."""
    small, five, seventeen = (quick_key(source, e) for e in (3, 5, 17))
    long = quick_key(source, 3, 3072)
    signed = some(18, small, source)
    yield trial("", "three pairs that leave n itself", small, leaving(1, signed, small, source), plain=True)
    for factor in (2, 3, 4, 5, 6):
        yield trial("3", f"three pairs that leave {factor}n", small, leaving(factor, signed, small, source))
    for factor, numbers in LEAVES.items():
        yield trial("3", f"three pairs that leave {factor}n", FIXED, [fixed_pair(one) for one in numbers])
    two = [fixed_pair(one) for one in TWO_LEAVE_10007]
    for place, text in enumerate(("last", "second", "first")):
        third = fixed_pair((1, 9, 1)[place])  # its text is the first of the three, or the last
        yield trial(
            "2", f"only the {text} of three divides 10007 away", FIXED, [*two[: 2 - place], third, *two[2 - place :]]
        )
    yield trial("2", "eighteen pairs", small, list(signed)[:18])
    yield trial("2", "four pairs", small, list(signed)[:4])
    yield trial("1 e", "e = 5", five, [pair_of(five, signing_input(source)) for _ in range(4)])
    yield trial("1 e", "e = 17", seventeen, [pair_of(seventeen, signing_input(source)) for _ in range(3)])
    # The signature of the text with number 5 begins with a zero byte.
    yield trial("1 m", "a signature that begins with zero", FIXED, [fixed_pair(one) for one in (0, 5, 1)])
    yield trial("1 m", "3072 bits", long, [pair_of(long, signing_input(source)) for _ in range(3)])
    ours = leaving(1, signed, small, source)
    theirs = [pair_of(five, text) for text, _ in ours]
    yield Trial(
        (ours, small.e),
        InTurn((is_modulus(small), is_modulus(five))),
        frozenset(["1 m"]),
        stake=ALL,
        text="one key's signatures, then another's of the same texts",
        more=((theirs, five.e),),
    )


def trial(rule: str, text: str, key: QuickKey, pairs: list[Pair], plain: bool = False) -> Trial:
    """One call; a wrong answer anywhere is no modulus."""
    rules = frozenset([rule] if rule else [])
    return Trial((pairs, key.e), is_modulus(key), rules, stake=ALL, text=text, plain=plain)


def pair_of(key: QuickKey, text: bytes) -> Pair:
    """A text and its signature."""
    return text, key.sign(text)


@cache
def fixed_pair(count: int) -> Pair:
    """A text that is the same for every seed, signed with FIXED."""
    return pair_of(FIXED, b"eyJhbGciOiJSUzI1NiJ9.%d" % count)


def is_modulus(key: QuickKey) -> Satisfies:
    """Whether an answer is n, and else what it is, in words that help."""

    def predicate(answer: Any) -> bool | str:
        if type(answer) is not int:
            return f"return the modulus as an int, not {type(answer).__name__}"
        if answer == key.n:
            return True
        if answer == 0 or answer % key.n:
            if answer.bit_length() == key.n.bit_length():
                return "return n of the pairs in this call; that is another number of its size"
            return "return n; that is not n, and no multiple of it"
        factor = abs(answer // key.n)
        return f"return n exactly; that is n times {factor if factor < 10**6 else 'a huge number'}"

    return Satisfies(predicate, "return the modulus n exactly")


def leaving(factor: int, signed: dict[Pair, int], key: QuickKey, source: random.Random) -> list[Pair]:
    """Three pairs whose differences have n times exactly this factor in common; more are signed if need be."""
    while True:
        fitting = [pair for pair, times in signed.items() if times % factor == 0]
        for three in itertools.islice(itertools.combinations(fitting, 3), 60):
            if gcd(*(signed[pair] for pair in three)) == factor:
                return list(three)
        signed |= some(1, key, source)


def some(count: int, key: QuickKey, source: random.Random) -> dict[Pair, int]:
    """So many pairs, and how many times n goes into the difference of each."""
    pairs = [pair_of(key, signing_input(source)) for _ in range(count)]
    return {pair: quotient(pair, key) for pair in pairs}


def quotient(pair: Pair, key: QuickKey) -> int:
    """How many times n goes into s^e - m."""
    text, signature = pair
    return int(number(signature) ** key.e - number(encode(text, key.size))) // key.n


# -- known mistakes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recover:
    """A right recover_modulus, of parts that can be got wrong one by one."""

    strip: tuple[int, ...] = tuple(range(2, 1000))
    again: bool = True
    pairs: Callable[[list[Pair]], list[Pair]] = list
    encode: Callable[[bytes, int], bytes] = encode
    exponent: int = 0
    join: Callable[..., int] = gcd

    def __call__(self, pairs: list[Pair], e: int) -> int:
        """Recover n."""
        found = self.join(
            *(
                number(signature) ** (self.exponent or e) - number(self.encode(text, len(signature)))
                for text, signature in self.pairs(pairs)
            )
        )
        for small in self.strip:
            while found and found % small == 0:
                found //= small
                if not self.again:
                    break
        return found


RECOVER = Recover()

MISTAKES: Mistakes = {
    RETURNS: {
        "What comes out is no multiple of n, though each s^e - m is one. m is the whole padded message of "
        "rsa_verify_pkcs1, as long as the signature, read as a number with 'big'. In Python the power is `s**e`; `^` "
        "means something else. Of the differences, take `math.gcd`.": replace(
            RECOVER, encode=lambda text, size: sha256(text)
        ),
        "What comes out is a huge multiple of n, as each difference is, and their product. n is in all of them: take "
        "the greatest common divisor, `math.gcd`.": replace(RECOVER, join=lambda first, *others: first),
        "The modulus is returned as text. Return the number.": lambda pairs, e: str(RECOVER(pairs, e)),
    },
    "1 m": {
        "It is right for signatures of 256 bytes only. Pad to the length of the signature, which n has too.": replace(
            RECOVER, encode=lambda text, size: encode(text, 256)
        ),
    },
    "1 e": {"It is right for e = 3 only. Use e.": replace(RECOVER, exponent=3)},
    "2": {
        "What comes out is what the first two pairs leave, and that may be n times any number. Take the gcd of "
        "all.": replace(RECOVER, pairs=lambda pairs: pairs[:2]),
        "What comes out is what the first and the last pair leave, and that may be n times any number. Take the gcd of "
        "all.": replace(RECOVER, pairs=lambda pairs: [pairs[0], pairs[-1]]),
    },
    "3": {
        "That is n times a small number now and then. Divide by small numbers as long as they divide it: n has only "
        "huge factors.": replace(RECOVER, strip=()),
        "That is n times an odd number now and then. Divide by all small numbers, not only by 2.": replace(
            RECOVER, strip=(2,)
        ),
        "That is n times 5 or more now and then. Divide by all small numbers, not only by 2 and 3.": replace(
            RECOVER, strip=(2, 3)
        ),
        "The dividing stops too early: 11, 31 or 101 is left over now and then. Go on to 1,000.": replace(
            RECOVER, strip=tuple(range(2, 11))
        ),
        "The dividing stops too early: 101 is left over now and then. Go on to 1,000.": replace(
            RECOVER, strip=tuple(range(2, 100))
        ),
        "Each small number is divided out once. It may be in there several times, as 31 is in 961: `while`, not "
        "`if`.": replace(RECOVER, again=False),
        "Each prime is divided out once. It may be in there several times, as 2 is in 4: `while`, not `if`.": replace(
            RECOVER, strip=tuple(p for p in range(2, 1000) if all(p % q for q in range(2, p))), again=False
        ),
    },
}

recover_modulus = Exercise(
    name="recover_modulus",
    points=10,
    spec="RFC 8017 §5.2.2, §9.2",
    forbids=LIBRARIES,
    seconds=5,
    slow="Is there a loop without an end? Divide by the numbers below 1,000, and then stop.",
    hints=(
        "What does s^e leave when it is divided by n? So what is s^e minus that a multiple of? And what do two "
        "multiples of n have in common?",
        "For each pair make the padded message as a number m, as in rsa_verify_pkcs1 (its size is that of the "
        "signature), and the difference `s**e - m`. `math.gcd` of all the differences is n times a small number.",
        "`g = math.gcd(*differences)`; then take the small number out: `for c in range(2, 1000):` and in it "
        "`while g % c == 0: g //= c`. n itself has only huge factors, so nothing of n is lost.",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
