"""Hashes, by Python's hashlib."""

import hashlib


class HashAlgorithm:
    name, digest_size, block_size = "", 0, 0


def _kind(name, digest_size, block_size=64):
    return type(name.upper(), (HashAlgorithm,), {"name": name, "digest_size": digest_size, "block_size": block_size})


SHA1, SHA224, SHA256 = _kind("sha1", 20), _kind("sha224", 28), _kind("sha256", 32)
SHA384, SHA512 = _kind("sha384", 48, 128), _kind("sha512", 64, 128)


class Hash:
    def __init__(self, algorithm, backend=None):
        self._hash = hashlib.new(algorithm.name)
        self.update, self.finalize = self._hash.update, self._hash.digest


def digest(algorithm, data):
    return hashlib.new(algorithm.name, data).digest()
