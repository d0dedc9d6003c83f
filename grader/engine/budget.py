"""The budget: what one submission may cost the grader itself, and what is left of it.

The sandbox limits the submission's own processes. The limits here are for the grader's work outside the sandbox:
reading a submission, exchanging messages with it, judging it and showing it. When one is reached, a sentence in the
Report says so. docs/grading.md lists the same numbers; a test compares them.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import NamedTuple

from ..files import MAX_NOTEBOOK
from ..inside.frames import MAX_FRAME
from ..inside.values import MAX_BITS, MAX_COLLIDING, MAX_PACKED, MAX_VALUES

SUBMISSION_SECONDS = 300.0
"""How long one submission may take in total, including cells that are run again after a crash."""
GRADER_SECONDS = 30.0
"""Processor time of the grader itself; a solved submission takes a quarter of a second at most."""

MAX_DIRECTORY = 10_000_000
"""Bytes of a zip file's central directory."""
MAX_MEMBERS = 50_000
"""Files of one student, in folders and zip files; and in one folder, and in the class's zip file."""
MAX_WORKS = 100
"""One student's notebooks, and one student's zip files. Each notebook may take minutes."""
MAX_ZIP_BYTES = 200_000_000
"""Size of such a zip file."""
MAX_UNPACKED_BYTES = 200_000_000
"""What may come out of all of one student's zip files: they, and their members, can share their bytes and be many."""
MAX_UNPACKED_ALTOGETHER = 10_000_000_000
"""The same for the zip file given on the command line."""

MAX_BYTES = MAX_NOTEBOOK
"""Bytes of a notebook."""
MAX_BRACKETS = 1_000_000
"""Brackets and braces in its file: each may be a list or an object, which takes 60 bytes or more in memory."""
MAX_CELLS = 2_000
"""Cells of a notebook."""
MAX_SOURCE = 100_000
"""Characters of code in one cell that are parsed. The syntax tree may take a thousand times their memory."""
MAX_CODE = 1_000_000
"""Characters of code in all cells that are parsed; a lesson has 25,000."""

MAX_WIRE = 50_000_000
"""Bytes that a submission's process may send to the grader."""
MAX_ANSWERS = 10_000_000
"""Characters of all packed answers, which are kept until an exercise is judged."""

MAX_SHOWN = 1_000_000
"""Characters of code and written answers that are shown. Each may be a line, which takes a hundred bytes."""
MAX_TEXT = 400_000
"""Characters of text that all cells together may show; one cell may show 20,000."""
MAX_PICTURES = 5_000_000
"""Characters of all cells' pictures, in base64."""
MAX_OUTPUTS = 2_000
"""Outputs of all cells together; one cell may have 50."""

MAX_LINES = 400
"""Lines of one solution that `grader likeness` compares and shows."""
MAX_COMPARED = 20_000
"""Characters of these lines."""


def brackets(data: bytes) -> int:
    """How many lists and objects a JSON file can hold at most, known before it is parsed."""
    return data.count(b"[") + data.count(b"{")


class TableRow(NamedTuple):
    """One row of the table in docs/grading.md."""

    what: str
    number: float
    unit: str

    def __str__(self) -> str:
        return f"| {self.what} | {self.number:,g} {self.unit} |" if self.number < 1e5 else self._in_millions()

    def _in_millions(self) -> str:
        number, unit = (self.number / 1e6, "MB") if self.unit == "bytes" else (self.number, self.unit)
        return f"| {self.what} | {number:,.0f} {unit} |"


LIMITS = (
    TableRow("time, what is run again after a crash included", SUBMISSION_SECONDS, "s"),
    TableRow("the grader's own processor time", GRADER_SECONDS, "s"),
    TableRow("a zip file's table of contents with all names, before it is read", MAX_DIRECTORY, "bytes"),
    TableRow("one student's files, in all folders and zip files", MAX_MEMBERS, "files"),
    TableRow("one student's submissions", MAX_WORKS, "files"),
    TableRow("one student's zip file", MAX_ZIP_BYTES, "bytes"),
    TableRow("what comes out of all zip files of one student", MAX_UNPACKED_BYTES, "bytes"),
    TableRow("what comes out of the class's zip file", MAX_UNPACKED_ALTOGETHER, "bytes"),
    TableRow("a notebook", MAX_BYTES, "bytes"),
    TableRow("brackets and braces in its file, before it is parsed", MAX_BRACKETS, "characters"),
    TableRow("its cells", MAX_CELLS, "cells"),
    TableRow("code in one cell that is searched for solutions", MAX_SOURCE, "characters"),
    TableRow("code in all such cells", MAX_CODE, "characters"),
    TableRow("one message of its process", MAX_FRAME, "bytes"),
    TableRow("all messages", MAX_WIRE, "bytes"),
    TableRow("one answer", MAX_PACKED, "characters"),
    TableRow("values in one answer", MAX_VALUES, "values"),
    TableRow("one integer", MAX_BITS, "bits"),
    TableRow("keys of one dict with the same hash", MAX_COLLIDING, "keys"),
    TableRow("all answers", MAX_ANSWERS, "characters"),
    TableRow("code and written answers that people are shown", MAX_SHOWN, "characters"),
    TableRow("text that its cells show", MAX_TEXT, "characters"),
    TableRow("pictures that they show", MAX_PICTURES, "characters"),
    TableRow("their outputs", MAX_OUTPUTS, "outputs"),
    TableRow("one solution's lines in `grader likeness`", MAX_LINES, "lines"),
    TableRow("their characters", MAX_COMPARED, "characters"),
)
"""All limits, in the order in which a submission meets them."""


class Spent(BaseException):
    """A submission's budget has run out. A BaseException, so that no `except Exception` around a check catches it."""


@dataclass
class Budget:
    """What is left of one submission's budget."""

    seconds: float = GRADER_SECONDS
    wire: int = MAX_WIRE
    answers: int = MAX_ANSWERS
    sources: int = MAX_SHOWN
    text: int = MAX_TEXT
    pictures: int = MAX_PICTURES
    outputs: int = MAX_OUTPUTS
    _thinking: bool = False

    def take_message(self, size: int) -> None:
        """Count a message of the submission's process.

        Raises:
            Spent: its messages together are too large.
        """
        self.wire -= size
        if self.wire < 0:
            raise Spent(f"its process said more than {MAX_WIRE // 1_000_000} MB")

    def take_answer(self, packed: str) -> None:
        """Count an answer.

        Raises:
            Spent: its answers together are too large.
        """
        self.answers -= len(packed)
        if self.answers < 0:
            raise Spent(f"its answers had more than {MAX_ANSWERS:,} characters")

    @contextmanager
    def thinking(self) -> Iterator[None]:
        """Count the grader's processor time in this block.

        Raises:
            Spent: there is none left; possibly inside the block, as soon as Python can handle the signal.
        """
        started = time.process_time()
        self._thinking = True
        try:
            with _alarm(self._ring, max(self.seconds, 0.001)):
                try:
                    yield
                finally:
                    self._thinking = False
        finally:
            self._thinking = False  # even if the alarm rang just now
            self.seconds -= time.process_time() - started
        if self.seconds <= 0:
            raise Spent(_TOO_LONG)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Within `thinking`: exchange messages with the submission's process; the alarm must not cut one in half."""
        before, self._thinking = self._thinking, False
        try:
            yield
        finally:
            self._thinking = before

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._thinking:
            self.seconds = 0.0  # in case other code catches Spent
            raise Spent(_TOO_LONG)


_TOO_LONG = f"reading and judging it took more than {GRADER_SECONDS:g} s of the grader's own processor time"


@contextmanager
def _alarm(ring: "signal._HANDLER", seconds: float) -> Iterator[None]:
    """Call ring after so many seconds of this process's processor time, and ten times a second from then on.

    More than once, because it may interrupt the function of a known mistake, whose exceptions are all caught. Outside
    the main thread there is no alarm; then the time is checked afterwards.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, ring)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
