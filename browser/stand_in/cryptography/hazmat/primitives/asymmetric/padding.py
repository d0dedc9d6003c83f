"""RSA paddings (RFC 8017 §7 to §9): adding and checking them."""

import hashlib
import hmac
import secrets

from ...._aes import xor
from ..hashes import digest

_PREFIX = {
    "sha1": "3021300906052b0e03021a05000414",
    "sha224": "302d300d06096086480165030402040500041c",
    "sha256": "3031300d060960864801650304020105000420",
    "sha384": "3041300d060960864801650304020205000430",
    "sha512": "3051300d060960864801650304020305000440",
}
"""DigestInfo without the digest (RFC 8017 §9.2, note 1)."""


class AsymmetricPadding: ...


class PKCS1v15(AsymmetricPadding):
    name = "EMSA-PKCS1-v1_5"

    def sign(self, data, algorithm, bits):
        size, tail = (bits + 7) // 8, bytes.fromhex(_PREFIX[algorithm.name]) + digest(algorithm, data)
        if size < len(tail) + 11:
            raise ValueError("Digest too large for key size. Use a larger key or different digest.")
        return b"\0\1" + b"\xff" * (size - 3 - len(tail)) + b"\0" + tail

    def fits(self, block, data, algorithm, bits):
        return hmac.compare_digest(block, self.sign(data, algorithm, bits))


class MGF1:
    def __init__(self, algorithm):
        self._algorithm = algorithm

    def mask(self, seed, size):
        name, width = self._algorithm.name, self._algorithm.digest_size
        parts = (hashlib.new(name, seed + at.to_bytes(4, "big")).digest() for at in range(-(-size // width)))
        return b"".join(parts)[:size]


class PSS(AsymmetricPadding):
    MAX_LENGTH, AUTO, DIGEST_LENGTH = object(), object(), object()
    name = "EMSA-PSS"

    def __init__(self, mgf, salt_length):
        self._mgf, self._salt_length = mgf, salt_length

    def _length(self, algorithm, size):
        if isinstance(self._salt_length, int):
            return self._salt_length
        of_digest = self._salt_length is PSS.DIGEST_LENGTH
        return algorithm.digest_size if of_digest else size - algorithm.digest_size - 2

    def sign(self, data, algorithm, bits):
        spare, size = 8 * ((bits + 6) // 8) - bits + 1, (bits + 6) // 8
        salt = secrets.token_bytes(max(0, self._length(algorithm, size)))
        if size < algorithm.digest_size + len(salt) + 2:
            raise ValueError("Digest or salt length too long for key size. Use a larger key or shorter salt length.")
        seal = digest(algorithm, bytes(8) + digest(algorithm, data) + salt)
        plain = bytes(size - len(salt) - len(seal) - 2) + b"\1" + salt
        masked = bytearray(xor(plain, self._mgf.mask(seal, len(plain))))
        masked[0] &= 0xFF >> spare
        return (bytes(masked) + seal + b"\xbc").rjust((bits + 7) // 8, b"\0")

    def fits(self, block, data, algorithm, bits):
        spare, size, width = 8 * ((bits + 6) // 8) - bits + 1, (bits + 6) // 8, algorithm.digest_size
        block, before = block[-size:], block[:-size]
        if before.strip(b"\0") or size < width + 2 or block[-1] != 0xBC:
            return False
        masked, seal = block[: size - width - 1], block[size - width - 1 : -1]
        if masked[0] >> (8 - spare):
            return False
        plain = bytearray(xor(masked, self._mgf.mask(seal, len(masked))))
        plain[0] &= 0xFF >> spare
        zeros, _, salt = bytes(plain).partition(b"\1")
        if zeros.strip(b"\0") or len(zeros) == len(plain):
            return False
        if self._salt_length is not PSS.AUTO and len(salt) != self._length(algorithm, size):
            return False
        return hmac.compare_digest(digest(algorithm, bytes(8) + digest(algorithm, data) + salt), seal)


class OAEP(AsymmetricPadding):
    name = "EME-OAEP"

    def __init__(self, mgf, algorithm, label):
        self._mgf, self._start = mgf, digest(algorithm, label or b"")

    def wrap(self, message, size):
        start = self._start
        if len(message) > size - 2 * len(start) - 2:
            raise ValueError("Encryption failed")
        plain = start + bytes(size - len(message) - 2 * len(start) - 2) + b"\1" + message
        seed = secrets.token_bytes(len(start))
        masked = xor(plain, self._mgf.mask(seed, len(plain)))
        return b"\0" + xor(seed, self._mgf.mask(masked, len(seed))) + masked

    def unwrap(self, block):
        width = len(self._start)
        seed = xor(block[1 : 1 + width], self._mgf.mask(block[1 + width :], width))
        plain = xor(block[1 + width :], self._mgf.mask(seed, len(block) - width - 1))
        zeros, found, message = plain[width:].partition(b"\1")
        if block[0] or plain[:width] != self._start or not found or zeros.strip(b"\0"):
            raise ValueError("Decryption failed")
        return message
