"""NOT THE REAL `cryptography`: a stand-in in pure Python, over `ecdsa`, for lessons in a browser, and for nothing else.

It has the part of the real package's interface that the course, PyJWT and joserfc use. It is not constant-time, nobody
has reviewed it, and it must never be used with a key that protects anything. So it can be imported only in a browser.
"""

import sys

if sys.platform != "emscripten":
    raise ImportError("this is the browser edition's stand-in, never to be used elsewhere: pip install cryptography")

__version__ = "0+stand.in"
