"""AES, the only block cipher here."""

from ...._aes import Block


class AES:
    block_size = 128

    def __init__(self, key):
        Block(key)  # raises for a wrong length
        self.key = bytes(key)
