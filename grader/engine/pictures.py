"""PNG and JPEG files, known by their own bytes, and small enough to be shown.

A picture comes from a learner, so its name and type can't be believed: its bytes decide. Only what a browser can draw
without harm is allowed: no SVG (a document with scripts), no hundred million pixels.
"""

import base64
import binascii
import struct
import zlib
from collections.abc import Iterator

MAX_BYTES = 4_000_000
"""The largest picture, as a file."""
MAX_SIDE = 10_000
MAX_PIXELS = 25_000_000
"""The largest picture: a browser needs four bytes for each pixel."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# SOF0 to SOF15 hold the size; C4, C8 and CC between them are something else (ITU-T T.81, table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def data_uri(text: str) -> str | None:
    """A picture in base64 as a `data:` URI; None if it can't be shown."""
    if len(text) > MAX_BYTES * 3 // 2:
        return None
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    kind = kind_of(data)
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}" if kind else None


def kind_of(data: bytes) -> str | None:
    """`image/png` or `image/jpeg`, if these bytes are such a picture, complete and not too large; else None."""
    if len(data) > MAX_BYTES:
        return None
    try:
        size, kind = (_png_size(data), "image/png") if data.startswith(_PNG) else (_jpeg_size(data), "image/jpeg")
    except (struct.error, IndexError):
        return None
    if size is None or not all(0 < side <= MAX_SIDE for side in size) or size[0] * size[1] > MAX_PIXELS:
        return None
    return kind


def _png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG with complete chunks, from IHDR to IEND (PNG specification, section 5)."""
    chunks = list(_png_chunks(data))
    names = [name for name, _ in chunks]
    if not chunks or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names:
        return None
    width, height = struct.unpack(">II", chunks[0][1][:8])
    return width, height


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        named = data[place + 4 : place + 8 + length]
        (check,) = struct.unpack_from(">I", data, place + 8 + length)
        if zlib.crc32(named) != check:
            return
        yield named[:4], named[4:]
        if named[:4] == b"IEND":
            return
        place += 12 + length


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG, from its frame header, which must come before its scan."""
    if not data.startswith(_JPEG) or b"\xff\xd9" not in data[-1000:]:
        return None
    place = len(_JPEG)
    while data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            place += 1
            continue
        if marker in _ALONE:
            place += 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        if marker in (0xD9, 0xDA):  # the end, or a scan without a frame
            return None
        (length,) = struct.unpack_from(">H", data, place + 2)
        place += 2 + max(2, length)
    return None
