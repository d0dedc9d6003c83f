"""NOT THE REAL `cryptography`: a stand-in in pure Python, over `ecdsa`, for lessons in a browser, and for nothing else.

It has the part of the real package's interface that the course, PyJWT and joserfc use. It is not constant-time, it was
reviewed by nobody, and it must never hold a key that guards anything. So it can be imported in a browser only.
"""

import sys

if sys.platform != "emscripten":
    raise ImportError("this is the browser edition's stand-in, never to be used elsewhere: pip install cryptography")

__version__ = "0+stand.in"
