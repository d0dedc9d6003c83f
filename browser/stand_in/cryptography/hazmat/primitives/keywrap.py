"""AES key wrap (RFC 3394 §2.2). Nothing is unwrapped."""

from ..._aes import Block, xor
from ...exceptions import Unsupported as aes_key_unwrap


class InvalidUnwrap(Exception): ...


def aes_key_wrap(wrapping_key, key_to_wrap, backend=None):
    aes, first = Block(wrapping_key), b"\xa6" * 8
    parts = [key_to_wrap[at : at + 8] for at in range(0, len(key_to_wrap), 8)]
    for step in range(6 * len(parts)):
        made = aes.encrypt(first + parts[step % len(parts)])
        first, parts[step % len(parts)] = xor(made[:8], (step + 1).to_bytes(8, "big")), made[8:]
    return first + b"".join(parts)
