"""binascii and a translation table; text fails by itself."""

import binascii

TO_URL = bytes.maketrans(b"+/", b"-_")


def b64u_encode(data: bytes) -> str:
    return str(binascii.b2a_base64(data, newline=False).translate(TO_URL, delete=b"="), "ascii")
