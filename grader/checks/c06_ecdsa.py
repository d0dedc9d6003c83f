"""Chapter 06: P-256 in whole numbers, ES256 verified by hand, a private key out of two signatures.

The expected values come from `cryptography`, which computes with points in another way than the lesson does. Every
point here is made of a known number, so that sums and multiples are known too: aG + bG = (a + b)G.
"""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from jwt_from_scratch.services import p256
from jwt_from_scratch.services.p256 import FIELD, A, B, G, N, Point

from ..judging.legacy.case import Case, exercise

_LIBRARIES = (
    "cryptography",
    "jwt",
    "joserfc",
    "jwt_from_scratch.jwt",
    "jwt_from_scratch.jws",
    "jwt_from_scratch.keys",
    "jwt_from_scratch.jwk",
    "jwt_from_scratch.material",
    "jwt_from_scratch.algorithms",
)


def _point(k: int) -> Point:
    """k times G, computed by the library."""
    if k % N == 0:
        return None
    numbers = ec.derive_private_key(k % N, ec.SECP256R1()).public_key().public_numbers()
    return numbers.x, numbers.y


def _known(k: int) -> tuple[int, int]:
    """The same for a k of which it is known that it gives no infinity."""
    point = _point(k)
    assert point is not None
    return point


def _hash(message: bytes) -> int:
    return int.from_bytes(hashlib.sha256(message).digest(), "big")


def _raw(message: bytes) -> int:
    return int.from_bytes(message, "big")


def _sha512(message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(message).digest(), "big")


