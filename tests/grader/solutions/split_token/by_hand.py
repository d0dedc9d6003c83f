"""The alphabet by hand, six bits at a time, and the dots found one by one."""

import json

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def to_bytes(text):
    number, bits, out = 0, 0, bytearray()
    for letter in text:
        number = number << 6 | ALPHABET.index(letter)
        bits += 6
        if bits >= 8:
            bits -= 8
            out.append(number >> bits & 255)
    return bytes(out)


def split_token(token):
    if token.count(".") != 2:
        raise ValueError("three parts, please")
    first, last = token.find("."), token.rfind(".")
    header = json.loads(to_bytes(token[:first]).decode("utf-8"))
    payload = json.loads(to_bytes(token[first + 1 : last]).decode("utf-8"))
    return header, payload, to_bytes(token[last + 1 :])
