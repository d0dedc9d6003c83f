"""rsa_verify_pkcs1: a public key, a message and a signature in, yes or no out."""

import base64
import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import Aspect, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL
from ...judging.wants import InTurn, Refuses, Returns
from ..rsa_pool import PREFIX, SMALL, QuickKey, encode, quick_key
from .common import LIBRARIES, signing_input
from .forging import garbage_behind, number, root_of_end, sha256, tail, text_with, text_with_root

RULES = {
    "1": "A signature has exactly as many bytes as the modulus, (n.bit_length() + 7) // 8 (RFC 8017 §8.2.2, step 1).",
    "2": "As a big-endian number, a signature is below n (RFC 8017 §5.2.2); s + n is another spelling of it.",
    "3 fits": "The signature was not made of this message with this key.",
    "3 start": "The encoded message begins with 00 01 (RFC 8017 §9.2); 02 marks an encrypted message (§7.2.1).",
    "3 fill": "Between 00 01 and the next 00 stands nothing but ff, as many as fit.",
    "3 end": "Behind the ff stands one 00.",
    "3 prefix": "The 19 bytes before the hash name SHA-256. Compare all of them with SHA256_PREFIX.",
    "3 hash": "The encoded message ends with the 32 bytes of the message's SHA-256, and nothing stands behind them.",
    "3 key": "The key says how: use e, and the size that n has.",
}
REGIONS = {
    "3 start": slice(0, 2),
    "3 fill": slice(2, -52),
    "3 end": slice(-52, -51),
    "3 prefix": slice(-51, -32),
    "3 hash": slice(-32, None),
}
"""Where each rule about the encoded message has its bytes."""
SMALLEST = QuickKey(tuple(sorted(SMALL)[:16]), 17)
"""Its signatures are below every other modulus."""
EDGED = QuickKey(tuple(sorted(SMALL)[16:32]), 3)
EDGES = {"white space at both ends": 15501, "a line break last": 92, "a zero byte first": 233, "a zero byte last": 120}
"""With which number behind them EDGED's signatures begin and end so: 2048 bits, and few signatures do."""
FORGED = ("3 fill", "3 end", "3 prefix", "3 hash")


def world(source: random.Random) -> Any:
    """A key for each exponent and size, and messages."""
    return SimpleNamespace(
        usual=quick_key(source),
        small=quick_key(source, 3),
        other=quick_key(source, 2**32 + 15),
        wide=quick_key(source, 5, 2049),
        long=quick_key(source, 3, 4224),
        product=quick_key(source, 255),
        message=signing_input(source),
        second=signing_input(source),
        far=source.randbytes(3000),
        noise=source.randbytes(253),
    )


def aspects(w: Any) -> list[Aspect]:
    """The key, the message, what was signed and by whom, how it was padded, and what came of the signature."""
    return [_key(w), _message(w), _signed(w), _signer(w), _encoded(w), _signature(w), _around(w)]


def _key(w: Any) -> Aspect:
    return Aspect(
        "key",
        good(named("2048 bits, e = 65537", w.usual), named("2048 bits, e = 3", w.small), rule="3 key"),
        good(named("2048 bits, e of 33 bits", w.other), rule="3 key"),
        rare(named("2049 bits, e = 5", w.wide), named("4224 bits, e = 3", w.long), rule="3 key"),
        rare(named("2048 bits, e = 255, no prime", w.product), rule="3 key"),
    )


def _message(w: Any) -> Aspect:
    texts = {"empty": b"", "one zero byte": b"\0", "3000 bytes": w.far, "line ends": b"a\r\nb\n", "ff": b"\xff" * 64}
    return Aspect(
        "message",
        good(named("a token's", w.message), named("another token's", w.second), rule="3 fits"),
        good(*(named(text, one) for text, one in texts.items()), rule="3 fits"),
        rare(named("a hash", sha256(w.message)), rule="3 fits"),
        rare(named("whose hash has ff 00 in it", text_with(w.message, _has_ff_00)), rule="3 fits"),
    )


