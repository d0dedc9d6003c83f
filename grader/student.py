"""Student ids: one rule for everything that makes an id out of a name."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from .errors import GraderError

MAX_LENGTH = 64
"""Characters of an id."""
MAX_BYTES = 200
"""Bytes of an id in UTF-8: a file system has room for 255 in a name, and endings come behind it."""

_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Characters that Unicode counts as letters or marks although they are invisible."""
MAX_MARKS = 8
"""Marks behind one letter. No script's spelling needs more, and a tower of them covers the lines around it."""
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])(\..*)?")
"""File names that mean a device on Windows."""
_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9._@+ -]*[a-z0-9_@+-])?")


class NotAnId(GraderError, ValueError):
    """A text that can't be a student's id. The text of the error is one sentence."""


class StudentId(str):
    """A student's id: a letter or digit, then letters of any script, digits, `. _ @ + -` and single spaces inside.

    It is in Unicode's form NFC, has at most `MAX_LENGTH` characters, and does not end with a dot or space. So it needs
    no escaping in a path, a page, a table or a terminal, and ids that differ only in their Unicode form are one.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "StudentId":
        """Make an id of a text.

        Raises:
            NotAnId: the text can't be an id.
        """
        one_form = unicodedata.normalize("NFC", text)
        if problem := _problem(one_form):
            raise NotAnId(f"{text[:MAX_LENGTH]!a} can't be an id: {problem}")
        return cls(one_form)

    @property
    def file_name(self) -> str:
        """A file name without extension for this student: the id itself, if every file system stores it unchanged.

        Otherwise `~` and a hash follow a readable form of the id. No id contains `~`, so two ids never share a file,
        not even on a file system that ignores case.
        """
        if _PLAIN.fullmatch(self) and not _RESERVED.fullmatch(self):
            return str(self)
        letters = unicodedata.normalize("NFKD", self).encode("ascii", "ignore").decode("ascii")
        readable = re.sub(r"[^A-Za-z0-9_-]+", "_", letters) or "student"
        return f"{readable}~{hashlib.sha256(self.encode('utf-8')).hexdigest()[:20]}"

    @property
    def twin_key(self) -> str:
        """The same for two ids that differ only in case."""
        return unicodedata.normalize("NFC", self.casefold())


def readable(name: str, limit: int = 300) -> str:
    """The name of somebody or of a file made safe to print: one line, not long, and what an id may have stays as it is.

    Everything else that is not ASCII is escaped, such as control characters and those that change the direction.
    """
    if len(name) > limit:
        name = f"{name[: limit // 2]}...{name[-(limit - limit // 2 - 3) :]}"
    if name.isascii() and name.isprintable():  # nearly always
        return name
    return "".join(one if " " <= one <= "~" or fits else ascii(one)[1:-1] for one, fits in _each_fits(name))


def _problem(text: str) -> str:
    if not text:
        return "it is empty"
    if len(text) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return f"it is longer than {MAX_BYTES} bytes"
    if not text[0].isalnum() or _INVISIBLE.match(text):
        return "it must begin with a letter or a digit"
    if text[-1] in ". ":
        return "it must not end with a dot or a space"
    if "  " in text:
        return "two spaces stand together in it"
    for character, fits in _each_fits(text):
        if not fits and _may_be_in(character):
            return f"more than {MAX_MARKS} marks stand on one letter in it"
        if not fits:
            return f"{character!a} is in it, and only letters, digits, single spaces and . _ @ + - may be"
    return ""


def _each_fits(text: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it may be in an id where it is."""
    marks = 0
    for character in text:
        marks = marks + 1 if character > "~" and unicodedata.category(character)[0] == "M" else 0
        yield character, marks <= MAX_MARKS and _may_be_in(character)


def _may_be_in(character: str) -> bool:
    if _INVISIBLE.match(character):
        return False
    return character in " ._@+-" or character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")
