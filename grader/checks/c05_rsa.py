"""Chapter 05: RS256 from integers, a modulus recovered, and a public key taken for a secret."""

import base64
import hashlib
import hmac
import itertools
import json
import random
import re
from collections.abc import Callable
from math import gcd
from typing import Any

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ..inside.values import show
from ..judging.legacy.case import Case, Predicate, exercise
from . import rsa_pool
from .rsa_pool import PREFIX, RSAKey, rsa_key

_LIBRARIES = (
    "cryptography",
    "jwt",
    "joserfc",
    "jwt_from_scratch.algorithms",
    "jwt_from_scratch.jws",
    "jwt_from_scratch.jwt",
    "jwt_from_scratch.keys",
    "jwt_from_scratch.jwk",
    "jwt_from_scratch.material",
)


@exercise(
    "rsa_verify_pkcs1",
    points=15,
    spec="RFC 8017 §8.2.2, §9.2",
    forbids=_LIBRARIES,
    seconds=5,
    slow="Is it `s**e % n`? That first makes a number of millions of digits. Use `pow(s, e, n)`.",
    hints=(
        "Look at what you must build: `pow(s, e, n).to_bytes(256, 'big').hex(' ')`, with the RFC's n, 65537 and its "
        "signature as s. What in it changes with the message, and what with the size of n?",
        "The size in bytes is `size = (n.bit_length() + 7) // 8`. The signature must have exactly that many bytes, and "
        "as a big-endian number `s` it must be below `n`. Then compare `pow(s, e, n)` with the bytes that you expect.",
        "`tail = SHA256_PREFIX + hashlib.sha256(message).digest()`, "
        "`expected = b'\\x00\\x01' + b'\\xff' * (size - 3 - len(tail)) + b'\\x00' + tail`; "
        "`s = int.from_bytes(signature, 'big')`; unless `len(signature) == size and s < n`, return False; at the end "
        "`return pow(s, e, n).to_bytes(size, 'big') == expected`.",
    ),
)
def rsa_verify_pkcs1(case: Case) -> None:
    """RSASSA-PKCS1-v1_5 with SHA-256: is the signature right?"""
    small, usual, other = rsa_key(case.random, 3), rsa_key(case.random), rsa_key(case.random, 17)
    while other.n in (small.n, usual.n):
        other = rsa_key(case.random, 17)
    message = _signing_input(case.random)
    right = usual.sign(message)
    for key, text in (
        (small, _signing_input(case.random)),
        (usual, message),
        (usual, b""),
        (other, case.random.randbytes(3000)),
    ):
        why = "An honest signature of 2048 bits." + (f" This key has e = {key.e}; use e." if key.e != 65537 else "")
        case.equal((key.n, key.e, text, key.sign(text)), True, why=why)
    size = "The size comes from n, rounded up to whole bytes: (n.bit_length() + 7) // 8."
    for bits in (3072, 2049):
        key = rsa_key(case.random, 3, bits)
        case.equal((key.n, key.e, message, key.sign(message)), True, why=size)
    text = _signing_input(case.random)
    while (leading := key.sign(text))[0]:
        text = _signing_input(case.random)
    case.equal((key.n, key.e, text, leading), True, why="A signature may begin with a zero byte; it counts.")

    length = "A signature has exactly as many bytes as the modulus (RFC 8017 §8.2.2, step 1)."
    too_large = "This is s + n: another spelling of a good signature. s must be below n (RFC 8017 §5.2.2)."

    def refused(signature: bytes, why: str, key: RSAKey = usual, text: bytes = message) -> None:
        # Another spelling of a good signature lets nobody in; all else does.
        case.refuses((key.n, key.e, text, signature), why=why, vital=why not in (length, too_large))

    refused(right, "The message was changed.", text=message[:-1] + b"!")
    refused(right, "That signature was made with another key.", key=other)
    for place in (0, 100, 255):
        flipped = bytes(byte ^ (index == place) for index, byte in enumerate(right))
        refused(flipped, "One bit of the signature was changed.")
    for nothing in (b"", bytes(256), (1).to_bytes(256, "big"), usual.n.to_bytes(256, "big")):
        refused(nothing, "That is no signature at all.")
    for changed in (b"\x00" + right, right + b"\x00", right[:-1], bytes(8) + right):
        refused(changed, length)
    refused(leading[1:], length, key, text)
    # The issuer's own signature of a message that is encoded for 257 bytes.
    refused(b"\x00" + usual.sign_encoded(rsa_pool.encode(message, 257)[1:]), length)
    refused(right[::-1], "The first byte is the most significant one.")
    twin, text = _too_large(case.random, small)
    refused(twin, too_large, small, text)
    _bad_paddings(refused, case.random, small, usual, message)
    _rsa_verify_mistakes(case)