def _has_ff_00(text: bytes) -> bool:
    return b"\xff\0" in sha256(text)


def _signed(w: Any) -> Aspect:
    changes: dict[str, Callable[[bytes], bytes]] = {
        "with another last byte": lambda m: m[:-1] + b"!",
        "with another first byte": lambda m: b"!" + m[1:],
        "without its last byte": lambda m: m[:-1],
        "with a line end behind": lambda m: m + b"\n",
        "with a zero byte behind": lambda m: m + b"\0",
        "with a space before": lambda m: b" " + m,
        "in small letters": bytes.lower,
        "empty": lambda m: b"",
        "up to the dot": lambda m: m.partition(b".")[0],
        "behind the dot": lambda m: m.partition(b".")[2],
    }
    return Aspect(
        "signed",
        good(named("the message", lambda e: e.message)),
        bad("3 hash", *(named(f"it {text}", lambda e, f=f: f(e.message)) for text, f in changes.items()), stake=ALL),
        bad(
            "3 hash",
            named("a text whose hash is the message", lambda e: w.second),
            along={"message": sha256(w.second)},
            stake=ALL,
        ),
    )


def _signer(w: Any) -> Aspect:
    return Aspect(
        "signer",
        good(named("the key", lambda e: e.key)),
        bad(
            "3 fits",
            named("another key", SMALLEST),
            named("another exponent", lambda e: QuickKey(e.key.factors, 5)),
            stake=ALL,
        ),
    )


def _encoded(w: Any) -> Aspect:
    table: list[tuple[str | tuple[str, ...], dict[str, Make]]] = [
        ("3 start", {"begins with 01 01": flipped(0), "with 00 02": flipped(1, 3), "with 00 00": flipped(1)}),
        ("3 fill", {f"ff number {n} is fe": flipped(n + 1) for n in (1, 9, 90)}),
        (
            "3 fill",
            {
                "the last ff is fe": flipped(-53),
                "random bytes in place of ff": framed(b"\0\1", tail, w.noise),
                "zeros in place of ff": framed(b"\0\1", tail, bytes(150)),
                "fe for all ff": framed(b"\0\1", tail, b"\xfe" * 202),
                "a 00 among the ff": flipped(11, 255),
            },
        ),
        (("3 start", "3 fill"), {"00 02 and random bytes": framed(b"\0\2", tail, w.noise)}),
        (("3 start", "3 fill"), {"zeros, prefix and hash": lambda e: tail(e.signed).rjust(e.key.size, b"\0")}),
        ("3 end", {"01 for the 00 behind the ff": flipped(-52), "ff for the 00": flipped(-52, 255)}),
        ("3 prefix", {f"byte {n} of the prefix": flipped(n - 51) for n in (0, 9, 15, 18)}),
        ("3 prefix", {"the name of SHA-512/256": framed(b"\0\1", lambda m: SHA512_256 + sha256(m))}),
        (("3 end", "3 prefix"), {"no NULL in the prefix": framed(b"\0\1", lambda m: NO_NULL + sha256(m))}),
        (("3 end", "3 prefix"), {"no prefix": framed(b"\0\1", sha256)}),
        (
            ("3 start", "3 fill", "3 prefix"),
            {"the bare hash": lambda e: sha256(e.signed).rjust(e.key.size, b"\0")},
        ),
        ("3 hash", {f"byte {n} of the hash": flipped(n - 32) for n in (0, 1, 7, 8, 15, 16, 24, 30, 31)}),
        ("3 hash", {"the hash of the hash": framed(b"\0\1", lambda m: tail(sha256(m)))}),
        ("3 hash", {"the hash backwards": framed(b"\0\1", lambda m: PREFIX + sha256(m)[::-1])}),
        (FORGED, {"a line end behind the hash": framed(b"\0\1", lambda m: tail(m) + b"\n")}),
        (FORGED, {"SHA-1": framed(b"\0\1", lambda m: SHA1 + hashlib.sha1(m).digest())}),  # noqa: S324 - to be refused
        (FORGED, {"SHA-384": framed(b"\0\1", lambda m: SHA384 + hashlib.sha384(m).digest())}),
        (FORGED, {"SHA-512": framed(b"\0\1", lambda m: SHA512 + hashlib.sha512(m).digest())}),
        (FORGED, {"the hash in hexadecimal": framed(b"\0\1", lambda m: PREFIX + sha256(m).hex().encode())}),
        ("3 fits", {"0": lambda e: bytes(e.key.size), "1": lambda e: b"\1".rjust(e.key.size, b"\0")}),
        ("3 fits", {f"shifted by {bits} bits": shifted(bits) for bits in (4, 8)}),
        ("3 fits", {"n - 1": lambda e: (e.key.n - 1).to_bytes(e.key.size, "big")}),
        ("3 fits", {"n minus what it must be": lambda e: _negative(encode(e.signed, e.key.size), e.key)}),
    ]
    return Aspect(
        "encoded",
        good(named("as it must be", lambda e: encode(e.signed, e.key.size))),
        *(bad(rules, *named_ones(makes), stake=ALL) for rules, makes in table),
    )


