"""Lesson 09: a store that several nodes share, in an SQLite file: sessions, and tokens refused before they expire.

A product would use a database server or Redis. The queries, and their number, are the same.
"""

import secrets
import sqlite3
import threading
from pathlib import Path
from typing import Any

_TABLES = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, user TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS denied (iss TEXT, jti TEXT, exp REAL NOT NULL, PRIMARY KEY (iss, jti)) WITHOUT ROWID;
"""


class SharedStore:
    """One node's connection to the file. Each node opens its own; all see the same.

    Attributes:
        lookups: the number of this node's queries.
    """

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.executescript(_TABLES)
        self._one_at_a_time = threading.Lock()  # a Flask server answers in many threads
        self.lookups = 0

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _ask(self, question: str, *values: Any) -> tuple[Any, ...] | None:
        with self._one_at_a_time:
            self.lookups += 1
            row: tuple[Any, ...] | None = self._database.execute(question, values).fetchone()
            return row

    # -- sessions: the methods of lesson 09's SessionStore ------------------------------------------------------------

    def create(self, user: str) -> str:
        """Begin a session and return its id."""
        session_id = secrets.token_urlsafe(16)
        self._ask("INSERT INTO session VALUES (?, ?)", session_id, user)
        return session_id

    def get(self, session_id: str) -> str:
        """The user of this session; KeyError if there is no such session."""
        if row := self._ask("SELECT user FROM session WHERE id = ?", session_id):
            return str(row[0])
        raise KeyError(session_id)

    def destroy(self, session_id: str) -> None:
        """End a session, if there is one."""
        self._ask("DELETE FROM session WHERE id = ?", session_id)

    def destroy_all(self, user: str) -> None:
        """End every session of a user."""
        self._ask("DELETE FROM session WHERE user = ?", user)

    # -- refused tokens: the methods of lesson 09's Denylist ----------------------------------------------------------

    def add(self, iss: str, jti: str, exp: float) -> None:
        """Refuse this issuer's token until exp."""
        longer = "ON CONFLICT DO UPDATE SET exp = max(exp, excluded.exp)"
        self._ask(f"INSERT INTO denied VALUES (?, ?, ?) {longer}", iss, jti, exp)  # noqa: S608 - a text of our own

    def blocked(self, iss: str, jti: str, now: float) -> bool:
        """Whether the token is refused at now."""
        return self._ask("SELECT 1 FROM denied WHERE iss = ? AND jti = ? AND exp > ?", iss, jti, now) is not None

    def size(self, now: float) -> int:
        """How many entries are valid at now; expired ones are removed."""
        self._ask("DELETE FROM denied WHERE exp <= ?", now)
        return int((self._ask("SELECT count(*) FROM denied") or (0,))[0])
