"""The key as a number of 512 bits."""

from hashlib import sha256

IPAD = int("36" * 64, 16)
OPAD = int("5c" * 64, 16)


def hmac_sha256(key, message):
    short = key if len(key) <= 64 else sha256(key).digest()
    number = int.from_bytes(short, "big") << 8 * (64 - len(short))

    def envelope(pad, content):
        return sha256((number ^ pad).to_bytes(64, "big") + content).digest()

    return envelope(OPAD, envelope(IPAD, message))
