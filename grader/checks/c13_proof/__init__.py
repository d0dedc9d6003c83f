"""Lesson 13: proof that the bearer has a key, and what a token allows."""

from .answer_for import answer_for
from .is_bound import is_bound
from .verify_dpop import verify_dpop

EXERCISES = (verify_dpop, is_bound, answer_for)
