"""Lesson 03: what a valid token asserts: until when, from whom, for whom."""

from .check_parties import check_parties
from .check_times import check_times

EXERCISES = (check_times, check_parties)
