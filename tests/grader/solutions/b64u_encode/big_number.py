"""The bytes as one big number, written in base 64."""

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64u_encode(data):
    if type(data) is not bytes:
        raise TypeError(type(data))
    count = (len(data) * 8 + 5) // 6
    number = int.from_bytes(data, "big") << (count * 6 - len(data) * 8)
    out = bytearray(count)
    for place in reversed(range(count)):
        number, digit = divmod(number, 64)
        out[place] = LETTERS[digit]
    return out.decode("ascii")
