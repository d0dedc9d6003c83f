"""Numbers compared, with a power of one's own, and the modulus' size by shifting."""

from hashlib import sha256

PREFIX = 0x3031300D060960864801650304020105000420


def power(base, exponent, modulus):
    result = 1
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def rsa_verify_pkcs1(n, e, message, signature):
    size = 0
    while n >> (8 * size):
        size += 1
    s = int(signature.hex() or "0", 16)
    fill = 8 * (size - 54)
    wanted = (((1 << fill + 1) - 1) << 8 | 0) << (19 + 32) * 8
    wanted |= PREFIX << 256 | int(sha256(message).hexdigest(), 16)
    return len(signature) == size and s < n and power(s, e, n) == wanted