def _join(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _sign(d: int, message: bytes, k: int) -> tuple[int, int]:
    """ECDSA with a given nonce (FIPS 186-5 §6.4.1)."""
    r = _known(k)[0] % N
    return r, (_hash(message) + r * d) * pow(k, -1, N) % N


def _scalar(random: Random) -> int:
    return random.randrange(2**200, N)


# -- point_add --------------------------------------------------------------------------------------------------------


@exercise(
    "point_add",
    points=5,
    spec="SEC 1 §2.2.1, NIST SP 800-186 Appendix A.1.1; for the place in JOSE, RFC 7518 §3.4",
    forbids=(*_LIBRARIES, "jwt_from_scratch"),
    seconds=3,
    hints=(
        "There are four cases, and their order matters: one of the two is None; the two lie one above the other; they "
        "are the same point; all others. Only the last two need a slope.",
        "The slope is a fraction, and in this field you divide by multiplying with the inverse: `pow(run, -1, FIELD)`. "
        "For two different points rise and run are the differences of y and of x; for one point twice they are "
        "`3 * x * x + A` and `2 * y`. Reduce both new coordinates `% FIELD`.",
        "`if p is None: return q`, likewise q. `if x1 == x2 and (y1 + y2) % FIELD == 0: return None`. Then `slope = "
        "rise * pow(run, -1, FIELD) % FIELD`, `x = (slope * slope - x1 - x2) % FIELD` and `y = (slope * (x1 - x) - y1) "
        "% FIELD`.",
    ),
)
def point_add(case: Case) -> None:
    """Two points in, their sum out."""
    a, b = _scalar(case.random), _scalar(case.random)
    p, q = _point(a), _point(b)
    minus = "P and its mirror image lie one above the other; their sum is the point at infinity, None."
    neutral = "None is the point at infinity: added to a point, it changes nothing."
    line = (
        "The line through two points meets the curve again; the sum is the mirror image. All numbers stay whole: "
        "a division is `pow(run, -1, FIELD)`, and the coordinates are taken `% FIELD`."
    )
    case.equal((p, q), _point(a + b), why=line)
    case.equal((q, p), _point(a + b), why="Which of the two comes first makes no difference.")
    case.equal((G, _point(2)), _point(3))
    case.equal((G, G), _point(2), why="For one point twice the line is the tangent.")
    case.equal((p, p), _point(2 * a), why="For one point twice the line is the tangent.")
    case.equal((p, _point(-2 * a)), _point(-a), why="This line touches the curve in P.")
    case.equal((_point(-a), p), None, why=minus)
    case.equal((G, _point(-1)), None, why=minus)
    case.equal((p, None), p, why=neutral)
    case.equal((None, q), q, why=neutral)
    case.equal((None, None), None, why=neutral)
    for _ in range(4):
        a, b = _scalar(case.random), _scalar(case.random)
        case.equal((_point(a), _point(b)), _point(a + b))
    _add_mistakes(case)


def _add_mistakes(case: Case) -> None:
    case.mistake(
        _add_with(doubles=False),
        "For P + P both differences are zero, and zero has no inverse. One point twice takes the tangent: "
        "rise 3x² + A, run 2y.",
    )
    case.mistake(
        _add_with(opposite=False),
        "A point and its mirror image have the same x, so the run is zero and has no inverse. Their sum is None. "
        "-y is FIELD - y here, so look whether y1 + y2 is 0 modulo FIELD.",
    )
    case.mistake(
        _add_with(same=lambda p, q: p[0] == q[0], opposite=False),
        "Equal x alone does not make them the same point: it may be the mirror image, and then the sum is None.",
    )
    case.mistake(
        _add_with(opposite_is=lambda p, q: p[0] == q[0]),
        "Equal x alone does not make them mirror images: it may be the same point twice. Look at y, too.",
    )
    case.mistake(_add_with(divide=lambda rise, run: rise / run), _DIVISION)
    case.mistake(
        _add_with(divide=lambda rise, run: rise // run),
        "`//` drops the remainder, and with it the right answer. Divide by multiplying with the inverse, "
        "`pow(run, -1, FIELD)`.",
    )
    case.mistake(
        _add_with(modulus=N),
        "It computes modulo N. Coordinates live modulo FIELD; N only counts how many points there are.",
    )
    case.mistake(
        _add_with(mirror=False),
        "This is the third point on the line. The sum is its mirror image: y with the other sign.",
    )
    case.mistake(
        _add_with(reduce=False),
        "The coordinates are not reduced. Take both `% FIELD`, so that each point has one spelling.",
    )
    case.mistake(_add_with(a=0), "The tangent's rise is 3x² + A, and A is -3 on this curve, not 0.")
    case.mistake(_add_with(a=3), "The tangent's rise is 3x² + A, and A is -3 on this curve: 3x² - 3.")
    case.mistake(_add_with(twice=1), "The tangent's run is 2y, not y.")
    case.mistake(
        _add_with(none=lambda p, q: None),
        "None plus a point is that point, not None: it plays the part of zero.",
    )
    case.mistake(
        _add_with(none=lambda p, q: (p[0], q[0])), "None has no coordinates: look whether p or q is None first."
    )
    case.mistake(_add_with(infinity=(0, 0)), "The point at infinity is None here. (0, 0) is not on the curve.")
    case.mistake(_add_with(made=list), "A point is a tuple (x, y), not a list.")
    case.mistake(
        lambda p, q: None if p is None or q is None else ((p[0] + q[0]) % FIELD, (p[1] + q[1]) % FIELD),
        "Adding x to x and y to y gives no point of the curve. The sum comes from the line through both.",
    )


_DIVISION = (
    "`/` makes a float, with 53 bits for a number of 256. Divide by multiplying with the inverse, "
    "`pow(run, -1, FIELD)`."
)


def _add_with(
    doubles: bool = True,
    opposite: bool = True,
    same: Callable[[Any, Any], bool] = lambda p, q: bool(p == q),
    opposite_is: Callable[[Any, Any], bool] = lambda p, q: p[0] == q[0] and (p[1] + q[1]) % FIELD == 0,
    divide: Callable[[int, int], Any] | None = None,
    modulus: int = FIELD,
    mirror: bool = True,
    reduce: bool = True,
    a: int = A,
    twice: int = 2,
    none: Callable[[Any, Any], Any] = lambda p, q: q if p is None else p,
    infinity: Any = None,
    made: Callable[[Any], Any] = tuple,
) -> Callable[[Any, Any], Any]:
    """point_add with one part to be got wrong."""

    def wrong(p: Any, q: Any) -> Any:
        if p is None or q is None:
            return none(p, q)
        if opposite and opposite_is(p, q):
            return infinity
        if doubles and same(p, q):
            rise, run = 3 * p[0] ** 2 + a, twice * p[1]
        else:
            rise, run = q[1] - p[1], q[0] - p[0]
        slope = divide(rise, run) if divide else rise * pow(run, -1, modulus) % modulus
        x = slope * slope - p[0] - q[0]
        y = slope * (p[0] - x) - p[1]
        if not mirror:
            y = -y
        return made([x % modulus, y % modulus] if reduce else [x, y])

    return wrong


# -- scalar_mul -------------------------------------------------------------------------------------------------------


@exercise(
    "scalar_mul",
    points=5,
    spec="SEC 1 §2.2.1; for the key pair that it makes, RFC 7518 §6.2",
    forbids=(*_LIBRARIES, "jwt_from_scratch.services.p256.scalar_mul"),
    seconds=3,
    slow="k has 77 digits, so adding one by one never ends: double. And a function that calls itself twice for one k "
    "computes everything twice: keep the result, and double that.",
    hints=(
        "Adding the point k times would never end: k has 77 digits. Doubling goes faster: from P to 2P, 4P, 8P, 16P "
        "takes four additions. Which of these do you need for 13P?",
        "13 is 1101 in binary, so 13P = 8P + 4P + P. Walk through the bits of k, the lowest first, double "
        "the point at each step, and add it to a total where the bit is 1. The total starts at None.",
        "`total = None`, then `while k > 0:` with `if k % 2 == 1: total = point_add(total, p)`, `p = point_add(p, p)`, "
        "`k = k // 2`; at the end `return total`. If it fails although it looks right, see whether `point_add` passes "
        "its own check; `given.point_add` works here, too.",
    ),
)
def scalar_mul(case: Case) -> None:
    """A number and a point in, the multiple out; the learner's own point_add does the adding."""
    a = _scalar(case.random)
    p = _point(a)
    own = "Does point_add pass its own check?"
    for k in (2, 3, 1, 5, 6):
        case.equal((k, p), _point(k * a), why=own)
    case.equal((0, p), None, why="Nothing added up is the point at infinity, None.")
    case.equal((0, None), None)
    for k in (_scalar(case.random), 2**255 + case.random.randrange(2**100)):
        case.equal((k, G), _point(k), why=own)
    k = case.random.randrange(2**200)
    case.equal((k, p), _point(k * a), why=own)
    big = "k may be N or more; after N steps it begins again."
    case.equal((N - 1, p), _point(-a), why="N - 1 times a point is its mirror image.")
    case.equal((N, p), None, why="N times any point of this curve is the point at infinity, None.")
    case.equal((N + 5, p), _point(5 * a), why=big)
    k = 2**256 + case.random.randrange(2**255, 2**256)
    case.equal((k, G), _point(k), why=big)
    case.equal((case.random.randrange(2**100), None), None, why="Infinity added to itself stays infinity.")
    _mul_mistakes(case)


def _mul_mistakes(case: Case) -> None:
    add = p256.point_add

    def plain(k: int, p: Point) -> Any:
        return p256.scalar_mul(k, p)

    def coordinates(k: int, p: Point) -> Any:
        return p and (k * p[0] % FIELD, k * p[1] % FIELD)

    def refusing(k: int, p: Point) -> Any:
        if not 0 < k < N:
            raise ValueError("k is out of range")
        return plain(k, p)

    def forward(k: int, p: Point) -> Point:
        total = None
        for bit in bin(k)[2:]:
            if bit == "1":
                total = add(total, p)
            p = add(p, p)
        return total

    def late(k: int, p: Point) -> Point:
        total = None
        for bit in bin(k)[2:]:
            if bit == "1":
                total = add(total, p)
            total = add(total, total)
        return total

    def early(k: int, p: Point) -> Point:
        total = None
        while k:
            p = add(p, p)
            if k & 1:
                total = add(total, p)
            k >>= 1
        return total

    def impatient(k: int, p: Point) -> Point:
        total = None
        while k > 1:
            if k & 1:
                total = add(total, p)
            p = add(p, p)
            k >>= 1
        return total

    def never_doubled(k: int, p: Point) -> Any:
        return plain(k.bit_count(), p)

    def doubling_only(k: int, p: Point) -> Point:
        for _ in range(k.bit_length() - 1):
            p = add(p, p)
        return p if k else None

    case.mistake(
        coordinates, "k times a point is not k times its coordinates: it is the point added to itself with point_add."
    )
    case.mistake(
        forward,
        "The bits are taken from the wrong end: while p is doubled, the last bit of k comes first.",
    )
    case.mistake(
        late, "The total is doubled once too often: double before adding, not after, and the result is k times p."
    )
    case.mistake(early, "p is doubled before it is added, so the result is 2k times p. Add first, then double.")
    case.mistake(impatient, "The loop ends one bit too early, and the highest bit of k is never added.")
    case.mistake(doubling_only, "It only doubles. Where a bit of k is 1, the point must also be added to the total.")
    case.mistake(
        never_doubled,
        "Nothing is ever doubled, so each 1 among k's bits counts as one p, wherever it stands. Double at each bit.",
    )
    case.mistake(
        lambda k, p: add(plain(k, p), p),
        "It comes out as (k + 1) times p. Start the total at None, not at p.",
    )
    case.mistake(
        lambda k, p: plain(k, p) if k else p,
        "0 times a point is not the point. Nothing added up is the point at infinity, None.",
    )
    case.mistake(
        lambda k, p: plain(k, p) if k else (0, 0),
        "0 times a point is None, the point at infinity. (0, 0) is not on the curve.",
    )
    case.mistake(
        refusing,
        "Every k from 0 on has an answer here, also k = 0 and k ≥ N. Nothing needs to be refused.",
    )
    case.mistake(
        lambda k, p: plain(k % FIELD, p),
        "k is reduced modulo FIELD. The multiples of a point repeat after N of them; FIELD is for coordinates.",
    )
    case.mistake(
        lambda k, p: plain(k % 2**256, p),
        "It looks at 256 bits of k only. k may be longer; go on until no bit is left.",
    )


# -- ecdsa_verify -----------------------------------------------------------------------------------------------------


@exercise(
    "ecdsa_verify",
    points=10,
    spec="RFC 7518 §3.4, FIPS 186-5 §6.4.2",
    forbids=_LIBRARIES,
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
)
def ecdsa_verify(case: Case) -> None:
    """A public point, bytes and a signature in, yes or no out."""
    signed = _Signed.fresh(case.random)
    own = "This signature is good. Do point_add and scalar_mul pass their own checks?"
    case.equal(signed.call(), True, why=own)
    empty = _Signed.fresh(case.random, b"")
    case.equal(empty.call(), True, why="Any bytes can be signed, even none.")
    case.equal(
        signed.call(s=N - signed.s),
        True,
        why="(r, N - s) is the other spelling of the signature (r, s), and the standard accepts both.",
    )
    short = _short_signature(case.random)
    case.equal(short.call(), True, why="r and s may begin with zero bytes: their width is always 32.")
    _corners(case)
    _bad_fits(case, signed)
    _bad_numbers(case, signed)
    _bad_lengths(case, signed, short)
    _bad_points(case, signed)
    _verify_mistakes(case)


@dataclass(frozen=True)
class _Signed:
    """A signature and all that belongs to it."""

    d: int
    public: Point
    message: bytes
    r: int
    s: int

    @classmethod
    def fresh(cls, random: Random, message: bytes | None = None) -> "_Signed":
        d = _scalar(random)
        message = random.randbytes(40) if message is None else message
        return cls(d, _point(d), message, *_sign(d, message, _scalar(random)))

    def call(self, r: int | None = None, s: int | None = None) -> tuple[Point, bytes, bytes]:
        return self.public, self.message, _join(self.r if r is None else r, self.s if s is None else s)


def _short_signature(random: Random) -> _Signed:
    """One whose r and s both begin with a zero byte: about 256 tries each."""
    d = _scalar(random)
    k = next(k for k in iter(lambda: _scalar(random), 0) if _known(k)[0] % N < 2**248)
    r = _known(k)[0] % N
    inverse = pow(k, -1, N)
    for message in iter(lambda: random.randbytes(20), b""):
        s = (_hash(message) + r * d) * inverse % N
        if s < 2**248:
            return _Signed(d, _point(d), message, r, s)
    raise AssertionError


def _corners(case: Case) -> None:
    """Good signatures that few people ever meet, and one that leads to the point at infinity."""
    message, k = case.random.randbytes(30), _scalar(case.random)
    r = _known(k)[0] % N
    d = _hash(message) * pow(r, -1, N) % N
    s = 2 * _hash(message) * pow(k, -1, N) % N
    case.equal(
        (_point(d), message, _join(r, s)),
        True,
        why="Here (e/s)·G and (r/s)·Q are the same point, so point_add has to double.",
    )
    case.refuses(
        (_point(-d), message, _join(r, s)),
        why="Here (e/s)·G and (r/s)·Q cancel out. The sum is None, which has no x: return False.",
    )
    wide = _wide_x(case.random)
    case.equal(wide.call(), True, why="R's x may be N or more: it is reduced modulo N, then compared with r.")
    case.refuses(wide.call(r=wide.r + N), why="r must be below N. This one is r + N: the same number modulo N.")
    small = _small_s(case.random)
    case.equal(small.call(), True, why="A small s is as good as any.")
    case.refuses(small.call(s=small.s + N), why="s must be below N. This one is s + N: the same number modulo N.")


def _wide_x(random: Random) -> _Signed:
    """A signature whose point R has an x of N or more. R comes first; the key is computed to fit it."""
    for x in iter(lambda: random.randrange(N, FIELD), 0):
        square = (x**3 + A * x + B) % FIELD
        y = pow(square, (FIELD + 1) // 4, FIELD)
        if y * y % FIELD == square:
            message, s, r = random.randbytes(30), _scalar(random), x - N
            # R = (e/s)·G + (r/s)·Q, so Q = (s/r)·R - (e/r)·G. Nobody knows its private key.
            minus = _known(-_hash(message) * pow(r, -1, N))
            public = p256.point_add(_mul(s * pow(r, -1, N) % N, (x, y)), minus)
            return _Signed(0, public, message, r, s)
    raise AssertionError


def _small_s(random: Random) -> _Signed:
    """A signature with s = 1, so small that s + N still fits in 32 bytes. The key is computed to fit."""
    message, k, s = random.randbytes(30), _scalar(random), 1
    r = _known(k)[0] % N
    d = (s * k - _hash(message)) * pow(r, -1, N) % N
    return _Signed(d, _point(d), message, r, s)


def _bad_fits(case: Case, signed: _Signed) -> None:
    why = "The signature does not fit the message and the key."
    public, message, signature = signed.call()
    case.refuses((public, message + b"!", signature), why=why, vital=True)
    case.refuses((_point(_scalar(case.random)), message, signature), why=why, vital=True)
    case.refuses((public, message, _join(signed.s, signed.r)), why="r comes first, then s.")
    case.refuses((public, message, case.random.randbytes(31) + b"\1" + signature[32:]), why=why, vital=True)
    case.refuses((public, message, signature[:-1] + bytes([signature[-1] ^ 1])), why=why)
    # Signatures that fit something else than ECDSA with SHA-256: each tells one slip from all others.
    k = _scalar(case.random)
    r = _known(k)[0] % N
    for slip, top in (
        ("It fits the message itself; what is signed is its SHA-256.", _raw(message) + r * signed.d),
        ("It fits another hash than SHA-256.", _sha512(message) + r * signed.d),
        (
            "It fits r/s times G and e/s times the public point; it must be the other way round.",
            r + _hash(message) * signed.d,
        ),
    ):
        case.refuses((public, message, _join(r, top * pow(k, -1, N) % N)), why=slip)
    reverse = signature[:32][::-1] + signature[32:][::-1]
    case.refuses((public, message, reverse), why="These are r and s with their last byte first; they are big-endian.")


def _bad_numbers(case: Case, signed: _Signed) -> None:
    why = "r and s must be at least 1 and below N. With zero in their place every message can be made to fit."
    for r, s in ((0, 0), (0, signed.s), (signed.r, 0), (N, N), (N, signed.s), (signed.r, N)):
        case.refuses(signed.call(r, s), why=why, vital=(r, s) == (0, 0))
    case.refuses((signed.public, signed.message, b"\xff" * 64), why=why)


def _bad_lengths(case: Case, signed: _Signed, short: _Signed) -> None:
    why = "An ES256 signature has exactly 64 bytes (RFC 7518 §3.4)."
    public, message, signature = signed.call()
    der = encode_dss_signature(signed.r, signed.s)
    case.refuses((public, message, der), why="This is the DER form of the signature. ES256 is r and s, 32 bytes each.")
    case.refuses((public, message, b""), why=why)
    case.refuses((public, message, signature + b"\0"), why=why)
    case.refuses((public, message, b"\0" + signature), why=why)
    case.refuses((public, message, signature[:32]), why=why)
    case.refuses((public, message, signature * 2), why=why)
    case.refuses((public, message, signature[:32] + b"\0" + signature[32:]), why="A zero byte stands before s. " + why)
    public, message, signature = short.call()
    case.refuses((public, message, signature[1:]), why="r's leading zero byte is missing. " + why)
    case.refuses((public, message, signature[:32] + signature[33:]), why="s's leading zero byte is missing. " + why)
    case.refuses((public, message, signature[1:32] + signature[33:]), why="Two leading zero bytes are missing. " + why)


def _bad_points(case: Case, signed: _Signed) -> None:
    public, message, signature = signed.call()
    assert public is not None
    x, y = public
    why = "The public point is not on the curve. The formulas go on all the same, and mean nothing."
    case.refuses(((x, (y + 1) % FIELD), message, signature), why=why)
    case.refuses(((y, x), message, signature), why="x and y have changed places: that is no point of the curve.")
    spelling = "A coordinate is at least 0 and below FIELD. This is another spelling of the point."
    case.refuses(((x + FIELD, y), message, signature), why=spelling)
    case.refuses(((x, y - FIELD), message, signature), why=spelling)
    # Anyone can make these: on a curve that never was, twice (x, 0) is infinity, and Q falls out of the sum.
    forged = _without_q(case.random, message)
    case.refuses((None, message, forged), why="Infinity is no public key: anyone can sign for it.", vital=True)
    case.refuses(((x, 0), message, forged), why=why + " Anyone can sign for this one.", grave=True)
    case.refuses(((0, 0), message, forged), why=why + " Anyone can sign for this one.")


def _without_q(random: Random, message: bytes) -> bytes:
    """A signature that fits whenever u2·Q is infinity; u2 is even, so 2·Q = infinity is enough."""
    for s in iter(lambda: _scalar(random), 0):
        r = _known(_hash(message) * pow(s, -1, N))[0] % N
        if r * pow(s, -1, N) % N % 2 == 0:
            return _join(r, s)
    raise AssertionError


def _verify_mistakes(case: Case) -> None:
    case.mistake(lambda public, message, signature: True, "It says True to everything, whatever the signature.")
    case.mistake(
        lambda public, message, signature: False,
        "It refuses good signatures as well. Do point_add and scalar_mul pass their own checks? If so, print r and the "
        "x of R for a signature that `ecdsa_sign` made, and compare.",
    )
    case.mistake(
        _verify_with(in_range=lambda n: True, inverse=lambda s: pow(s, N - 2, N), at_infinity=lambda r: r % N == 0),
        "The range of r and s is not checked, and a signature of 64 zero bytes fits every message. That was Java's "
        "CVE-2022-21449.",
    )
    case.mistake(
        _verify_with(in_range=lambda n: True),
        "The range of r and s is not checked: at least 1, below N. Here an s of zero ends in an error of `pow`, and "
        "s + N passes as another spelling of s.",
    )
    case.mistake(
        _verify_with(in_range=lambda n: True, reduce_r=True),
        "The range of r and s is not checked: at least 1, below N. Here an s of zero ends in an error of `pow`, and "
        "r + N and s + N pass as other spellings of r and s.",
    )
    case.mistake(
        _verify_with(s_in_range=lambda n: True),
        "The range of s is not checked: at least 1, below N. Here a zero ends in an error of `pow`, and s + N passes "
        "as another spelling of s.",
    )
    case.mistake(
        _verify_with(in_range=lambda n: n > 0),
        "r and s may be N or more here. They must be below N (not FIELD), or s + N passes as another spelling of s.",
    )
    case.mistake(
        _verify_with(in_range=lambda n: 1 <= n <= N),
        "N itself is out of range, too: modulo N it is zero. The range is 1 ≤ … < N.",
    )
    case.mistake(
        _verify_with(low_s=True),
        "It refuses an s in the upper half. Some systems ask for that, JWS does not: (r, N - s) verifies.",
    )
    case.mistake(
        _verify_with(length=lambda n: True),
        "The length is not checked. An ES256 signature has exactly 64 bytes.",
    )
    case.mistake(
        _verify_with(length=lambda n: n >= 64),
        "A longer signature passes, because only its first 64 bytes are read. It must have exactly 64.",
    )
    case.mistake(
        _verify_with(length=lambda n: True, split=lambda data: (data[:32], data[32:])),
        "The length is not checked, and all that stands behind r is read as s: zero bytes may be added before s, or be "
        "missing there. An ES256 signature has exactly 64 bytes.",
    )
    case.mistake(
        _verify_with(length=lambda n: n >= 64, split=lambda data: (data[:32], data[32:])),
        "A longer signature passes: with zero bytes before s, s is the same number. It must have exactly 64 bytes.",
    )
    case.mistake(
        _verify_with(length=lambda n: n <= 64, split=lambda data: (data[:32], data[32:])),
        "A shorter signature passes: without the leading zero bytes of s, s is the same number. It must have exactly "
        "64 bytes.",
    )
    case.mistake(
        _verify_with(split=lambda data: (data[: len(data) // 2], data[len(data) // 2 :]), length=lambda n: True),
        "It cuts the signature in the middle, however long it is. It must have exactly 64 bytes; a shorter one lost "
        "its leading zero bytes.",
    )
    case.mistake(
        _verify_with(on_curve=False),
        "It never looks whether the public point is on the curve. For some points that are not, anyone can sign.",
    )
    case.mistake(
        _verify_with(on_curve=False, none=True),
        "The public point is not checked, neither for the curve nor for None. For None anyone can sign.",
    )
    case.mistake(
        _verify_with(on_curve=False, none=True, canonical=False),
        "The public point is not checked at all: not for None, not for 0 ≤ x, y < FIELD, not for the curve. For None, "
        "and for some points that are on no such curve, anyone can sign.",
    )
    case.mistake(
        _verify_with(on_curve=False, none=True, canonical=False, stumbles=True),
        "The public point is not checked at all: not for None, not for 0 ≤ x, y < FIELD, not for the curve. For None "
        "anyone can sign, and some points end in an error of your point_add.",
    )
    case.mistake(
        _verify_with(on_curve=False, stumbles=True),
        "It never looks whether the public point is on the curve. Here only an error of your point_add keeps out one "
        "for which anyone can sign.",
    )
    case.mistake(
        _verify_with(canonical=False),
        "A coordinate below 0 or from FIELD on passes. Check 0 ≤ x, y < FIELD, or one key has several spellings.",
    )
    case.mistake(
        _verify_with(infinity_fails=False),
        "The sum may be None, the point at infinity, which has no x. Look at that first, and return False.",
    )
    case.mistake(
        _verify_with(reduce_x=False),
        "R's x is compared with r as it is. It has to be taken modulo N first, because r was.",
    )
    case.mistake(
        _verify_with(modulus=FIELD),
        "The division by s goes wrong. It is neither `//` nor `pow(…, -1, FIELD)`: e, r and s count points, so they "
        "live modulo N, and the inverse is `pow(s, -1, N)`.",
    )
    case.mistake(
        _verify_with(refuse=True),
        "A bad signature raises an exception. The answer to a bad signature is False.",
    )
    case.mistake(
        _verify_with(in_range=lambda n: True, forgiving=True),
        "Zeros are refused, but s + N passes as another spelling of s. Check the range: 1 ≤ … < N.",
    )
    case.mistake(
        _verify_with(digest=_raw),
        "The message itself is used. What is signed is its SHA-256.",
    )
    case.mistake(
        _verify_with(digest=_sha512),
        "ES256 hashes with SHA-256, not with another hash.",
    )
    case.mistake(
        _verify_with(order="little"),
        "The bytes are read from the wrong end. Numbers are big-endian here: `int.from_bytes(…, 'big')`.",
    )
    case.mistake(
        _verify_with(swapped=True),
        "r and s have changed places: r is in the first 32 bytes.",
    )
    case.mistake(
        _verify_with(crossed=True),
        "G and the public point have changed places: e/s belongs to G, r/s to the public point.",
    )


@functools.lru_cache(maxsize=4096)
def _mul(k: int, p: Point) -> Point:
    """Remembered, because the known mistakes mostly ask for the same multiples."""
    return _point(k) if p == G else p256.scalar_mul(k, p)


def _verify_with(
    in_range: Callable[[int], bool] = lambda n: 1 <= n < N,
    s_in_range: Callable[[int], bool] | None = None,
    reduce_r: bool = False,
    inverse: Callable[[int], int] | None = None,
    at_infinity: Callable[[int], bool] = lambda r: False,
    low_s: bool = False,
    length: Callable[[int], bool] = lambda n: n == 64,
    split: Callable[[bytes], tuple[bytes, bytes]] = lambda data: (data[:32], data[32:64]),
    on_curve: bool = True,
    none: bool = False,
    canonical: bool = True,
    infinity_fails: bool = True,
    reduce_x: bool = True,
    modulus: int = N,
    digest: Callable[[bytes], int] = _hash,
    order: Any = "big",
    swapped: bool = False,
    crossed: bool = False,
    refuse: bool = False,
    forgiving: bool = False,
    stumbles: bool = False,
) -> Callable[[Point, bytes, bytes], Any]:
    """ecdsa_verify with one part to be got wrong."""

    def wrong(public: Point, message: bytes, signature: bytes) -> Any:
        try:
            answer = computed(public, message, signature)
        except ValueError:
            if not forgiving:
                raise
            return False
        if answer is None and refuse:
            raise ValueError("bad")
        return bool(answer)

    def computed(public: Point, message: bytes, signature: bytes) -> bool | None:
        """The answer; None where nothing needed to be computed."""
        if not length(len(signature)):
            return None
        r, s = (int.from_bytes(half, order) for half in split(signature))
        if swapped:
            r, s = s, r
        if not in_range(r) or not (s_in_range or in_range)(s) or (low_s and s > N // 2):
            return None
        if public is None and not none:
            return None
        if public is not None:
            x, y = public
            if canonical and not (0 <= x < FIELD and 0 <= y < FIELD):
                return None
            if on_curve and (y * y - x**3 - A * x - B) % FIELD:
                return None
            if stumbles and y == 0:
                raise ValueError("the tangent is vertical, and zero has no inverse")
        w = inverse(s) if inverse else pow(s, -1, modulus)
        u1, u2 = digest(message) * w % modulus, r * w % modulus
        if crossed:
            u1, u2 = u2, u1
        total = p256.point_add(_mul(u1, G), _mul(u2, public))
        if total is None and infinity_fails:
            return at_infinity(r)
        x = total[0]  # type: ignore[index] # None has no x: that is the mistake
        return bool((x % N if reduce_x else x) == (r % N if reduce_r else r))

    return wrong


# -- recover_private_key ----------------------------------------------------------------------------------------------


@exercise(
    "recover_private_key",
    points=10,
    spec="RFC 6979 §1, FIPS 186-5 §6.4.1 solved for k and d; the form of the signatures, RFC 7518 §3.4",
    forbids=_LIBRARIES,
    seconds=5,
    hints=(
        "Write the signer's equation down for both signatures: s₁ = (e₁ + r·d)/k and s₂ = (e₂ + r·d)/k. Two equations, "
        "two unknowns, k and d. What is left of r·d if you subtract one from the other?",
        "s₁ - s₂ = (e₁ - e₂)/k, so k = (e₁ - e₂)/(s₁ - s₂), everything modulo N. Then the first equation gives "
        "d = (s₁·k - e₁)/r. Division is again `pow(…, -1, N)`, which raises ValueError where there is no inverse.",
        "e is the SHA-256 of each message as a number. `if r1 != r2 or m1 == m2: raise ValueError(…)`, `k = (e1 - e2) "
        "* pow(s1 - s2, -1, N) % N`, `d = (s1 * k - e1) * pow(r1, -1, N) % N`, and at last, unless "
        "`scalar_mul(d, G) == public`, raise ValueError. (`given.scalar_mul` works as well.)",
    ),
)
def recover_private_key(case: Case) -> None:
    """Two signatures with one nonce in, the private key out."""
    number = "d is a whole number from 1 to N - 1: divide with `pow(…, -1, N)`, and take the result `% N`."
    for _ in range(5):
        two = _Two.fresh(case.random)
        case.equal(two.call(), two.d, why=number)
    two = _Two.fresh(case.random)
    case.equal((two.public, *two.call()[3:], *two.call()[1:3]), two.d, why="Which one comes first does not matter.")
    empty = _Two.fresh(case.random, b"", b"\0")
    case.equal(empty.call(), empty.d, why="Any bytes can be a message, even none.")
    short = _short_signature(case.random)
    # The nonce of a given signature: k = (e + r·d)/s.
    k = (_hash(short.message) + short.r * short.d) * pow(short.s, -1, N) % N
    other = case.random.randbytes(25)
    second = _join(*_sign(short.d, other, k))
    case.equal((*short.call(), other, second), short.d, why="r and s may begin with zero bytes; each is 32 bytes wide.")
    _bad_pairs(case, two)
    _recover_mistakes(case)


class _Two:
    """Two messages, signed with the same nonce."""

    def __init__(self, d: int, k: int, m1: bytes, m2: bytes) -> None:
        self.d, self.k, self.m1, self.m2 = d, k, m1, m2
        self.public = _point(d)
        self.first, self.second = _join(*_sign(d, m1, k)), _join(*_sign(d, m2, k))

    @classmethod
    def fresh(cls, random: Random, m1: bytes | None = None, m2: bytes | None = None) -> "_Two":
        m1 = random.randbytes(30) if m1 is None else m1
        m2 = random.randbytes(30) if m2 is None else m2
        return cls(_scalar(random), _scalar(random), m1, m2)

    def call(self) -> tuple[Point, bytes, bytes, bytes, bytes]:
        return self.public, self.m1, self.first, self.m2, self.second


def _bad_pairs(case: Case, two: _Two) -> None:
    public, m1, first, m2, second = two.call()
    why = "The two r differ, so the nonces do, and nothing can be computed."
    case.raises((public, m1, first, m2, _join(*_sign(two.d, m2, _scalar(case.random)))), ValueError, why=why)
    case.raises((public, m1, first, m2, _join(*_sign(two.d, m2, two.k + 1))), ValueError, why=why)
    case.raises((public, m1, first, m2, bytes(31) + b"\1" + second[32:]), ValueError, why=why)
    same = "The same message twice says nothing new: one equation for two unknowns."
    case.raises((public, m1, first, m1, first), ValueError, why=same)
    flipped = first[:32] + (N - int.from_bytes(first[32:], "big")).to_bytes(32, "big")
    case.raises((public, m1, first, m1, flipped), ValueError, why=same)
    wrong = "A number comes out, but it is not the private key of this public point. Check it before you return it."
    case.raises((_point(two.d + 1), m1, first, m2, second), ValueError, why=wrong)
    case.raises((_point(-two.d), m1, first, m2, second), ValueError, why=wrong)
    case.raises((public, m1, first, m2 + b"!", second), ValueError, why=wrong)
    case.raises((public, m1, first, m2, second[:-1] + bytes([second[-1] ^ 1])), ValueError, why=wrong)
    case.raises((public, m1, first, m2, first), ValueError, why="Equal s for different messages: zero has no inverse.")


def _recover_mistakes(case: Case) -> None:
    case.mistake(
        _recover_with(confirm=False),
        "The answer is not checked against the public point. Signatures that do not belong together give a number, "
        "too, and it is no key.",
    )
    case.mistake(
        _recover_with(confirm=False, same_r=False),
        "Neither is r compared, nor the answer checked against the public point. Some number always comes out.",
    )
    case.mistake(
        _recover_with(confirm=False, same_message=False, same_r=False),
        "Nothing is refused but a division by zero. Compare r, compare the messages, check the answer.",
    )
    case.mistake(
        _recover_with(fails=lambda: None),
        "Without a key to be had it returns None. The docstring says ValueError.",
    )
    case.mistake(
        _recover_with(fails=lambda: 0),
        "Without a key to be had it returns 0. The docstring says ValueError.",
    )
    case.mistake(
        _recover_with(result="k", confirm=False),
        "This is k, the nonce. One step is left: d = (s₁·k - e₁)/r.",
    )
    case.mistake(_recover_with(result="k"), "It finds d and checks it, and then returns k, the nonce. Return d.")
    case.mistake(
        _recover_with(modulus=FIELD, confirm=False),
        "It divides modulo FIELD. e, s, k and d live modulo N; FIELD is for coordinates.",
    )
    case.mistake(
        _recover_with(digest=_raw, confirm=False),
        "The messages themselves are used. What is signed is their SHA-256.",
    )
    case.mistake(
        _recover_with(never=True),
        "It refuses signatures that do give the key away. Usual slips: dividing modulo FIELD in place of N, `//` in "
        "place of an inverse, no division by r at the end, no SHA-256, a wrong sign, or a scalar_mul that does not "
        "pass its own check.",
    )
    case.mistake(
        _recover_with(plus=True, confirm=False),
        "A sign is wrong: subtract the second equation from the first, (e₁ - e₂) and (s₁ - s₂), and r·d drops out.",
    )
    case.mistake(
        _recover_with(divide_by_r=False, confirm=False),
        "s₁·k - e₁ is r·d, not d. Divide by r, that is, multiply with `pow(r, -1, N)`.",
    )
    case.mistake(
        _recover_with(reduce=False, confirm=False),
        "The last `% N` is missing. A private key is a number from 1 to N - 1.",
    )
    case.mistake(
        _recover_with(floor=True, confirm=False),
        "`//` drops the remainder. Divide by multiplying with the inverse, `pow(…, -1, N)`.",
    )
    case.mistake(
        _recover_with(result="hex"),
        "The key is right, but as text. Return the whole number itself.",
    )


def _recover_with(
    confirm: bool = True,
    same_r: bool = True,
    same_message: bool = True,
    fails: Callable[[], Any] | None = None,
    result: str = "d",
    modulus: int = N,
    digest: Callable[[bytes], int] = _hash,
    plus: bool = False,
    divide_by_r: bool = True,
    reduce: bool = True,
    floor: bool = False,
    never: bool = False,
) -> Callable[..., Any]:
    """recover_private_key with one part to be got wrong."""

    def compute(m1: bytes, sig1: bytes, m2: bytes, sig2: bytes) -> tuple[int, int]:
        r1, s1, r2, s2 = (int.from_bytes(half, "big") for half in (sig1[:32], sig1[32:], sig2[:32], sig2[32:]))
        if (same_r and r1 != r2) or (same_message and m1 == m2):
            raise ValueError("nothing to be had")
        e1, e2 = digest(m1), digest(m2)
        if floor:
            k = (e1 - e2) // (s1 - s2) % N if s1 != s2 else 0
        else:
            k = ((e1 + e2) if plus else (e1 - e2)) * pow((s1 + s2) if plus else (s1 - s2), -1, modulus) % modulus
        d = (s1 * k - e1) * (pow(r1, -1, modulus) if divide_by_r else 1)
        return k, d % modulus if reduce else d

    def wrong(public: Point, m1: bytes, sig1: bytes, m2: bytes, sig2: bytes) -> Any:
        try:
            k, d = compute(m1, sig1, m2, sig2)
            if never or (confirm and _point(d) != public):
                raise ValueError("not the key")
        except ValueError:
            if fails is not None:
                return fails()
            raise
        return {"d": d, "k": k, "hex": hex(d)}[result]

    return wrong
