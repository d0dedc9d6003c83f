"""PBKDF2 (RFC 8018 §5.2), by `hashlib.pbkdf2_hmac`, which the course adds in a browser."""

import hashlib


class PBKDF2HMAC:
    def __init__(self, algorithm, length, salt, iterations, backend=None):
        self._name, self._rest = algorithm.name, (salt, iterations, length)

    def derive(self, key_material):
        return hashlib.pbkdf2_hmac(self._name, key_material, *self._rest)