def _signing_input(source: random.Random) -> bytes:
    claims = {"sub": source.choice(["ada", "grace", "mallory"]), "role": "visitor", "jti": source.randbytes(6).hex()}
    return f"{b64u_encode(json_dumps({'alg': 'RS256'}))}.{b64u_encode(json_dumps(claims))}".encode()


def _too_large(source: random.Random, key: RSAKey) -> tuple[bytes, bytes]:
    """A signature plus n that still has the right number of bytes, and its message."""
    while True:
        message = _signing_input(source)
        number = int.from_bytes(key.sign(message), "big") + key.n
        if number < 256**key.size:
            return number.to_bytes(key.size, "big"), message


def cube_root(number: int) -> int:
    """The smallest integer whose cube is at least number."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def _garbage_behind(message: bytes, size: int, fill: int = 8) -> bytes:
    """A forgery for e = 3 without any private key: little padding, the hash, and whatever a cube leaves behind it."""
    start = b"\x00\x01" + b"\xff" * fill + b"\x00" + PREFIX + hashlib.sha256(message).digest()
    return cube_root(int.from_bytes(start.ljust(size, b"\x00"), "big")).to_bytes(size, "big")


def _hash_at_the_end(message: bytes, size: int) -> tuple[bytes, bytes]:
    """A forgery for e = 3 whose cube ends as it should and begins with zeros; a message is found that allows it."""
    for number in itertools.count():
        text = message + str(number).encode()
        tail = b"\x00" + PREFIX + hashlib.sha256(text).digest()
        wanted, modulus = int.from_bytes(tail, "big"), 256 ** len(tail)
        if wanted % 2:  # an odd number has exactly one cube root modulo a power of two
            return pow(wanted, pow(3, -1, modulus // 2), modulus).to_bytes(size, "big"), text
    raise AssertionError


def _bad_paddings(
    refused: Callable[..., None], source: random.Random, small: RSAKey, usual: RSAKey, message: bytes
) -> None:
    forged = "Forged without the private key: {} Compare all bytes of the encoded message."
    refused(_garbage_behind(message, 256), forged.format("there is garbage behind the hash."), small)
    refused(_garbage_behind(message, 256, 70), forged.format("there is garbage behind the hash."), small)
    signature, text = _hash_at_the_end(message, 256)
    refused(signature, forged.format("only the end is right, before it are zeros."), small, text)
    digest = hashlib.sha256(message).digest()
    right = PREFIX + digest
    no_null = bytes.fromhex("302f300b0609608648016503040201") + bytes.fromhex("0420") + digest
    sha512 = bytes.fromhex("3051300d060960864801650304020305000440") + hashlib.sha512(message).digest()
    random_fill = bytes(source.randrange(1, 255) for _ in range(253 - len(right)))
    one_hole = b"\xff" * 90 + b"\xfe" + b"\xff" * (253 - len(right) - 91)
    only = "There is one right encoded message: 00 01, then ff, then 00, the prefix and the hash (RFC 8017 §9.2)."
    for start, fill, tail in (
        (b"\x00\x02", b"", right),
        (b"\x00\x00", b"", right),
        (b"\x00\x02", random_fill, right),
        (b"\x00\x01", random_fill, right),
        (b"\x00\x01", one_hole, right),
        (b"\x00\x01", b"", no_null),
        (b"\x00\x01", b"", sha512),
        (b"\x00\x01", b"", digest),
        (b"\x00\x01", b"", PREFIX + hashlib.sha256(digest).digest()),
        (b"\x00\x01", b"", PREFIX + hashlib.sha256(b"").digest()),
        (b"\x00\x01", b"", PREFIX + hashlib.sha256(message).hexdigest().encode()),
        (b"\x00\x01", b"", PREFIX + hashlib.sha1(message).digest()),  # noqa: S324 - wrong on purpose
    ):
        encoded = start + (fill or b"\xff" * (253 - len(tail))) + b"\x00" + tail
        refused(usual.sign_encoded(encoded), only)
    refused(usual.sign_encoded(bytes(256 - len(right)) + right), only)
    refused(usual.sign_encoded(bytes(224) + digest), "This is a signature of the bare hash, without any padding.")
    for encoded, why in _altered(message, 256):
        refused(usual.sign_encoded(encoded), why)


def _altered(message: bytes, size: int) -> list[tuple[bytes, str]]:
    """The right encoded message, one part of it altered, and what is wrong there."""
    right = rsa_pool.encode(message, size)
    tail = right[-51:]
    end = size - 52  # where the 00 before the prefix stands
    one_less = b"\x00\x01" + b"\xff" * (end - 3)
    a_00 = right[:10] + b"\x00" + right[11:]
    parts = [
        (0, "The first byte is 01 here; it must be 00."),
        (2, "The first ff is fe here."),
        (end - 1, "The last ff is fe here."),
        (end, "The byte between the ff and the prefix is 01 here; it must be 00."),
        (end + 1, "The first byte of the prefix is wrong here."),
        (size - 33, "The last byte of the prefix is wrong here."),
        (size - 32, "The first byte of the hash is wrong here."),
        (size - 1, "The last byte of the hash is wrong here."),
    ]
    return [
        *((bytes(byte ^ (index == place) for index, byte in enumerate(right)), why) for place, why in parts),
        (right[:-51] + SHA512_256_PREFIX + tail[19:], "The 19 bytes before the hash name SHA-512/256 here."),
        (a_00, "Among the ff stands a 00 here, with more between it and the prefix."),
        (one_less + b"\x00" + tail + b"\n", "Behind the hash stands a line end here, and there is one ff less."),
    ]


SHA512_256_PREFIX = PREFIX.replace(bytes.fromhex("040201"), bytes.fromhex("040206"))
"""The name of another hash of 32 bytes: its object id ends in 6 (RFC 8017 §9.2, note 1)."""


def _rsa_verify_mistakes(case: Case) -> None:
    case.mistake(
        _verify_with(equal=_reads_from_the_left),
        "The padding is skipped and the hash read from the left, so anything may stand behind it; with e = 3 that can "
        "be forged. Build the whole encoded message and compare all of it.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got.endswith(want[-51:])),
        "Only the end of the encoded message is compared. Compare all bytes, from 00 01 on.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[-32:] == want[-32:]),
        "Only the hash is compared, and nothing before it. Compare all bytes, from 00 01 on.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: want[-32:] in got),
        "The hash may stand anywhere. Compare all bytes of the encoded message, from 00 01 on.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[:1] + got[2:] == want[:1] + want[2:]),
        "The second byte is not looked at. It is 01 for a signature; 02 marks an encrypted message.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[:2] == want[:2] and got.endswith(want[-52:])),
        "The bytes between 00 01 and the next 00 are not looked at. Each of them must be ff.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[:-51] + got[-32:] == want[:-51] + want[-32:]),
        "The 19 bytes before the hash are not looked at, so they may name another hash. Compare them with "
        "SHA256_PREFIX, or better all bytes at once.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[:-52] + got[-51:] == want[:-52] + want[-51:]),
        "The byte between the ff and the prefix is not looked at. It must be 00.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[1:] == want[1:]),
        "The first byte is not looked at. It must be 00.",
    )
    case.mistake(
        _verify_with(equal=lambda got, want: got[:10] == want[:10] and got.endswith(want[-52:])),
        "Only the first of the ff are looked at. Each byte between 00 01 and the next 00 must be ff.",
    )
    case.mistake(
        _verify_with(equal=_skips_to_the_end),
        "Between the 00 behind the ff and the prefix anything may stand. The prefix must follow at once.",
    )
    case.mistake(
        _verify_with(equal=_matches_a_pattern),
        "In a regular expression `$` also lets a line end stand behind the hash. `re.fullmatch` does not; nor does "
        "`==` with the bytes that you expect.",
    )
    case.mistake(
        _verify_with(exponent=65537),
        "The exponent is fixed at 65537. Use e; there are keys with e = 3.",
    )
    case.mistake(
        _verify_with(check_length=False),
        "The length of the signature is not checked, so zero bytes in front make a second spelling.",
    )
    case.mistake(
        _verify_with(check_range=False),
        "A signature s that is n or more is taken, so s + n is a second spelling of s. Refuse unless s < n.",
    )
    case.mistake(
        _verify_with(check_length=False, check_range=False),
        "Neither the length of the signature nor s < n is checked, so each signature has many spellings.",
    )
    case.mistake(
        _verify_with(check_length=None),
        "A signature that is too short is taken. It has exactly as many bytes as the modulus.",
    )
    case.mistake(
        lambda n, e, message, signature: (
            pow(int.from_bytes(signature, "big"), e, n)
            == int.from_bytes(rsa_pool.encode(message, len(signature)), "big")
            and int.from_bytes(signature, "big") < n
        ),
        "The size is taken from the signature, and a stranger has sent that. Take it from n; the signature must agree.",
    )
    case.mistake(
        _verify_with(refuse=_raise),
        "A signature of the wrong length, or too large, raises an exception. The answer to a bad signature is False.",
    )
    case.mistake(
        _verify_with(size=lambda n: n.bit_length() // 8),
        "The size is rounded down. A modulus of 2049 bits needs 257 bytes: (n.bit_length() + 7) // 8.",
    )
    case.mistake(_verify_with(size=lambda n: 256), "The size is fixed at 256 bytes. It must come from n.")
    case.mistake(
        _verify_with(prefix=b""),
        "The prefix that names SHA-256 is missing before the hash (RFC 8017 §9.2, note 1).",
    )
    case.mistake(
        _verify_with(digest=lambda message: hashlib.sha256(message).hexdigest().encode()),
        "The hash goes in as 32 bytes, `.digest()`, not as 64 hexadecimal digits.",
    )
    case.mistake(
        _verify_with(digest=lambda message: hashlib.sha1(message).digest()),  # noqa: S324 - a mistake on purpose
        "That is SHA-1. RS256 uses SHA-256 (RFC 7518 §3.3).",
    )
    case.mistake(
        _verify_with(padded=False),
        "The number is compared with the bare hash, as in textbook RSA. The signature is made of the padded message.",
    )
    case.mistake(
        _verify_with(order="little"),
        "The signature is read from the wrong end. Its first byte is the most significant: 'big'.",
    )
    case.mistake(
        lambda n, e, message, signature: False,
        "It says False to honest signatures as well. Print the bytes that you expect, and `pow(s, e, n)` as bytes, "
        "both with `.hex()`. Is it 00 01, then ff, one 00, the prefix and the 32 bytes of the hash, `size` bytes? "
        "Then look for a comparison of two things that are never equal, such as bytes and a number.",
    )


def _raise() -> bool:
    raise ValueError("bad signature")


def _reads_from_the_left(got: bytes, want: bytes) -> bool:
    fill, _, rest = got[2:].partition(b"\x00")
    return got[:2] == b"\x00\x01" and len(fill) >= 8 and not fill.strip(b"\xff") and rest.startswith(want[-51:])


def _skips_to_the_end(got: bytes, want: bytes) -> bool:
    fill, _, rest = got[2:].partition(b"\x00")
    return got[:2] == b"\x00\x01" and len(fill) >= 8 and not fill.strip(b"\xff") and rest.endswith(want[-51:])


def _matches_a_pattern(got: bytes, want: bytes) -> bool:
    return re.match(rb"\x00\x01\xff{8,}\x00" + re.escape(want[-51:]) + rb"$", got) is not None


def _verify_with(
    equal: Callable[[bytes, bytes], bool] = lambda got, want: got == want,
    check_length: bool | None = True,
    check_range: bool = True,
    refuse: Callable[[], bool] = lambda: False,
    size: Callable[[int], int] = lambda n: (n.bit_length() + 7) // 8,
    prefix: bytes = PREFIX,
    digest: Callable[[bytes], bytes] = lambda message: hashlib.sha256(message).digest(),
    padded: bool = True,
    order: Any = "big",
    exponent: int | None = None,
) -> Callable[[int, int, bytes, bytes], bool]:
    """rsa_verify_pkcs1 with one part to be got wrong. check_length=None only refuses what is too long."""

    def wrong(n: int, e: int, message: bytes, signature: bytes) -> bool:
        number, k = int.from_bytes(signature, order), size(n)
        if (check_length or (len(signature) > k and check_length is None)) and len(signature) != k:
            return refuse()
        if check_range and number >= n:
            return refuse()
        tail = prefix + digest(message)
        want = b"\x00\x01" + b"\xff" * (k - 3 - len(tail)) + b"\x00" + tail
        got = pow(number, exponent or e, n)
        if not padded:
            return got == int.from_bytes(digest(message), "big")
        return equal(got.to_bytes((n.bit_length() + 7) // 8, "big"), want)

    return wrong


@exercise(
    "recover_modulus",
    points=10,
    spec="RFC 8017 §5.2.2, §9.2",
    forbids=_LIBRARIES,
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
)
def recover_modulus(case: Case) -> None:
    """Three or more signatures and e in, n out."""
    key = rsa_key(case.random, 3)
    signed = _signed(18, key, case.random)
    for factor in (1, 2, 3, 4, 5, 6, case.random.choice([11, 13])):
        _recovers(case, _leaving(factor, signed, key, case.random), key)
    _recovers(case, signed[:6], key, "There may be more than three pairs.")
    five = rsa_key(case.random, 5)
    _recovers(case, _signed(4, five, case.random), five, "e is an argument and not always 3.")
    long = rsa_key(case.random, 3, 3072)
    _recovers(case, _signed(3, long, case.random), long, "The padded message is as long as the signature.")
    exact = "That is n times {}. Divide by small numbers as long as they divide it: n has only huge factors."
    case.mistake(_recover_with(strip=()), exact.format("a small number now and then"))
    case.mistake(_recover_with(strip=(2,)), exact.format("an odd number now and then"))
    case.mistake(_recover_with(strip=(2, 3)), exact.format("5 or more now and then"))
    case.mistake(
        _recover_with(strip=(2, 3, 5, 7)),
        "The dividing stops too early: 11 or 13 is left over now and then. Go on to 1,000.",
    )
    case.mistake(
        _recover_with(repeat=False),
        "Each small number is divided out once. It may be in there several times, as 2 is in 4: `while`, not `if`.",
    )
    case.mistake(
        _recover_with(strip=(), pairs=slice(0, 2)),
        "Only two pairs are used, and what they leave is n times a small number more often than with all of them.",
    )
    case.mistake(
        _recover_with(encode=lambda text, size: hashlib.sha256(text).digest()),
        "What comes out is no multiple of n, though each s^e - m is one. m is the whole padded message of "
        "rsa_verify_pkcs1, as long as the signature, read as a number with 'big'. In Python the power is `s**e`; `^` "
        "means something else. Of the differences, take `math.gcd`.",
    )
    case.mistake(
        _recover_with(encode=lambda text, size: rsa_pool.encode(text, 256)),
        "The padded message is made for 256 bytes. It has the length of the signature.",
    )
    case.mistake(_recover_with(exponent=3), "The exponent is fixed at 3. Use e.")
    case.mistake(
        _recover_with(pairs=slice(0, 1)),
        "What comes out is a huge multiple of n. Each difference is one, and so are their product and their least "
        "common multiple. Take the greatest common divisor, `math.gcd`, of all of them.",
    )
    case.mistake(
        lambda pairs, e: str(_recover_with()(pairs, e)),
        "The modulus is returned as text. Return the number.",
    )


def _signed(count: int, key: RSAKey, source: random.Random) -> list[tuple[bytes, bytes]]:
    return [(text := _signing_input(source), key.sign(text)) for _ in range(count)]


def _recovers(case: Case, pairs: list[tuple[bytes, bytes]], key: RSAKey, why: str = "") -> None:
    def predicate(answer: Any) -> bool | str:
        if type(answer) is not int:
            return f"the modulus is an int, not {type(answer).__name__}"
        if answer == key.n:
            return True
        if answer == 0 or answer % key.n:
            return "that is not n, and no multiple of it"
        factor = answer // key.n
        return (
            f"that is n times {factor}, but n is wanted exactly"
            if 0 < factor < 10**6
            else "that is a huge multiple of n"
        )

    case.satisfies((pairs, key.e), predicate, "return the modulus n exactly", why=why or "n is wanted exactly.")


def _leaving(
    factor: int, signed: list[tuple[bytes, bytes]], key: RSAKey, source: random.Random
) -> list[tuple[bytes, bytes]]:
    """Three pairs whose differences have n times exactly this factor in common; more are signed if need be."""
    while True:
        fitting = [(pair, quotient) for pair in signed if (quotient := _quotient(pair, key)) % factor == 0]
        for three in itertools.islice(itertools.combinations(fitting, 3), 60):
            if gcd(*(quotient for _, quotient in three)) == factor:
                return [pair for pair, _ in three]
        text = _signing_input(source)
        signed.append((text, key.sign(text)))


def _quotient(pair: tuple[bytes, bytes], key: RSAKey) -> int:
    text, signature = pair
    number = int.from_bytes(signature, "big")
    return int(pow(number, key.e) - int.from_bytes(rsa_pool.encode(text, key.size), "big")) // key.n


def _recover_with(
    strip: tuple[int, ...] = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47),
    repeat: bool = True,
    pairs: slice = slice(None),
    encode: Callable[[bytes, int], bytes] = rsa_pool.encode,
    exponent: int | None = None,
) -> Callable[[list[tuple[bytes, bytes]], int], int]:
    """recover_modulus with one part to be got wrong."""

    def wrong(given: list[tuple[bytes, bytes]], e: int) -> int:
        power = exponent or e
        found = 0
        for text, signature in given[pairs]:
            m = int.from_bytes(encode(text, len(signature)), "big")
            found = gcd(found, pow(int.from_bytes(signature, "big"), power) - m)
        for prime in strip:
            while found and found % prime == 0:
                found //= prime
                if not repeat:
                    break
        return found

    return wrong


@exercise(
    "forge_confused",
    points=10,
    spec="RFC 8725 §2.1, §3.1",
    forbids=(
        "jwt",
        "joserfc",
        "jwt_from_scratch.jwt",
        "jwt_from_scratch.jws",
        "jwt_from_scratch.keys",
        "jwt_from_scratch.jwk",
        "jwt_from_scratch.material",
    ),
    because="you make this token by hand; PyJWT, for one, refuses to sign with a PEM",
    hints=(
        "The server has one variable for its key and lets the token say what to do with it. Which algorithm takes any "
        "bytes whatever as a key, and which bytes does the server have?",
        'Keep the claims, change `role`, make a new header with alg `"HS256"`, and sign the two with HMAC. The secret '
        "is `public_pem` itself, every byte of it, and nothing done to it.",
        "`claims = json_loads_strict(b64u_decode(token.split('.')[1])) | {'role': 'admin'}`; then "
        "`signing_input = b64u_encode(json_dumps({'alg': 'HS256'})) + '.' + b64u_encode(json_dumps(claims))` and "
        "`hmac.new(public_pem, signing_input.encode(), hashlib.sha256).digest()` in base64url after another dot.",
    ),
)
def forge_confused(case: Case) -> None:
    """A token signed with RS256 and the public key's PEM in, an admin's token out."""
    forms = (_as_it_is, _no_newline, _windows, _commented, _as_it_is)
    for form, claims in zip(forms, _passes(case.random), strict=True):
        key = rsa_key(case.random, case.random.choice([3, 65537]))
        pem = form(_pem(key))
        header = {"alg": "RS256", "typ": "JWT", "kid": case.random.randbytes(3).hex()}
        signing_input = f"{b64u_encode(json_dumps(header))}.{b64u_encode(json_dumps(claims))}"
        token = f"{signing_input}.{b64u_encode(key.sign(signing_input.encode()))}"
        case.satisfies(
            (token, pem),
            _fools_the_server(pem, claims, token),
            "return a token that the confused server takes for an admin's",
        )
    case.mistake(
        _forge_with(secret=lambda pem: pem.strip()),
        "The secret is not the PEM as it is: something is cut off its ends. Every byte counts, the last newline too.",
    )
    case.mistake(
        _forge_with(secret=lambda pem: pem.replace(b"\r\n", b"\n")),
        "The line ends of the PEM are changed. To HMAC they are bytes like all others; leave them as they are.",
    )
    case.mistake(
        _forge_with(secret=lambda pem: b"\n".join(pem.splitlines()) + b"\n"),
        "The PEM is taken apart and put together again, and other bytes come out. Use it exactly as it is given.",
    )
    case.mistake(
        _forge_with(secret=lambda pem: base64.b64decode(b"".join(_body(pem)))),
        "The secret is the DER that is inside the PEM. The server uses the PEM itself, as text, with its markers.",
    )
    case.mistake(
        _forge_with(secret=lambda pem: b"".join(_body(pem))),
        "The secret is the base64 inside the PEM. The server uses all of the PEM, its BEGIN and END lines too.",
    )
    case.mistake(
        _forge_with(header={"alg": "RS256", "typ": "JWT"}),
        "The header still says RS256, so the server will use RSA. It must say HS256.",
    )
    case.mistake(_forge_with(header={"typ": "JWT"}), "The header does not say which algorithm it is: alg is HS256.")
    case.mistake(_forge_with(change={}), "The role is still the old one; it must become 'admin'.")
    case.mistake(
        _forge_with(payload=lambda text: text.replace(b"visitor", b"admin"), change={}),
        "A word is replaced wherever it stands in the payload's text. It may stand in another claim, and the role may "
        "be another word, or missing. Read the JSON, set `role`, and write it again.",
    )
    case.mistake(
        _forge_with(only_if_there=True),
        "A token without a role gets none. Set `role` to 'admin' in any case.",
    )
    case.mistake(
        _forge_with(keep=False), "The other claims are gone. Keep every claim of the token and change the role only."
    )
    case.mistake(
        _forge_with(signature=lambda mac: mac.hex()),
        "The signature is hexadecimal; it must be base64url of the 32 bytes.",
    )
    case.mistake(
        _forge_with(mac=lambda key, message: hashlib.sha256(key + message).digest()),
        "That is a hash of key and message, not an HMAC.",
    )
    case.mistake(
        _forge_with(keep_signature=True),
        "The old signature is kept. It belongs to the old claims; make a new one, with HMAC.",
    )
    case.mistake(
        lambda token, public_pem: _forge_with()(token, public_pem).rpartition(".")[0] + ".",
        "The signature is empty. This server does check one: an HMAC.",
    )
    case.mistake(lambda token, public_pem: _forge_with()(token, public_pem).encode(), "The token is bytes, not text.")


def _passes(source: random.Random) -> list[dict[str, Any]]:
    """Claims of five passes: a visitor's, another role, the word visitor in another claim, no role at all."""
    usual, clerk, named, bare, last = (_visitor(source) for _ in range(5))
    del bare["role"]
    return [usual, clerk | {"role": "clerk"}, named | {"sub": f"visitor-{source.randrange(100)}"}, bare, last]


