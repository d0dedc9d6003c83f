"""Pictures for the tests: small, real, and made on the spot."""

import zlib


def png(width: int = 2, height: int = 2, noise: bytes = b"") -> bytes:
    """A real picture, with as many bytes of noise in it as are wanted."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    pixels = zlib.compress(b"".join(b"\x00" + b"\xff\x00\x00" * width for _ in range(height)))
    chunks = chunk(b"IHDR", size) + chunk(b"tEXt", b"n\0" + noise) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks
