"""Lesson 04: the header belongs to whoever sends the token, so the key decides."""

from .forge_empty_key import forge_empty_key
from .forge_kid import forge_kid
from .forge_none import forge_none
from .forge_null_signature import forge_null_signature
from .verify import verify

EXERCISES = (forge_none, forge_null_signature, forge_kid, forge_empty_key, verify)