def _visitor(source: random.Random) -> dict[str, Any]:
    return {
        "iss": "https://passes.example",
        "sub": source.choice(["mallory", "Þórður", "ada"]),
        "role": "visitor",
        "exp": 2_000_000_000 + source.randrange(10**6),
        "jti": source.randbytes(5).hex(),
        "museums": source.sample(["harbour", "puppets", "clocks", "coins"], 2),
        "address": {"city": "Turin", "zip": None},
    }


def _pem(key: RSAKey) -> bytes:
    n, e = (b64u_encode(x.to_bytes((x.bit_length() + 7) // 8, "big")) for x in (key.n, key.e))
    return Key.from_jwk({"kty": "RSA", "alg": "RS256", "n": n, "e": e}).to_pem().encode("ascii")


def _as_it_is(pem: bytes) -> bytes:
    return pem


def _no_newline(pem: bytes) -> bytes:
    return pem.rstrip()


def _windows(pem: bytes) -> bytes:
    return pem.replace(b"\n", b"\r\n")


def _commented(pem: bytes) -> bytes:
    return b"the key of the pass office, 2026\n" + pem + b"\n"


def _body(pem: bytes) -> list[bytes]:
    """The base64 lines between the markers."""
    return pem.partition(b"KEY-----")[2].partition(b"-----END")[0].split()


def _mac(secret: bytes, message: bytes) -> bytes:
    return hmac.new(secret, message, hashlib.sha256).digest()


def _fools_the_server(pem: bytes, claims: dict[str, Any], honest: str) -> Predicate:
    """What the confused server would say of a token, in words that help."""

    def predicate(token: Any) -> bool | str:
        if not isinstance(token, str):
            return f"a token is text, not {type(token).__name__}"
        if token.count(".") != 2:
            return "a token has three segments, so two dots"
        header, payload, signature = token.split(".")
        if signature in ("", honest.rpartition(".")[2]):
            return f"the signature is {'the old one' if signature else 'empty'}, but it must be an HMAC of the new text"
        try:
            parsed = json_loads_strict(b64u_decode(header))
            found = json_loads_strict(b64u_decode(payload))
        except ValueError:
            return "the header and the payload must be JSON in base64url without padding"
        if not isinstance(parsed, dict) or parsed.get("alg") != "HS256":
            alg = parsed.get("alg") if isinstance(parsed, dict) else None
            return f"the header says alg {show(alg, 20)}, but it must say 'HS256'"
        if complaint := _wrong_mac(f"{header}.{payload}".encode(), signature, pem):
            return complaint
        if not isinstance(found, dict) or "role" not in found:
            return "the claims must have a role"
        if found["role"] != "admin":
            still = "still " if found["role"] == claims.get("role") else ""
            return f"the role is {still}{show(found['role'], 20)}, but it must be 'admin'"
        if json.dumps(found, sort_keys=True) != json.dumps({**claims, "role": "admin"}, sort_keys=True):
            return "every claim but the role must be as it was"
        return True

    return predicate


def _wrong_mac(signing_input: bytes, signature: str, pem: bytes) -> str:
    right = _mac(pem, signing_input)
    if signature == b64u_encode(right):
        return ""
    if signature == right.hex():
        return "the signature is in hexadecimal, but it must be base64url"
    likely = {
        pem.strip(): "the secret is not the whole PEM: its ends were cut off, where the newline belongs to it",
        pem.replace(b"\r\n", b"\n"): "the secret is not the PEM as it is: its line ends were changed",
        b"\n".join(pem.splitlines()) + b"\n": "the secret is not the PEM as it is: it was put together anew",
        base64.b64decode(b"".join(_body(pem))): "the secret is the DER inside the PEM, but it must be the PEM itself",
        b"".join(_body(pem)): "the secret is the base64 inside the PEM, but it must be all of the PEM",
    }
    if signature == b64u_encode(hashlib.sha256(pem + signing_input).digest()):
        return "the signature is a hash of key and message, but it must be an HMAC"
    for secret, reason in likely.items():
        if signature == b64u_encode(_mac(secret, signing_input)):
            return reason
    return "the signature must be the HMAC-SHA256 of header.payload, with the PEM's bytes as the secret"


def _forge_with(
    secret: Callable[[bytes], bytes] = bytes,
    header: dict[str, Any] | None = None,
    change: dict[str, Any] | None = None,
    keep: bool = True,
    signature: Callable[[bytes], str] = b64u_encode,
    mac: Callable[[bytes, bytes], bytes] = _mac,
    keep_signature: bool = False,
    payload: Callable[[bytes], bytes] = bytes,
    only_if_there: bool = False,
) -> Callable[[str, bytes], str]:
    """forge_confused with one part to be got wrong."""

    def wrong(token: str, public_pem: bytes) -> str:
        _, second, old = token.split(".")
        claims = json_loads_strict(payload(b64u_decode(second))) if keep else {}
        if not only_if_there or "role" in claims:
            claims |= {"role": "admin"} if change is None else change
        first = b64u_encode(json_dumps(header or {"alg": "HS256", "typ": "JWT"}))
        signing_input = f"{first}.{b64u_encode(json_dumps(claims))}"
        if keep_signature:
            return f"{signing_input}.{old}"
        return f"{signing_input}.{signature(mac(secret(public_pem), signing_input.encode()))}"

    return wrong