def _signature(w: Any) -> Aspect:
    """Signatures that are none: forged without the private key (for e = 3), or changed."""
    forged = {f"garbage behind the hash, {fill} ff": fill for fill in (8, 70)}
    mirrored = text_with(w.message, lambda text: number(w.usual.sign(text)[::-1]) < w.usual.n)
    with_root = {"key": w.small, "message": text_with_root(w.second)}
    changed: dict[str, Callable[[bytes], bytes]] = {
        "its first bytes zero": lambda s: bytes(8) + s[8:],
    }
    changed |= {f"byte {n} changed": partial(_one_changed, n) for n in (8, 100, 255)}
    return Aspect(
        "signature",
        good(named("made with the private key", lambda e: e.signer.sign_encoded(e.encoded))),
        bad(
            FORGED,
            *(named(text, lambda e, n=n: garbage_behind(e.message, 256, n)) for text, n in forged.items()),
            along={"key": w.small},
            stake=ALL,
        ),
        bad(
            ("3 start", "3 fill"),
            named("zeros before a forged end", lambda e: root_of_end(e.message).to_bytes(256, "big")),
            along=with_root,
            stake=ALL,
        ),
        bad(
            "3 fits",
            named("backwards", lambda e: e.signer.sign_encoded(e.encoded)[::-1]),
            along={"message": mirrored},
            stake=ALL,
        ),
        bad(
            "3 fits",
            *(named(text, lambda e, f=f: f(e.signer.sign_encoded(e.encoded))) for text, f in changed.items()),
            stake=ALL,
        ),
    )


def _negative(text: bytes, key: Any) -> bytes:
    """What makes the signature n - s, of which e, being odd, makes n minus what it makes of s."""
    negative: bytes = (key.n - number(text)).to_bytes(key.size, "big")
    return negative


def _one_changed(place: int, signature: bytes) -> bytes:
    return bytes(byte ^ (i == place) for i, byte in enumerate(signature))


