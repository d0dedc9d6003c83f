"""Lesson 09: who keeps the list. Sessions, sticky routing, and a list of tokens refused before they expire."""

from .denylist import denylist
from .route import route
from .session_store import session_store

EXERCISES = (session_store, route, denylist)
