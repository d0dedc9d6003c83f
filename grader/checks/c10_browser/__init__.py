"""Lesson 10: where a token lives in a browser, and what that exposes it to."""

from .cookie_for import cookie_for
from .csrf_ok import csrf_ok
from .storage_risks import storage_risks

EXERCISES = (cookie_for, csrf_ok, storage_risks)
