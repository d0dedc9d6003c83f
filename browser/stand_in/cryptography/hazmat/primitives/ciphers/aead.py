"""Authenticated encryption in one call."""

import hmac
import secrets

from ...._aes import gcm
from ....exceptions import InvalidTag
from .algorithms import AES


class AESGCM:
    def __init__(self, key):
        self._key = AES(key).key

    @classmethod
    def generate_key(cls, bit_length):
        return secrets.token_bytes(bit_length // 8)

    def encrypt(self, nonce, data, associated_data):
        return b"".join(gcm(self._key, nonce, data, associated_data or b"", decrypting=False))

    def decrypt(self, nonce, data, associated_data):
        out, tag = gcm(self._key, nonce, data[:-16], associated_data or b"", decrypting=True)
        if len(data) < 16 or not hmac.compare_digest(tag, data[-16:]):
            raise InvalidTag
        return out
