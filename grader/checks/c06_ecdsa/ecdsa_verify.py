"""ecdsa_verify: a public point, bytes and a signature in, yes or no out."""

import base64
import functools
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from types import SimpleNamespace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from jwt_from_scratch.services import p256
from jwt_from_scratch.services.p256 import FIELD, A, B, G, N, Point

from ...judging.aspects import written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.verdict import ALL, HALF, PART, Stake
from ...judging.wants import InTurn, Refuses, Returns
from .common import (
    CURVE,
    LIBRARIES,
    Reads,
    Signed,
    anything,
    checked,
    digest,
    halves,
    height,
    inverse,
    is_even,
    is_low,
    known,
    made_for,
    message_of,
    mirrored,
    multiple,
    number,
    plain,
    point,
    scalar,
    shaped,
    sign,
    small,
    starts_with_zero,
)

RULES = {
    "1": "An ES256 signature has exactly 64 bytes (RFC 7518 §3.4), r and s, leading zero bytes included.",
    "2": "r and s are at least 1 and below N. With zero in their place every message can be made to fit.",
    "3 none": "Infinity is no public key: anyone can sign for it.",
    "3 range": "The coordinates of the public point are at least 0 and below FIELD; all else is another spelling.",
    "3 curve": "The public point lies on the curve. The formulas go on where it does not, and mean nothing.",
    "4 fits": "R = (e/s)·G + (r/s)·Q, and R's x, modulo N, is r; e is the SHA-256 of the message.",
    "4 infinity": "Where the sum is None, the point at infinity, it has no x: refuse.",
}
Call = tuple[Point, bytes, bytes]


def oracle(public: Point, message: bytes, signature: bytes) -> tuple[bool, set[str]]:
    """True, and all rules that are broken, as far as can be said where the numbers are none."""
    broken = {"1"} if len(signature) != 64 else set[str]()
    r, s = halves(signature[:64])
    if not broken and not (1 <= r < N and 1 <= s < N):
        broken.add("2")
    if public is None:
        return True, broken | {"3 none"}
    x, y = public
    if not (0 <= x < FIELD and 0 <= y < FIELD):
        broken.add("3 range")
    if (y * y - x**3 - A * x - B) % FIELD:
        broken.add("3 curve")
    return True, broken or _unfit(public, message, r, s)


