"""Lessons 00, 03 and 11: how their services store passwords."""

import hashlib

CHEAP = "scrypt:1024:8:1" if hasattr(hashlib, "scrypt") else "pbkdf2:sha256:100"
"""Cheap on purpose, so that a lesson does not wait. A product must use the library's default, which costs much more
time. Without OpenSSL, as in a browser, there is no scrypt."""
