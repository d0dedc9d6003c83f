"""Lesson 08: names for keys, the one key for a header, and addresses that keys may be fetched from."""

from .jwk_thumbprint import jwk_thumbprint
from .old import find_key, is_safe_jku

EXERCISES = (jwk_thumbprint, find_key, is_safe_jku)
