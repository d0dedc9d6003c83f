# about: helpers, constants and a class in cells of their own and in the solution's
# base: solved 02_hmac

# %% + before hmac_sha256
from dataclasses import dataclass


@dataclass
class Pads:
    inner: int = 0x36
    outer: int = 0x5C


BLOCK = 64

# %% hmac_sha256
def mixed(key, pad):
    return bytes(a ^ b for a, b in zip(key, [pad] * BLOCK))


def one_block(key):
    return (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")


def hmac_sha256(key, message, pads=Pads()):
    key = one_block(key)
    hashed = hashlib.sha256(mixed(key, pads.inner) + message).digest()
    return hashlib.sha256(mixed(key, pads.outer) + hashed).digest()
