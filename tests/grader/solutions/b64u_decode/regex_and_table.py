"""One pattern knows every canonical text: the last letter may only be one with zero spare bits."""

import base64
import re

CANONICAL = re.compile(r"(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?")


def b64u_decode(text):
    if not CANONICAL.fullmatch(text):
        raise ValueError("another spelling")
    return base64.b64decode(text + "==", altchars="-_")
