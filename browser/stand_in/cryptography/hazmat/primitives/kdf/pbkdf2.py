"""PBKDF2 (RFC 8018 §5.2). The course puts `pbkdf2_hmac` into hashlib where it lacks."""

import hashlib


class PBKDF2HMAC:
    def __init__(self, algorithm, length, salt, iterations, backend=None):
        self._name, self._rest = algorithm.name, (salt, iterations, length)

    def derive(self, key_material):
        return hashlib.pbkdf2_hmac(self._name, key_material, *self._rest)
