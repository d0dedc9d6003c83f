"""What the tool remembers, in one SQLite file: logins that have ended, launches, hand-ins, and scores that were sent.

Each method is a transaction of its own, so a kill leaves it done or not done; several processes may use the file.
Where it can't be used (a full disk, a damaged file), each raises an `LtiProblem` that says so.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..refusals import of_database
from .refusal import LtiProblem

HOURS = 8
"""How long a launch lasts: a day's work on a lesson."""
_TABLES = """
CREATE TABLE IF NOT EXISTS ended (login TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS launches (token TEXT PRIMARY KEY, until REAL NOT NULL, visit TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS hand_ins (
    student TEXT, lesson TEXT, lineitem TEXT, issuer TEXT NOT NULL, client_id TEXT NOT NULL, sub TEXT NOT NULL,
    name TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (student, lesson, lineitem));
CREATE TABLE IF NOT EXISTS scores (
    student TEXT, lesson TEXT, lineitem TEXT, score REAL NOT NULL, maximum REAL NOT NULL, comment TEXT NOT NULL,
    timestamp TEXT NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (student, lesson, lineitem, sent));
"""
_HAND_IN = "SELECT * FROM hand_ins WHERE student = ? AND lesson = ? AND lineitem = ?"
_SCORE = (
    "SELECT score, maximum, comment, timestamp FROM scores "
    "WHERE student = ? AND lesson = ? AND lineitem = ? AND sent = ?"
)
_KNOWN = """
SELECT student FROM hand_ins AS own WHERE (issuer, client_id, sub) = (:issuer, :client_id, :sub) AND NOT EXISTS
    (SELECT * FROM hand_ins WHERE student = own.student AND (issuer, client_id, sub) != (:issuer, :client_id, :sub))
ORDER BY at DESC LIMIT 1
"""
_FORGET = "DELETE FROM scores WHERE student = ? AND lesson = ? AND lineitem = ? AND NOT sent"


@dataclass(frozen=True)
class Visit:
    """A launch, as far as the pages behind it need it.

    Attributes:
        issuer: of the platform that the learner came from.
        client_id: what we are called there.
        sub: the learner, as the platform calls them.
        student: the learner, as we do.
        name: for people, or "".
        is_learner: whether they may hand in.
        lesson: such as "01_encoding", or "".
        lineitem: where the score goes, or "".
        frames: origins of pages that may show ours in a frame.
    """

    issuer: str
    client_id: str
    sub: str
    student: str
    name: str
    is_learner: bool
    lesson: str
    lineitem: str
    frames: tuple[str, ...]


@dataclass(frozen=True)
class HandIn:
    """Something that a learner handed in, and where its score goes."""

    student: str
    lesson: str
    lineitem: str
    issuer: str
    client_id: str
    sub: str
    name: str
    at: float


@dataclass(frozen=True)
class Score:
    """A score for a platform.

    Attributes:
        score: points, of `maximum`.
        comment: for the learner.
        timestamp: when it was made up (RFC 3339); a platform takes none that is not later than the one it has.
    """

    score: float
    maximum: float
    comment: str
    timestamp: str

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.score / self.maximum if self.maximum else 0.0

    def says_the_same(self, other: "Score") -> bool:
        """Whether nothing would change by sending the other one."""
        return (self.score, self.maximum, self.comment) == (other.score, other.maximum, other.comment)


class Store:
    """The file. It is made at first use."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._open() as database:
            database.executescript(_TABLES)
        file.chmod(0o600)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._file, timeout=30, isolation_level="IMMEDIATE")) as database, database:
                yield database
        except sqlite3.Error as error:
            raise LtiProblem(of_database(str(error), str(self._file))) from None

    def use(self, login: str, until: float, now: float) -> bool:
        """Note that a login has ended. Returns False if it had ended before."""
        with self._open() as database:
            database.execute("DELETE FROM ended WHERE until < ?", (now,))
            done = database.execute("INSERT OR IGNORE INTO ended VALUES (?, ?)", (_hash(login), until))
            return done.rowcount == 1

    def as_known(self, visit: Visit) -> Visit:
        """The visit, with the id under which its learner has handed in: that of an older version, perhaps.

        An id that two learners of that version had in common is not kept.
        """
        with self._open() as database:
            row = database.execute(_KNOWN, asdict(visit)).fetchone()
        return replace(visit, student=row[0]) if row else visit

    def begin_visit(self, visit: Visit, now: float) -> str:
        """Remember a launch for some hours. Returns the secret by which its browser is known from now on."""
        token = secrets.token_urlsafe(24)
        with self._open() as database:
            database.execute("DELETE FROM launches WHERE until < ?", (now,))
            row = (_hash(token), now + HOURS * 3600, json.dumps(asdict(visit)))
            database.execute("INSERT INTO launches VALUES (?, ?, ?)", row)
        return token

    def visit(self, token: str, now: float) -> Visit | None:
        """The launch that a browser's secret belongs to."""
        with self._open() as database:
            wanted = (_hash(token), now)
            row = database.execute("SELECT visit FROM launches WHERE token = ? AND until >= ?", wanted).fetchone()
        if row is None:
            return None
        fields: dict[str, Any] = json.loads(row[0])
        return Visit(**{**fields, "frames": tuple(fields["frames"])})

    def hand_in(self, visit: Visit, now: float) -> None:
        """Note that a learner has handed in, and where the score is to go."""
        who = (visit.student, visit.lesson, visit.lineitem, visit.issuer, visit.client_id, visit.sub, visit.name, now)
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO hand_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?)", who)

    def hand_ins(self) -> list[HandIn]:
        """All hand-ins, by student and lesson."""
        with self._open() as database:
            return [HandIn(*row) for row in database.execute("SELECT * FROM hand_ins ORDER BY student, lesson")]

    def handed_in(self, visit: Visit) -> HandIn | None:
        """What was handed in through the link of this visit."""
        with self._open() as database:
            row = database.execute(_HAND_IN, _key(visit)).fetchone()
        return HandIn(*row) if row else None

    def score(self, of: Visit | HandIn, *, sent: bool) -> Score | None:
        """The score that was sent last; or the one that was about to be sent, and nobody knows whether it was."""
        with self._open() as database:
            row = database.execute(_SCORE, (*_key(of), sent)).fetchone()
        return Score(*row) if row else None

    def sending(self, of: HandIn, score: Score) -> None:
        """Note that a score is about to be sent."""
        with self._open() as database:
            self._put(database, of, score, sent=False)

    def sent(self, of: HandIn, score: Score) -> None:
        """Note that the platform has a score."""
        with self._open() as database:
            self._put(database, of, score, sent=True)
            database.execute(_FORGET, _key(of))

    def not_sent(self, of: HandIn) -> None:
        """Note that the platform does not have the score that was about to be sent."""
        with self._open() as database:
            database.execute(_FORGET, _key(of))

    @staticmethod
    def _put(database: sqlite3.Connection, of: HandIn, score: Score, *, sent: bool) -> None:
        row = (*_key(of), score.score, score.maximum, score.comment, score.timestamp, sent)
        database.execute("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def _key(of: Visit | HandIn) -> tuple[str, str, str]:
    return of.student, of.lesson, of.lineitem


def _hash(secret: str) -> str:
    """Who reads the file gets into no visit."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
