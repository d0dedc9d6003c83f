"""Lesson 14: encrypted tokens, signed ones inside of them, and claims that are shown one by one."""

from .decrypt_jwe import decrypt_jwe
from .disclosed_claims import disclosed_claims
from .open_nested import open_nested

EXERCISES = (decrypt_jwe, open_nested, disclosed_claims)
