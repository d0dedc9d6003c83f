"""Lesson 08: names for keys, the one key for a header, and addresses that keys may be fetched from."""

from .find_key import find_key
from .jwk_thumbprint import jwk_thumbprint
from .old import is_safe_jku

EXERCISES = (jwk_thumbprint, find_key, is_safe_jku)