def _around(w: Any) -> Aspect:
    """How the signature is written down."""
    lengths: dict[str, Callable[[bytes], bytes]] = {
        "without its last byte": lambda s: s[:-1],
        "its last half": lambda s: s[128:],
        "with a zero byte behind": lambda s: s + b"\0",
        "twice": lambda s: s * 2,
        "in hexadecimal": lambda s: s.hex().encode(),
        "in base64": base64.b64encode,
    }
    wide = {"key": w.wide, "message": text_with(w.message, lambda text: w.wide.sign(text)[0] == 0)}
    twin = {
        "key": w.small,
        "message": text_with(w.message, lambda text: number(w.small.sign(text)) + w.small.n < 1 << 2048),
    }
    return Aspect(
        "around",
        good(named("nothing", lambda e: lambda s: s)),
        rare(named("its first byte is zero", lambda e: lambda s: s), rule="1", along=wide),
        *(
            rare(
                named(edges, lambda e: lambda s: s),
                rule="1",
                along={"key": EDGED, "message": b"eyJhbGciOiJSUzI1NiJ9.%d" % count},
            )
            for edges, count in EDGES.items()
        ),
        bad(
            "1", named("a zero byte before", lambda e: lambda s: b"\0" + s), named("eight before", lambda e: eight_more)
        ),
        bad("1", named("without its leading zero byte", lambda e: lambda s: s[1:]), along=wide),
        bad(
            ("1", "3 start"),
            named("padded for 257 bytes", lambda e: lambda s: b"\0" + e.key.sign_encoded(encode(e.message, 257)[1:])),
        ),
        bad(("1", "3 fits"), named("empty", lambda e: lambda s: b""), stake=ALL),
        bad(("1", "3 fits"), *(named(text, lambda e, f=f: f) for text, f in lengths.items())),
        bad(
            "2",
            *(
                named(f"s + {times}n", lambda e, t=times: lambda s: (number(s) + t * e.key.n).to_bytes(257, "big"))
                for times in (1, 2, 60)
            ),
            along=wide,
        ),
        bad("2", named("s + n", lambda e: lambda s: (number(s) + e.key.n).to_bytes(256, "big")), along=twin),
        bad(("2", "3 fits"), named("n", lambda e: lambda s: e.key.n.to_bytes(e.key.size, "big")), stake=ALL),
        bad(("2", "3 fits"), named("ff", lambda e: lambda s: b"\xff" * e.key.size), stake=ALL),
    )


def build(e: Any) -> Args:
    """The key's numbers, the message and the signature."""
    return e.key.n, e.key.e, e.message, e.around(e.signature)


def oracle(n: int, e: int, message: bytes, signature: bytes) -> tuple[bool, set[str]]:
    """True, and all rules that are broken."""
    size, s = (n.bit_length() + 7) // 8, number(signature)
    broken = {"1"} if len(signature) != size else {"2"} if s >= n else set[str]()
    got, want = power(s % n, e, n).to_bytes(size, "big"), encode(message, size)
    if got[:10] != want[:10] and got[-16:] != want[-16:]:
        return True, broken | {"3 fits"}
    broken |= {rule for rule, region in REGIONS.items() if got[region] != want[region]}
    return True, broken | set(FORGED) if {"3 prefix", "3 hash"} <= broken else broken


@lru_cache(maxsize=512)
def power(s: int, e: int, n: int) -> int:
    """s^e mod n, remembered: many trials have the same signature."""
    return int(pow(s, e, n))


# -- what signatures are made of --------------------------------------------------------------------------------------

Make = Callable[[Any], bytes]
"""From the choice so far to an encoded message."""
SHA512_256 = PREFIX.replace(bytes.fromhex("040201"), bytes.fromhex("040206"))
"""The name of another hash of 32 bytes: its object id ends in 6 (RFC 8017 §9.2, note 1)."""
NO_NULL = bytes.fromhex("302f300b06096086480165030402010420")
SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")
SHA384 = bytes.fromhex("3041300d060960864801650304020205000430")
SHA512 = bytes.fromhex("3051300d060960864801650304020305000440")


def eight_more(signature: bytes) -> bytes:
    """The same number in eight bytes more."""
    return bytes(8) + signature


def framed(start: bytes, ending: Callable[[bytes], bytes], fill: bytes = b"") -> Make:
    """An encoded message with another start, another ending or something else for the last of the ff."""

    def make(e: Any) -> bytes:
        end = b"\0" + ending(e.signed)
        room = int(e.key.size) - 2 - len(end)
        return start + (b"\xff" * room + fill)[-room:] + end

    return make


def flipped(place: int, mask: int = 1) -> Make:
    """The right encoded message with bits of one byte changed."""

    def make(e: Any) -> bytes:
        right = bytearray(encode(e.signed, e.key.size))
        right[place] ^= mask
        return bytes(right)

    return make


