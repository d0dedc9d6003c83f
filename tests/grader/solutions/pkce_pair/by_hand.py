import hashlib
import string

LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def letters(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 6)
    return "".join(LETTERS[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))


def pkce_pair(random):
    if len(random) < 32:
        raise ValueError("too easy to guess")
    if len(random) > 96:
        raise ValueError("too long")
    verifier = letters(random)
    hashed = hashlib.new("sha256")
    hashed.update(verifier.encode())
    return (verifier, letters(hashed.digest()))
