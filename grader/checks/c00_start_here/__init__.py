"""Lesson 00: a token taken apart."""

from .split_token import split_token

EXERCISES = (split_token,)