def shifted(bits: int) -> Make:
    """The encoded message moved to the left: the same text of digits, but for the zeros around it."""
    return lambda e: (number(encode(e.signed, e.key.size)) << bits).to_bytes(e.key.size, "big")


def in_turn(source: random.Random) -> Iterator[Trial]:
    """Verdicts that must not be remembered by some of the arguments."""
    w = world(source)
    right = w.usual.n, w.usual.e, w.message, w.usual.sign(w.message)
    wrong = {
        "for another message": (w.usual.n, w.usual.e, w.second, right[3]),
        "under another key": (w.other.n, w.other.e, w.message, right[3]),
    }
    yes, no, rules = Returns(True), Refuses(), frozenset(["3 fits"])
    for text, args in wrong.items():
        yield Trial(
            right, InTurn((yes, no)), rules, True, ALL, f"a good signature, then the same one {text}", more=(args,)
        )
        yield Trial(
            args, InTurn((no, yes)), rules, True, ALL, f"a signature {text}, and then where it fits", more=(right,)
        )


# -- known mistakes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verify:
    """A right rsa_verify_pkcs1, of parts that can be got wrong one by one."""

    size: Callable[[int], int] = lambda n: (n.bit_length() + 7) // 8
    exponent: int = 0
    length: Callable[[int, int], bool] = lambda length, size: length == size
    below: Callable[[int, int], bool] = lambda s, n: s < n
    equal: Callable[[bytes, bytes], Any] = lambda got, want: got == want
    digest: Callable[[bytes], bytes] = sha256

    def __call__(self, n: int, e: int, message: bytes, signature: bytes) -> bool:
        """Verify a signature."""
        s, size = number(signature), self.size(n)
        if not self.length(len(signature), size) or not self.below(s, n):
            return False
        ending = b"\0" + PREFIX + self.digest(message)
        want = b"\0\1" + b"\xff" * (size - 2 - len(ending)) + ending
        got = power(s % n, self.exponent or e, n)
        return bool(self.equal(got.to_bytes(max(size, (n.bit_length() + 7) // 8), "big"), want))


VERIFY = Verify()


def _without(start: int, stop: int | None) -> Verify:
    """All bytes are compared but some."""

    def equal(got: bytes, want: bytes) -> bool:
        end = len(got) if stop is None else stop % len(got)
        return got[: start % len(got)] + got[end:] == want[: start % len(want)] + want[end:]

    return replace(VERIFY, equal=equal)


def _read(got: bytes, want: bytes, rest_fits: Callable[[bytes, bytes], bool]) -> bool:
    """The encoded message taken apart from the left."""
    fill, _, rest = got[2:].partition(b"\0")
    return got[:2] == b"\0\1" and len(fill) >= 8 and not fill.strip(b"\xff") and rest_fits(rest, want[-51:])


MISTAKES: Mistakes = {
    RETURNS: {
        "It says False to honest signatures as well. Print the bytes that you expect, and `pow(s, e, n)` as bytes, "
        "both with `.hex()`. Is it 00 01, then ff, one 00, the prefix and the 32 bytes of the SHA-256 (`.digest()`, "
        "not the 64 digits), `size` bytes? Is s read with 'big'? Then look for a comparison of two things that are "
        "never equal, such as bytes and a number.": lambda n, e, message, signature: False,
    },
    "1": {
        "A signature of another length is taken: with zero bytes in front, it is a second spelling.": replace(
            VERIFY, length=lambda length, size: True
        ),
        "A signature that is too short is taken. It has exactly as many bytes as the modulus.": replace(
            VERIFY, length=lambda length, size: length <= size
        ),
        "A signature that is too long is taken, with zero bytes in front. It has exactly as many bytes as the "
        "modulus.": replace(VERIFY, length=lambda length, size: length >= size),
    },
    "2": {
        "A signature s that is n or more is taken, so s + n is a second spelling of s. Refuse unless s < n.": replace(
            VERIFY, below=lambda s, n: True
        ),
        "A signature s of n or more is taken if it has no more bits than n, and s + n can have as many. Refuse "
        "unless s < n.": replace(VERIFY, below=lambda s, n: s.bit_length() <= n.bit_length()),
    },
    "3 key": {
        "It refuses honest signatures under every e but 65537. Use e; there are keys with e = 3.": replace(
            VERIFY, exponent=65537
        ),
        "It refuses honest signatures under every e but 3. Use e; most keys have 65537.": replace(VERIFY, exponent=3),
        "It refuses honest signatures under a modulus whose bits do not fill its bytes. One of 2049 bits needs 257 "
        "bytes: (n.bit_length() + 7) // 8.": replace(VERIFY, size=lambda n: n.bit_length() // 8),
        "It refuses honest signatures under a modulus of an unusual size, such as 2049 or 4224 bits. Any from 2048 on "
        "will do: take the number of bytes from n.": replace(VERIFY, size=lambda n: 256),
    },
    "3 start": {
        "Another first byte passes. It must be 00.": _without(0, 1),
        "Two other first bytes pass. They must be 00 01.": _without(0, 2),
    },
    ("3 start", "3 fill"): {
        "Whatever stands before the end passes, if the end is right. Compare all bytes, from 00 01 on.": replace(
            VERIFY, equal=lambda got, want: got.endswith(want[-51:])
        ),
    },
    ("3 start", "3 fill", "3 end", "3 prefix"): {
        "Whatever stands before the hash passes. Compare all bytes, from 00 01 on.": replace(
            VERIFY, equal=lambda got, want: got[-32:] == want[-32:]
        ),
    },
    tuple(REGIONS): {
        "It accepts the hash wherever it stands. Compare all bytes of the encoded message, from 00 01 on.": replace(
            VERIFY, equal=lambda got, want: want[-32:] in got
        ),
    },
    "3 fill": {
        "Other bytes pass between 00 01 and the next 00. Each of them must be ff.": _without(2, -52),
        "Behind the first ff, other bytes pass up to the next 00. Each of them must be ff.": _without(10, -52),
        "It accepts anything between the 00 behind the ff and the prefix. The prefix must follow at once.": replace(
            VERIFY, equal=lambda got, want: _read(got, want, lambda rest, ending: rest.endswith(ending))
        ),
    },
    "3 end": {
        "Another byte passes between the ff and the prefix. It must be 00.": _without(-52, -51),
    },
    "3 prefix": {
        "Other bytes pass for the 19 before the hash, and name another hash. Compare them with SHA256_PREFIX, or "
        "better all bytes at once.": _without(-51, -32),
    },
    "3 hash": {
        "Another hash passes, so the signature fits every message.": _without(-32, None),
        "Another last byte of the hash passes. Compare all bytes.": _without(-1, None),
    },
    FORGED: {
        "It accepts anything behind the hash, and with e = 3 that can be forged. Build the whole encoded message and "
        "compare all of it.": replace(
            VERIFY, equal=lambda got, want: _read(got, want, lambda rest, ending: rest.startswith(ending))
        ),
        "It accepts a line end behind the hash, as `$` does in a regular expression. `re.fullmatch` does not; nor does "
        "`==` with the bytes that you expect.": replace(
            VERIFY,
            equal=lambda got, want: re.match(rb"(?s)\x00\x01\xff{8,}\x00" + re.escape(want[-51:]) + rb"$", got),
        ),
    },
}

rsa_verify_pkcs1 = Exercise(
    name="rsa_verify_pkcs1",
    points=15,
    spec="RFC 8017 §8.2.2, §9.2",
    forbids=LIBRARIES,
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
    rules=RULES,
    source=joined(
        from_aspects(world, aspects, build, oracle, wants_of_bad=lambda broken, args: Refuses()), written(in_turn)
    ),
    mistakes=MISTAKES,
)
