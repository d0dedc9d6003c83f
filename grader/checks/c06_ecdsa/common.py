"""P-256 for the checks of chapter 06.

Multiples come from OpenSSL, which computes with points in another way than the lesson does. Most signatures here are
not signed but computed to fit: both numbers that a verifier multiplies points with, e/s and r/s, are small, so that a
check of sixty signatures costs as much as a few usual ones.
"""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from jwt_from_scratch.services import p256
from jwt_from_scratch.services.p256 import FIELD, A, B, G, N, Point

from ...judging.aspects import Oracle, Unfit
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, Stake
from ...judging.wants import Want
from .. import kit

LIBRARIES = ("cryptography", "jwt_from_scratch.algorithms", *kit.TOKEN_LIBRARIES)
CURVE = ec.SECP256R1()


def message_of(source: random.Random, size: int) -> bytes:
    """A message: any bytes, between two that nobody strips. For what strips there are trials, and no chance hits."""
    return b"<" + source.randbytes(size - 2) + b">"


def point(k: int) -> Point:
    """k times G."""
    if k % N == 0:
        return None
    numbers = ec.derive_private_key(k % N, CURVE).public_key().public_numbers()
    return numbers.x, numbers.y


def known(k: int) -> tuple[int, int]:
    """The same for a k of which it is known that it gives no infinity."""
    found = point(k)
    assert found is not None
    return found


def multiple(k: int, p: tuple[int, int]) -> tuple[int, int]:
    """k times any point, for a k that is neither 0 nor N - 1; OpenSSL tells only x, and the next multiple tells y."""
    there = ec.EllipticCurvePublicNumbers(*p, CURVE).public_key()
    x, following = (
        int.from_bytes(ec.derive_private_key(times % N, CURVE).exchange(ec.ECDH(), there), "big")
        for times in (k, k + 1)
    )
    y = height(x)
    assert y is not None
    right = p256.point_add((x, y), p)
    return x, y if right is not None and right[0] == following else FIELD - y


def height(x: int) -> int | None:
    """A y for which (x, y) is on the curve; None where there is none."""
    square = (x**3 + A * x + B) % FIELD
    y = pow(square, (FIELD + 1) // 4, FIELD)
    return y if y * y % FIELD == square else None


def mirrored(p: Point) -> Point:
    """The point with the other sign."""
    return p and (p[0], -p[1] % FIELD)


def digest(message: bytes) -> int:
    """The SHA-256 of a message, as a number."""
    return number(hashlib.sha256(message).digest())


def number(data: bytes) -> int:
    """Bytes as a number."""
    return int.from_bytes(data, "big")


def join(r: int, s: int) -> bytes:
    """A signature."""
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def halves(signature: bytes) -> tuple[int, int]:
    """r and s."""
    return number(signature[:32]), number(signature[32:])


def inverse(value: int) -> int:
    """One divided by this, modulo N."""
    return pow(value, -1, N)


def scalar(source: random.Random) -> int:
    """A number as large as private keys are."""
    return source.randrange(2**200, N)


def small(source: random.Random) -> int:
    """A number with which multiplying a point costs little."""
    return source.randrange(2**11, 2**12)


def is_low(s: int) -> bool:
    """Whether s is in the lower half. All are that are not there to be in the upper one: some people refuse those."""
    return s <= N // 2


def sign(d: int, message: bytes, k: int) -> tuple[int, int]:
    """ECDSA with a given nonce (FIPS 186-5 §6.4.1)."""
    r = known(k)[0] % N
    return r, (digest(message) + r * d) * inverse(k) % N


@dataclass(frozen=True)
class Signed:
    """A signature and what belongs to it."""

    public: Point
    message: bytes
    r: int
    s: int

    @property
    def signature(self) -> bytes:
        """Its bytes."""
        return join(self.r, self.s)

    @property
    def lower(self) -> "Signed":
        """The spelling whose s is in the lower half."""
        return replace(self, s=min(self.s, N - self.s))

    @property
    def call(self) -> tuple[Point, bytes, bytes]:
        """The arguments of ecdsa_verify."""
        return self.public, self.message, self.signature

    def but(self, r: int | None = None, s: int | None = None) -> tuple[Point, bytes, bytes]:
        """The same with another r or s."""
        return self.public, self.message, join(self.r if r is None else r, self.s if s is None else s)


def is_plain(signature: bytes) -> bool:
    """Whether nobody strips it by chance. Signatures that begin or end with zeros and white space are there, too."""
    return signature[0] > 32 and signature[-1] > 32


Reads = Callable[[int, int, int], tuple[int, int, int]]
"""How a verifier reads e, r and s: the x that it wants, and what it multiplies G and the public point with."""


def rightly(e: int, r: int, s: int) -> tuple[int, int, int]:
    """As it must (FIPS 186-5 §6.4.2)."""
    return r, e * inverse(s) % N, r * inverse(s) % N


def made_for(source: random.Random, message: bytes, reads: Reads = rightly) -> Signed:
    """A signature that fits for whoever reads like this; for whoever reads rightly e/s and r/s are small."""
    while True:
        first, second = small(source), small(source)
        s = digest(message) * inverse(first) % N
        r = second * s % N
        x, of_g, of_q = reads(digest(message), r, s)
        y = height(x % N)
        if y is not None and is_low(s) and is_plain(join(r, s)):
            rest = p256.point_add((x % N, y), mirrored(point(of_g)))
            assert rest is not None
            return Signed(multiple(inverse(of_q), rest), message, r, s)


def plain(make: Callable[[], Signed]) -> Signed:
    """The first that nobody strips by chance."""
    return next(one for one in iter(make, None) if is_plain(one.signature))


def starts_with_zero(half: int) -> bool:
    """Whether a number of 32 bytes does."""
    return half < 2**248


def shaped(source: random.Random, r_fits: Callable[[int], bool], s_fits: Callable[[int], bool]) -> Signed:
    """One whose r and s look so, which few do; e/s and r/s are small here, too."""
    message = message_of(source, 20)
    s, first = next(
        (s, first) for first in count(small(source)) if s_fits(s := digest(message) * inverse(first) % N) and is_low(s)
    )
    for second in count(small(source)):
        r = second * s % N
        if r_fits(r) and (y := height(r)) is not None:
            rest = p256.point_add((r, y), mirrored(point(first)))
            return Signed(multiple(inverse(second), rest or G), message, r, s)
    raise AssertionError


def is_even(half: int) -> bool:
    """Whether a number takes 32 bytes in DER, too: no zero in front is dropped or added."""
    return 2**248 <= half < 2**255


def checked(oracle: Oracle, want: Want, text: str, args: Args, rules: tuple[str, ...], stake: Stake = ALL) -> Trial:
    """A trial of a bad input.

    Raises:
        Unfit: it breaks other rules than these.
    """
    broken = oracle(*args)[1]
    if broken != set(rules):
        raise Unfit(f"{text}: breaks {sorted(broken)}, was made for {rules}")
    return Trial(args, want, frozenset(rules), bad=True, stake=stake, text=text)


def anything(*_: Any) -> bool:
    """A check that is left out."""
    return True