def _unfit(public: tuple[int, int], message: bytes, r: int, s: int) -> set[str]:
    if point(-digest(message) * inverse(r)) == public:
        return {"4 infinity"}
    try:
        ec.EllipticCurvePublicNumbers(*public, CURVE).public_key().verify(
            encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return {"4 fits"}
    return set()


# -- signatures that fit ----------------------------------------------------------------------------------------------


def world(source: random.Random) -> Any:
    """A signature as usual, one that begins with zeros, and others that few people ever meet."""
    message = message_of(source, 40)
    return SimpleNamespace(
        usual=made_for(source, message),
        other=made_for(source, message_of(source, 60)),
        twin=made_for(source, message),
        short=shaped(source, starts_with_zero, starts_with_zero),
        spaced=shaped(source, lambda r: r >> 248 == 0x20, lambda s: s & 0xFF == 0x0A),
        zeros=shaped(source, lambda r: r & 0xFF == 0, lambda s: s & 0xFF == 0),
        wide=_wide_x(source),
        one=_of_s(source, 1),
        last=_of_s(source, N - 1),
        even=shaped(source, is_even, is_even),
        full=plain(lambda: Signed(G, b"", *sign(1, b"", scalar(source))).lower),
    )


def _wide_x(source: random.Random) -> Signed:
    """A signature whose point R has an x of N or more. R comes first; the key is computed to fit it."""
    while True:
        x = source.randrange(N, FIELD)
        message, second, r = message_of(source, 30), small(source), x - N
        s = r * inverse(second) % N
        if (y := height(x)) is not None and is_low(s):
            rest = p256.point_add((x, y), mirrored(point(digest(message) * inverse(s))))
            return Signed(multiple(inverse(second), rest or G), message, r, s)


def _of_s(source: random.Random, s: int) -> Signed:
    """A signature with this s, such as 1, where s + N still fits in 32 bytes. The key is computed to fit."""
    message, k = message_of(source, 30), scalar(source)
    r = known(k)[0] % N
    return Signed(point((s * k - digest(message)) * inverse(r)), message, r, s)


def _by_height(source: random.Random) -> Signed:
    """Here R's y is r, and not its x. The key is computed to fit."""
    while True:
        there, message, second = known(scalar(source)), message_of(source, 30), small(source)
        r = there[1] % N
        s = r * inverse(second) % N
        if is_low(s):
            rest = p256.point_add(there, mirrored(point(digest(message) * inverse(s))))
            return Signed(multiple(inverse(second), rest or G), message, r, s)


def _doubled(source: random.Random) -> Signed:
    """Here (e/s)·G and (r/s)·Q are the same point."""
    message = message_of(source, 30)
    s, first = next((s, first) for first in count(small(source)) if is_low(s := digest(message) * inverse(first) % N))
    r = known(2 * first)[0] % N
    return Signed(point(first * s * inverse(r)), message, r, s)


def _cancelled(source: random.Random) -> Signed:
    """Here (e/s)·G and (r/s)·Q cancel out."""
    message, first, second = message_of(source, 30), small(source), small(source)
    s = digest(message) * inverse(first) % N
    return Signed(point(-first * inverse(second)), message, second * s % N, s)


def _for_nobody(source: random.Random) -> Signed:
    """A signature that fits whenever (r/s)·Q is infinity: r/s is even, so 2·Q = infinity is enough. Anyone makes it."""
    message = message_of(source, 30)
    for first in count(small(source)):
        r, s = known(first)[0] % N, digest(message) * inverse(first) % N
        if r * inverse(s) % N % 2 == 0:
            return Signed(None, message, r, s)
    raise AssertionError


def _off_the_curve(source: random.Random, has_height: bool) -> Signed:
    """A point that is not on the curve, though one with its x may be, and for which the formulas give an x that fits.
    Here r = s."""
    message, first = message_of(source, 30), small(source)
    s = digest(message) * inverse(first) % N
    (x1, y1) = known(first)
    while True:
        x = source.randrange(FIELD)
        square = (s + x1 + x) % FIELD
        slope = pow(square, (FIELD + 1) // 4, FIELD)
        if slope * slope % FIELD == square and (height(x) is not None) == has_height:
            return Signed((x, (y1 + slope * (x - x1)) % FIELD), message, s, s)


# -- trials -----------------------------------------------------------------------------------------------------------


def trials(source: random.Random) -> Iterator[Trial]:
    """Good signatures, and for each rule signatures that break it alone."""
    w = world(source)
    yield from _good(source, w)
    bad = (*_lengths(w), *_ranges(w), *_points(source, w), *_misfits(source, w))
    for rule, stake, text, call in bad:
        yield checked(oracle, Refuses(), text, call, (rule,), stake)
    yield from _in_turn(w)


def _good(source: random.Random, w: Any) -> Iterator[Trial]:
    twin = w.usual.but(s=N - w.usual.s)
    rows: list[tuple[str, Stake, str, Call]] = [
        ("", ALL, "a usual signature", w.usual.call),
        ("", ALL, "another usual signature", w.other.call),
        ("4 fits", ALL, "no message, G for a key, and large numbers", w.full.call),
        ("4 fits", ALL, "a zero byte and white space for a message", made_for(source, b"\0 \n").call),
        ("4 fits", ALL, "3000 bytes", made_for(source, message_of(source, 3000)).call),
        ("4 fits", ALL, "the same message under another key", w.twin.call),
        ("4 fits", PART, "R's x is N or more", w.wide.call),
        ("4 infinity", PART, "(e/s)·G and (r/s)·Q are the same point", plain(lambda: _doubled(source)).call),
        ("2", PART, "s = 1", w.one.call),
        ("2", PART, "s = N - 1", w.last.call),
        ("2", ALL, "N - s in place of s", twin),
        ("1", ALL, "r and s begin with a zero byte", w.short.call),
        ("1", PART, "r and s end with a zero byte", w.zeros.call),
        ("1", PART, "a space first and a line break last", w.spaced.call),
    ]
    for rule, stake, text, call in rows:
        assert not oracle(*call)[1], text
        rules = frozenset([rule] if rule else [])
        base = "two" * (not rule)
        yield Trial(call, Returns(True), rules, stake=stake, text=text, base=base, plain=not rule)


Row = tuple[str, Stake, str, Call]


def _lengths(w: Any) -> Iterator[Row]:
    signature, zeros = w.usual.signature, w.short.signature
    forms: dict[str, bytes] = {
        "the DER form": encode_dss_signature(w.usual.r, w.usual.s),
        "a zero byte behind": signature + b"\0",
        "another byte behind": signature + b"x",
        "a line break behind": signature + b"\n",
        "a zero byte before": b"\0" + signature,
        "r alone": signature[:32],
        "without its last byte": signature[:-1],
        "twice": signature * 2,
        "32 bytes more": signature + bytes(32),
        "a zero byte before s": signature[:32] + b"\0" + signature[32:],
        "a zero byte before r and before s": b"\0" + signature[:32] + b"\0" + signature[32:],
        "in hexadecimal": signature.hex().encode(),
        "in base64": base64.b64encode(signature),
    }
    stripped = {
        "r's leading zero byte is missing": zeros[1:],
        "s's leading zero byte is missing": zeros[:32] + zeros[33:],
        "both leading zero bytes are missing": zeros[1:32] + zeros[33:],
    }
    yield "1", PART, "the DER form, 70 bytes", (*w.even.call[:2], encode_dss_signature(w.even.r, w.even.s))
    yield "1", ALL, "empty", (w.usual.public, w.usual.message, b"")
    for text, form in forms.items():
        yield "1", PART, text, (w.usual.public, w.usual.message, form)
    for text, form in stripped.items():
        yield "1", PART, text, (w.short.public, w.short.message, form)
    yield "1", PART, "s's zero byte at the end is missing", (*w.zeros.call[:2], w.zeros.signature[:-1])


def _ranges(w: Any) -> Iterator[Row]:
    r, s = w.usual.r, w.usual.s
    yield "2", ALL, "r = s = 0", w.usual.but(0, 0)
    yield "2", HALF, "r = s = N", w.usual.but(N, N)
    yield "2", HALF, "r = N, s = 0", w.usual.but(N, 0)
    yield "2", HALF, "r = 0, s = N", w.usual.but(0, N)
    for text, pair in {"r = 0": (0, s), "s = 0": (r, 0), "r = N": (N, s), "s = N": (r, N)}.items():
        yield "2", PART, text, w.usual.but(*pair)
    yield "2", PART, "64 bytes ff", w.usual.but(2**256 - 1, 2**256 - 1)
    yield "2", PART, "r + N in place of r", w.wide.but(r=w.wide.r + N)
    yield "2", PART, "s + N in place of s", w.one.but(s=w.one.s + N)


def _points(source: random.Random, w: Any) -> Iterator[Row]:
    x, y = w.usual.public
    _, message, signature = w.usual.call
    _, m, forged = _for_nobody(source).call
    yield "3 none", ALL, "None, for which anyone can sign", (None, m, forged)
    yield "3 none", PART, "None", (None, message, signature)
    yield "3 none", ALL, "None, as if it were G", (None, *w.full.call[1:])
    yield "3 curve", HALF, "(x, 0), for which anyone can sign", ((x, 0), m, forged)
    yield "3 curve", HALF, "(0, 0), for which anyone can sign", ((0, 0), m, forged)
    for text in ("off the curve, and yet it fits", "another off the curve, and yet it fits"):
        yield "3 curve", PART, text, _off_the_curve(source, text[0] == "o").call
    yield "3 curve", PART, "(x, y + 1)", ((x, (y + 1) % FIELD), message, signature)
    yield "3 curve", PART, "(y, x)", ((y, x), message, signature)
    spelled = {
        "x + FIELD": (x + FIELD, y),
        "y + FIELD": (x, y + FIELD),
        "x - FIELD": (x - FIELD, y),
        "y - FIELD": (x, y - FIELD),
        "-y": (x, y - 2 * FIELD),
        "x of 400 bits": (x + FIELD * 2**144, y),
        "both + FIELD": (x + FIELD, y + FIELD),
    }
    for name, public in spelled.items():
        yield "3 range", PART, name, (public, message, signature)


SLIPS: dict[str, tuple[Stake, Callable[[bytes], Reads]]] = {
    "it fits the message itself": (PART, lambda m: lambda e, r, s: (r, number(m) * inverse(s) % N, r * inverse(s) % N)),
    "it fits SHA-512": (PART, lambda m: lambda e, r, s: (r, _sha512(m) * inverse(s) % N, r * inverse(s) % N)),
    "it fits SHA-1": (PART, lambda m: lambda e, r, s: (r, _sha1(m) * inverse(s) % N, r * inverse(s) % N)),
    "it fits the hash of the hash": (
        PART,
        lambda m: lambda e, r, s: (r, digest(hashlib.sha256(m).digest()) * inverse(s) % N, r * inverse(s) % N),
    ),
    "it fits G and the public point exchanged": (PART, lambda m: lambda e, r, s: (r, r * inverse(s), e * inverse(s))),
    "it fits s before r": (PART, lambda m: lambda e, r, s: (s, e * inverse(r), s * inverse(r))),
    "it fits a message with a byte more": (
        ALL,
        lambda m: lambda e, r, s: (r, digest(m + b"!") * inverse(s), r * inverse(s)),
    ),
    "it fits a message with a byte less": (
        ALL,
        lambda m: lambda e, r, s: (r, digest(m[:-1]) * inverse(s), r * inverse(s)),
    ),
    "it fits no message": (ALL, lambda m: lambda e, r, s: (r, digest(b"") * inverse(s), r * inverse(s))),
    "it fits every message": (ALL, lambda m: lambda e, r, s: (r, inverse(s), r * inverse(s))),
    "it fits the mirror image of the key": (ALL, lambda m: lambda e, r, s: (r, e * inverse(s), -r * inverse(s))),
    "it fits a difference in place of the sum": (ALL, lambda m: lambda e, r, s: (r, -e * inverse(s), r * inverse(s))),
    "it fits N - r": (PART, lambda m: lambda e, r, s: (N - r, e * inverse(s), r * inverse(s))),
    "it fits s for 1/s": (ALL, lambda m: lambda e, r, s: (r, e * s, r * s)),
}
"""Signatures that fit for whoever makes one slip. Those that are right to a slip of theirs are for nobody else."""


def _sha512(message: bytes) -> int:
    return number(hashlib.sha512(message).digest())


def _sha1(message: bytes) -> int:
    return number(hashlib.sha1(message).digest())  # noqa: S324 - wrong on purpose


def _misfits(source: random.Random, w: Any) -> Iterator[Row]:
    for text, (stake, reads) in SLIPS.items():
        message = message_of(source, 30)
        yield "4 fits", stake, text, made_for(source, message, reads(message)).call
    for place in (0, 1, 7, 8, 15, 16, 24, 30, 31):
        off = made_for(source, message_of(source, 30), _one_byte_off(1 << 8 * (31 - place)))
        yield "4 fits", ALL, f"byte {place} of R's x is another", off.call
    hashed = message_of(source, 32)
    reads = SLIPS["it fits the message itself"][1]
    yield "4 fits", ALL, "32 bytes, as if they were a hash", made_for(source, hashed, reads(hashed)).call
    yield "4 fits", PART, "R's y is r", _by_height(source).call
    _, message, signature = w.usual.call
    yield "4 fits", ALL, "another's key", (w.other.public, message, signature)
    yield "4 fits", ALL, "G for a key", (G, message, signature)
    yield "4 infinity", PART, "(e/s)·G and (r/s)·Q cancel out", _cancelled(source).call


def _one_byte_off(changed: int) -> Reads:
    return lambda e, r, s: (r ^ changed, e * inverse(s), r * inverse(s))


def _in_turn(w: Any) -> Iterator[Trial]:
    public, message, signature = w.usual.call
    others: dict[str, Call] = {
        "under another key": (w.other.public, message, signature),
        "for another message": (public, w.other.message, signature),
        "with another signature": (public, message, w.twin.signature),
    }
    yes, no, rules = Returns(True), Refuses(), frozenset(["4 fits"])
    for text, call in others.items():
        yield Trial(w.usual.call, InTurn((yes, no)), rules, True, ALL, f"good, and then {text}", more=(call,))
    call = others["under another key"]
    yield Trial(call, InTurn((no, yes)), rules, True, ALL, "under another key, and then good", more=(w.usual.call,))


# -- known mistakes ---------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def times(k: int, p: Point) -> Point:
    """Remembered, because the known mistakes mostly ask for the same multiples."""
    return point(k) if p == G else p256.scalar_mul(k, p)


@dataclass(frozen=True)
class Verify:
    """A right ecdsa_verify, of parts that can be got wrong one by one."""

    length: Callable[[int], bool] = lambda size: size == 64
    split: Callable[[bytes], tuple[bytes, bytes]] = lambda data: (data[:32], data[32:64])
    order: Any = "big"
    r_fits: Callable[[int], bool] = lambda r: 1 <= r < N
    s_fits: Callable[[int], bool] = lambda s: 1 <= s < N
    none: Callable[[Any], bool] = lambda public: public is not None
    coordinates: Callable[[int, int], bool] = lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD
    on_curve: Callable[[int, int], bool] = lambda x, y: (y * y - x**3 - A * x - B) % FIELD == 0
    hashed: Callable[[bytes], int] = digest
    invert: Callable[[int], int] = lambda s: pow(s, -1, N)
    reads: Callable[[int, int, int], tuple[int, int, int]] = lambda e, r, w: (r, e * w % N, r * w % N)
    infinity: Callable[[int], Any] = lambda r: False
    x_is: Callable[[int, int], bool] = lambda x, r: x % N == r

    def __call__(self, public: Point, message: bytes, signature: bytes) -> Any:
        """Verify a signature."""
        if not self.length(len(signature)):
            return False
        r, s = (int.from_bytes(half, self.order) for half in self.split(signature))
        if not (self.r_fits(r) and self.s_fits(s)):
            return False
        if not self.none(public):
            return False
        if public is not None and not (self.coordinates(*public) and self.on_curve(*public)):
            return False
        wanted, of_g, of_q = self.reads(self.hashed(message), r, self.invert(s))
        total = p256.point_add(times(of_g % N, G), times(of_q % N, public))
        return self.infinity(r) if total is None else self.x_is(total[0], wanted)


VERIFY = Verify()


def _rest(data: bytes) -> tuple[bytes, bytes]:
    return data[:32], data[32:]


def _middle(data: bytes) -> tuple[bytes, bytes]:
    return data[: len(data) // 2], data[len(data) // 2 :]


def _x_of(public: Any) -> Any:
    return public[0]


def _forgiving(*args: Any) -> Any:
    try:
        return replace(VERIFY, r_fits=anything, s_fits=anything)(*args)
    except ValueError:
        return False


_FERMAT = replace(VERIFY, invert=lambda s: pow(s, N - 2, N))

MISTAKES: Mistakes = {
    RETURNS: {
        "It refuses good signatures as well. Do point_add and scalar_mul pass their own checks? If so, print r and the "
        "x of R for a signature that `ecdsa_sign` made, and compare. Usual slips: the message itself, or another hash "
        "than its SHA-256; bytes read with 'little'; r and s, or G and the public point, exchanged; a division by s "
        "that is not `pow(s, -1, N)`.": lambda public, message, signature: False,
    },
    "1": {
        "A signature of more or fewer bytes passes. An ES256 signature has exactly 64.": replace(
            VERIFY, length=anything
        ),
        "A signature with zero bytes too many before s, or too few, passes: s is the same number. An ES256 signature "
        "has exactly 64 bytes.": replace(VERIFY, length=anything, split=_rest),
        "A longer signature passes: with zero bytes before s, s is the same number. It must have exactly 64 "
        "bytes.": replace(VERIFY, length=lambda size: size >= 64, split=_rest),
        "A shorter signature passes: without the leading zero bytes of s, s is the same number. It must have exactly "
        "64 bytes.": replace(VERIFY, length=lambda size: size <= 64, split=_rest),
        "A signature of another length passes, with its halves for r and s. It must have exactly 64 bytes; a shorter "
        "one lost its leading zero bytes.": replace(VERIFY, length=anything, split=_middle),
    },
    "2": {
        "A signature of 64 zero bytes fits every message. That was Java's CVE-2022-21449. Check the range of r and s: "
        "1 ≤ … < N.": replace(_FERMAT, r_fits=anything, s_fits=anything, infinity=lambda r: r == 0),
        "An s of zero ends in an error of `pow`, and s + N passes as another spelling of s. Check the range of r and "
        "s: 1 ≤ … < N.": replace(VERIFY, r_fits=anything, s_fits=anything),
        "It accepts an r or s of N or more. They must be below N (not FIELD), or s + N passes as another spelling "
        "of s.": replace(VERIFY, r_fits=lambda r: r > 0, s_fits=lambda s: s > 0),
        "Zeros are refused, but s + N passes as another spelling of s. Check the range: 1 ≤ … < N.": _forgiving,
        "It refuses an s in the upper half. Some systems ask for that, JWS does not: (r, N - s) verifies.": replace(
            VERIFY, s_fits=lambda s: 1 <= s <= N // 2
        ),
    },
    "3 none": {
        "None for a public point ends in a TypeError: it has no coordinates. Look for it first: False.": replace(
            VERIFY, none=_x_of
        ),
        "None passes for a public point. It is the point at infinity, and for that anyone can sign.": replace(
            VERIFY, none=anything
        ),
    },
    "3 range": {
        "A coordinate below 0 or from FIELD on passes. Check 0 ≤ x, y < FIELD, or one key has several "
        "spellings.": replace(VERIFY, coordinates=anything),
        "A coordinate below 0 passes. Check 0 ≤ x, y < FIELD, or one key has several spellings.": replace(
            VERIFY, coordinates=lambda x, y: x < FIELD and y < FIELD
        ),
        "A coordinate from FIELD on passes. Check 0 ≤ x, y < FIELD, or one key has several spellings.": replace(
            VERIFY, coordinates=lambda x, y: x >= 0 and y >= 0
        ),
    },
    "3 curve": {
        "A public point off the curve passes. For some that are, anyone can sign.": replace(VERIFY, on_curve=anything),
    },
    "4 fits": {
        "A good signature is refused where R's x is N or more. r was taken modulo N, so compare that.": replace(
            VERIFY, x_is=lambda x, r: x == r
        ),
    },
    "4 infinity": {
        "Where the sum is None, the point at infinity, it ends in a TypeError: that has no x. Return False.": replace(
            VERIFY, infinity=lambda r: _x_of(None)
        ),
    },
}

ecdsa_verify = Exercise(
    name="ecdsa_verify",
    points=10,
    spec="RFC 7518 §3.4, FIPS 186-5 §6.4.2",
    forbids=LIBRARIES,
    seconds=5,
    hints=(
        "Do it in two halves. First the conditions that need no curve: the length, the range of r and s, the public "
        "point. Then the formula. See that your `point_add` and `scalar_mul` pass first: a mistake there looks like a "
        "signature that does not fit.",
        "r is the number in the first 32 bytes, s in the last 32, both with `int.from_bytes(…, 'big')`; outside "
        "`1 ≤ … < N` return False. The public point must not be None, have both coordinates in `0 ≤ … < FIELD`, and "
        "satisfy the curve's equation. Then `w = pow(s, -1, N)`, and R is (e·w)·G + (r·w)·public.",
        "`e = int.from_bytes(hashlib.sha256(message).digest(), 'big')`, `R = point_add(scalar_mul(e * w % N, G), "
        "scalar_mul(r * w % N, public))`, and at last `return R is not None and R[0] % N == r`. Stuck on the points? "
        "`given.point_add` and `given.scalar_mul` work here.",
    ),
    rules=RULES,
    source=written(trials),
    mistakes=MISTAKES,
)
