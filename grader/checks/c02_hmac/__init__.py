"""Lesson 02: from a hash to a MAC, and HS256 whole."""

from .hmac_sha256 import hmac_sha256
from .sign_hs256 import sign_hs256
from .verify_hs256 import verify_hs256

EXERCISES = (hmac_sha256, sign_hs256, verify_hs256)
