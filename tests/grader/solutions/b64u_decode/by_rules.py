"""Every rule checked for itself: alphabet, length, spare bits."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


class NotBase64Url(ValueError):
    pass


def b64u_decode(text: str) -> bytes:
    if len(text) % 4 == 1:
        raise NotBase64Url("impossible length")
    number = 0
    for letter in text:
        if letter not in VALUE:
            raise NotBase64Url(f"not in the alphabet: {letter!r}")
        number = number * 64 + VALUE[letter]
    spare = len(text) * 6 % 8
    if number & ((1 << spare) - 1):
        raise NotBase64Url("spare bits are set")
    return (number >> spare).to_bytes(len(text) * 6 // 8, "big")
