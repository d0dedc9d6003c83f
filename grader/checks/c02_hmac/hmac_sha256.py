"""hmac_sha256: RFC 2104 with SHA-256 in it."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import Aspect, from_aspects, good, named
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from .. import kit

BLOCK = 64
RULES = {
    "1": "The key must become exactly 64 bytes: hashed if it is longer, then filled up with zero bytes (RFC 2104 §2).",
    "2": "Any bytes are a message, whatever is in them and however many there are.",
}


def world(source: random.Random) -> Any:
    """Bytes that differ from seed to seed. None of them is zero, nor white space: what is, is put there on purpose."""
    return SimpleNamespace(
        key=kit.visible(source, 2000),
        message=kit.visible(source, 1000, until=127),
    )


def aspects(w: Any) -> list[Aspect]:
    """The key and the message."""
    sizes = {f"{n:,} bytes": w.key[:n] for n in (32, 20, 1, 2, 31, 33, 55, 56, 63, 64, 65, 66, 127, 128, 129, 2000)}
    with_zeros = {
        f"{n} bytes, {where}": made
        for n in (32, 64, 65)
        for where, made in (
            ("the first of them zero", b"\0" + w.key[1:n]),
            ("one in the middle zero", w.key[:9] + b"\0" + w.key[10:n]),
            ("the last of them zero", w.key[: n - 1] + b"\0"),
        )
    }
    odd = {
        "empty": b"",
        "a zero byte": b"\0",
        "only zeros": bytes(64),
        "more zeros": bytes(65),
        "spaces around": b" k \n",
        "a byte order mark first": b"\xef\xbb\xbfkey",
        "base64": b"QUJD" * 12,
        "line breaks": b"k\r\nk\rk\n\nk",
        "the inner pad's byte, and more": b"\x36" + w.key[:20],
        "the outer pad's byte, and more": b"\x5c" + w.key[:20],
    }
    text = {"letters": b"secret", "digits": b"1234", "hexadecimal": b"00ff" * 8, "bytes of ones": b"\xff" * 32}
    messages = {f"{n:,} bytes": (w.message * 5)[:n] for n in (20, 300, 1, 55, 56, 63, 64, 65, 119, 128, 5_000)}
    strange = {
        "empty": b"",
        "a zero byte": b"\0",
        "zeros behind": w.message[:9] + b"\0\0",
        "white space around": b" m\n",
        "zeros before": b"\0\0" + w.message[:9],
        "a byte order mark first": b"\xef\xbb\xbf" + w.message[:9],
        "line breaks": b"m\r\nm\rm\n\nm",
        "no UTF-8": b"\xff\xfe\xe6",
        "dots": b"a.b.c",
        "the pads": b"\x36" * 64 + b"\x5c" * 64,
        "text": "\u00c6gir".encode(),
    }
    return [
        Aspect("key", good(*(named(text, one) for text, one in (sizes | with_zeros | odd | text).items()), rule="1")),
        Aspect("message", good(*(named(text, one) for text, one in (messages | strange).items()), rule="2")),
    ]


def build(e: Any) -> Args:
    """The key and the message."""
    return e.key, e.message


def oracle(key: bytes, message: bytes) -> tuple[Any, set[str]]:
    """The MAC; nothing is refused."""
    return kit.mac(key, message), set()


@dataclass(frozen=True)
class Mac:
    """A right hmac_sha256, of parts that can be got wrong one by one."""

    limit: int = BLOCK
    shorten: Callable[[bytes], bytes] = lambda key: hashlib.sha256(key).digest()
    fill: Callable[[bytes], bytes] = lambda key: key.ljust(BLOCK, b"\0")
    fill_first: bool = False
    pads: tuple[int, int] = (0x36, 0x5C)
    between: Callable[[Any], bytes] = lambda inner: bytes(inner.digest())
    finish: Callable[[Any], Any] = lambda outer: outer.digest()
    message: Callable[[bytes], bytes] = lambda message: message
    key: Callable[[bytes], bytes] = lambda key: key

    def __call__(self, key: bytes, message: bytes) -> Any:
        """Compute the MAC."""
        key = self.key(key)
        key = self.fill(key) if self.fill_first else key
        if len(key) > self.limit:
            key = self.shorten(key)
        key = key if self.fill_first else self.fill(key)
        inner_pad, outer_pad = (bytes(byte ^ pad for byte in key) for pad in self.pads)
        inner = self.between(hashlib.sha256(inner_pad + self.message(message)))
        return self.finish(hashlib.sha256(outer_pad + inner))


MAC = Mac()

MISTAKES: Mistakes = {
    RETURNS: {
        "This is SHA-256 of key and message in a row. Anyone who sees it can append to the message and extend the "
        "hash without the key; that is what the two passes of HMAC prevent.": lambda key, message: hashlib.sha256(
            key + message
        ).digest(),
        "This is SHA-256 of message and key in a row, not HMAC: two hashes are needed, with a pad each.": (
            lambda key, message: hashlib.sha256(message + key).digest()
        ),
        "The key is not filled up to 64 bytes with zero bytes, so the pads are too short.": replace(
            MAC, fill=lambda key: key
        ),
        "The key is filled up to 32 bytes. It is the block size of SHA-256 that counts, 64 bytes, not the size of its "
        "result.": replace(MAC, fill=lambda key: key.ljust(32, b"\0")),
        "The zero bytes belong behind the key, not before it.": replace(MAC, fill=lambda key: key.rjust(BLOCK, b"\0")),
        "The key is filled up with the character '0', which is the byte 48. It should be the byte 0, b'\\0'.": replace(
            MAC, fill=lambda key: key.ljust(BLOCK, b"0")
        ),
        "The pads have changed places: 0x36 is inside, 0x5c outside.": replace(MAC, pads=(0x5C, 0x36)),
        "The inner pad is 0x36, in hexadecimal; 36 in decimal is another number.": replace(MAC, pads=(36, 0x5C)),
        "The result is text in hexadecimal. A signature is the 32 bytes: `.digest()`.": replace(
            MAC, finish=lambda outer: outer.hexdigest()
        ),
        "The inner hash goes into the outer one as 32 bytes, `.digest()`, not as 64 hexadecimal digits.": replace(
            MAC, between=lambda inner: inner.hexdigest().encode()
        ),
        "Key and message have changed places.": lambda key, message: MAC(message, key),
    },
    "1": {
        "A key longer than 64 bytes must be hashed first (RFC 2104 §2).": replace(MAC, limit=10**6),
        "A key longer than 64 bytes is hashed, not cut off at 64 (RFC 2104 §2).": replace(
            MAC, shorten=lambda key: key[:BLOCK]
        ),
        "A key of exactly 64 bytes is used as it is; only a longer one is hashed.": replace(MAC, limit=BLOCK - 1),
        "The limit is 64 bytes, the block of SHA-256; a key of 33 to 64 bytes is used as it is.": replace(
            MAC, limit=32
        ),
        "The key is filled up before its length is looked at, so a hashed key has 32 bytes. Hash first, then fill.": (
            replace(MAC, fill_first=True)
        ),
        "Zero bytes in a key are data too. They must not end it, nor be taken off.": replace(
            MAC, key=lambda key: key.split(b"\0")[0]
        ),
        "White space in a key is data too. It must not be taken off.": replace(MAC, key=lambda key: key.strip()),
    },
    "2": {
        "White space around a message is data too. It must not be taken off.": replace(
            MAC, message=lambda message: message.strip()
        ),
        "Zero bytes at the end of a message are data too. They must not be taken off.": replace(
            MAC, message=lambda message: message.rstrip(b"\0")
        ),
        "A message is bytes, not text: most bytes are not UTF-8, and must go into the hash as they are.": replace(
            MAC, message=lambda message: message.decode("utf-8", "ignore").encode()
        ),
    },
}

hmac_sha256 = Exercise(
    name="hmac_sha256",
    points=10,
    spec="RFC 2104 §2",
    forbids=("hmac", "cryptography", "jwt", "jwt_from_scratch"),
    hints=(
        "First bring the key to exactly 64 bytes. A longer one is hashed to 32; then zero bytes fill it up. After that "
        "the formula has only two hashes in it.",
        "Python can't mix bytes with a number at once. Go through the key byte by byte and make new bytes of the "
        "results, once with `0x36` and once with `0x5c`. The message goes into the inner hash, the inner hash into the "
        "outer.",
        "`key = key.ljust(64, b'\\0')` after the hashing, `ipad = bytes(b ^ 0x36 for b in key)`, `opad` likewise; "
        "then `inner = sha256(ipad + message).digest()` and `return sha256(opad + inner).digest()`.",
    ),
    rules=RULES,
    source=from_aspects(
        world,
        aspects,
        build,
        oracle,
        examples=(  # RFC 4231 §4.3, §4.2 and §4.7: keys of 4, 20 and 131 bytes
            (b"Jefe", b"what do ya want for nothing?"),
            (b"\x0b" * 20, b"Hi There"),
            (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First"),
        ),
    ),
    mistakes=MISTAKES,
)
