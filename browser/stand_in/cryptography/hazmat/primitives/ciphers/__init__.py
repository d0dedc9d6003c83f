"""A cipher with its mode, in the interface of update() and finalize(). The only mode is GCM."""

import hmac

from ...._aes import gcm
from ....exceptions import InvalidTag


class Cipher:
    def __init__(self, algorithm, mode, backend=None):
        self.algorithm, self.mode = algorithm, mode

    def encryptor(self):
        return _Context(self, decrypting=False)

    def decryptor(self):
        return _Context(self, decrypting=True)


class _Context:
    """Collects the data; finalize() does all the work."""

    def __init__(self, cipher, *, decrypting):
        self._cipher, self._decrypting = cipher, decrypting
        self._data = self._aad = b""

    def authenticate_additional_data(self, data):
        self._aad += data

    def update(self, data):
        self._data += data
        return b""

    def finalize(self):
        mode = self._cipher.mode
        out, self.tag = gcm(self._cipher.algorithm.key, mode.iv, self._data, self._aad, self._decrypting)
        if self._decrypting and not hmac.compare_digest(self.tag, mode.tag):
            raise InvalidTag
        return out
