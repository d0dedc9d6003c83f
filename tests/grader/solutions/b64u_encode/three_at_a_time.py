"""Three bytes give four letters, shifts and masks, with a warning on stderr that does no harm."""

import sys
import warnings

ALPHABET = [*map(chr, range(65, 91)), *map(chr, range(97, 123)), *map(str, range(10)), "-", "_"]


def quads(data):
    for i in range(0, len(data), 3):
        a, b, c = (data[i : i + 3] + b"\0\0")[:3]
        yield a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63


def b64u_encode(data):
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError("bytes expected")
    warnings.warn("slow but right", stacklevel=1)
    print("working", file=sys.stderr)
    text = "".join(ALPHABET[i] for quad in quads(data) for i in quad)
    spare = -len(data) % 3
    return text[: len(text) - spare]
