"""The one block cipher that there is."""

from ...._aes import Block


class AES:
    block_size = 128

    def __init__(self, key):
        Block(key)  # refuses wrong lengths
        self.key = bytes(key)
