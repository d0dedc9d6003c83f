"""Lesson 02: the compression function of SHA-256, which can begin with any state (FIPS 180-4).

`hashlib` computes the same, but begins with the standard's state. The lesson continues from a finished hash with it:
length extension.
"""

_PRIMES = [p for p in range(2, 312) if all(p % q for q in range(2, p))]
_ROUND = [int(p ** (1 / 3) % 1 * 2**32) for p in _PRIMES]  # FIPS 180-4 §4.2.2
_WORD = 0xFFFFFFFF


def step(state: list[int], block: bytes) -> list[int]:
    """One step of SHA-256: a state of eight 32-bit words and a block of 64 bytes give the next (FIPS 180-4 §6.2.2)."""
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for t in range(16, 64):
        s0 = _rotate(w[t - 15], 7) ^ _rotate(w[t - 15], 18) ^ w[t - 15] >> 3
        s1 = _rotate(w[t - 2], 17) ^ _rotate(w[t - 2], 19) ^ w[t - 2] >> 10
        w.append((w[t - 16] + s0 + w[t - 7] + s1) & _WORD)
    a, b, c, d, e, f, g, h = state
    for t in range(64):
        t1 = h + (_rotate(e, 6) ^ _rotate(e, 11) ^ _rotate(e, 25)) + (e & f ^ ~e & g) + _ROUND[t] + w[t]
        t2 = (_rotate(a, 2) ^ _rotate(a, 13) ^ _rotate(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (t1 + t2) & _WORD, a, b, c, (d + t1) & _WORD, e, f, g
    return [(x + y) & _WORD for x, y in zip(state, [a, b, c, d, e, f, g, h], strict=True)]


def padding(length: int) -> bytes:
    """The padding that SHA-256 appends to an input of so many bytes (FIPS 180-4 §5.1.1)."""
    return b"\x80" + bytes(-(length + 9) % 64) + (8 * length).to_bytes(8, "big")


def _rotate(x: int, n: int) -> int:
    return (x >> n | x << (32 - n)) & _WORD
