"""Lesson 08: names for keys, the one key for a header, and addresses that keys may be fetched from."""

from .find_key import find_key
from .is_safe_jku import is_safe_jku
from .jwk_thumbprint import jwk_thumbprint

EXERCISES = (jwk_thumbprint, find_key, is_safe_jku)
