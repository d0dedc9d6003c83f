"""Bits as text."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64u_decode(text):
    bits = "".join(f"{ALPHABET.index(letter):06b}" for letter in text)
    whole = len(bits) // 8 * 8
    rest = bits[whole:]
    if len(rest) == 6 or "1" in rest:
        raise ValueError(text)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, whole, 8))
