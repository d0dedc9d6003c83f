"""Lesson 09: who keeps the list. Sessions, sticky routing, and a list of tokens refused before they expire."""

from .denylist import denylist
from .old import SessionStore, route

EXERCISES = (SessionStore, route, denylist)
