"""The small factor is the one that leaves a number of as many bits as the signature has."""

from functools import reduce
from hashlib import sha256
from itertools import count


def representative(message, size):
    head = "0001" + "ff" * (size - 54) + "00"
    return int(head + "3031300d060960864801650304020105000420" + sha256(message).hexdigest(), 16)


def euclid(a, b):
    while b:
        a, b = b, a % b
    return a


def recover_modulus(pairs, e):
    size = len(pairs[0][1])
    multiples = [int.from_bytes(sig, "big") ** e - representative(msg, size) for msg, sig in pairs]
    common = reduce(euclid, multiples)
    for factor in count(1):
        n, rest = divmod(common, factor)
        if rest == 0 and n.bit_length() == 8 * size:
            return n
