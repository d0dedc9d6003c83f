"""Lesson 12: everything at once."""

from .decode_securely import decode_securely

EXERCISES = (decode_securely,)
