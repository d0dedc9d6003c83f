"""`grader lti push`: each Report's score goes to its platform once, and never lower than the one that is there.

What is about to be sent is noted first, with its timestamp. After a kill that same score is sent again, with that same
timestamp, so that the platform knows that it has it already.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ..files import read_file
from ..inside.values import plain_text, shorten
from ..receipts.tokens import NoReceipt, own_report, report_files
from ..reports.local_key import local_key
from ..reports.report import NOT_TAKEN, UNREADABLE, Report
from ..terminal import counting
from .refusal import LtiProblem
from .registry import Platform
from .scores import NotSent, Sender
from .store import HandIn, Score
from .tool import Tool

_COMMENT = 2_000
"""Characters of a comment."""
_LATER = 2.0
"""Seconds until a score is sent again that was not later than the one that the platform has."""


@dataclass
class Pushed:
    """What came of it.

    Attributes:
        sent: scores that were sent.
        known: scores that the platforms had.
        kept: hand-ins whose new score is lower than the one that the platform has.
        waiting: hand-ins that are not graded yet.
        nowhere: hand-ins whose link has no column for a score.
        problems: why others were not sent, a line each.
    """

    sent: int = 0
    known: int = 0
    kept: int = 0
    waiting: int = 0
    nowhere: int = 0
    problems: list[str] = field(default_factory=list)


def push(tool: Tool, sender: Sender, *, lower: bool = False) -> Pushed:
    """Send what is to be sent.

    Args:
        tool: this tool.
        sender: sends a score.
        lower: send a score also where the platform has a higher one.

    Raises:
        LtiProblem: another one is at it, or the settings can't be read.
        OSError: the folder can't be written to.
    """
    done = Pushed()
    with _alone(tool):
        reports, done.problems = _reports(tool)
        hand_ins = tool.store.hand_ins()
        with counting("sending scores", len(hand_ins)) as one_more:
            for hand_in in hand_ins:
                try:
                    _push_one(tool, sender, hand_in, reports.get((hand_in.student, hand_in.lesson)), lower, done)
                except NotSent as error:
                    done.problems.append(f"{hand_in.student}, {hand_in.lesson}: {plain_text(str(error), 300)}")
                one_more()
    return done


def _push_one(tool: Tool, sender: Sender, hand_in: HandIn, report: Report | None, lower: bool, done: Pushed) -> None:
    if not hand_in.lineitem:
        done.nowhere += 1
        return
    if (begun := tool.store.score(hand_in, sent=False)) is not None:
        _finish(tool, sender, hand_in, begun)
        done.sent += 1
    if report is None:
        done.waiting += 1
        return
    new, there = _score(report), tool.store.score(hand_in, sent=True)
    if there and new.says_the_same(there):
        done.known += not begun
    elif there and new.share < there.share and not lower:
        done.kept += 1
    else:
        _deliver(tool, sender, hand_in, new)
        done.sent += 1


def _finish(tool: Tool, sender: Sender, hand_in: HandIn, begun: Score) -> None:
    """Send once more what an earlier run was stopped at, as it was: the platform may have it.

    Raises:
        NotSent: nobody knows yet.
    """
    try:
        sender.send(_platform(tool, hand_in), hand_in.lineitem, hand_in.sub, begun)
    except NotSent as error:
        if not error.is_late:
            raise
    tool.store.sent(hand_in, begun)


def _deliver(tool: Tool, sender: Sender, hand_in: HandIn, score: Score) -> None:
    """Send a score, noted before and after.

    Raises:
        NotSent: the platform did not take it.
    """
    platform = _platform(tool, hand_in)
    for is_last in (False, False, True):
        score = replace(score, timestamp=datetime.now(UTC).isoformat(timespec="milliseconds"))
        tool.store.sending(hand_in, score)
        try:
            sender.send(platform, hand_in.lineitem, hand_in.sub, score)
        except NotSent as error:
            if error.is_sure:
                tool.store.not_sent(hand_in)
            if is_last or not error.is_late:
                raise
            sender.pause(_LATER)  # it has one of this very second, or its clock is a little ahead
        else:
            tool.store.sent(hand_in, score)
            return


def _platform(tool: Tool, hand_in: HandIn) -> Platform:
    platform = tool.settings().platform((hand_in.issuer, hand_in.client_id))
    if platform is None:
        raise NotSent("its platform is not registered any more", is_sure=True)
    return platform


def _score(report: Report) -> Score:
    lines = [f"{one.name}: {one.score} of {one.max_score}" for one in report.exercises]
    return Score(report.score, report.max_score, shorten("\n".join(lines), _COMMENT), "")


def _reports(tool: Tool) -> tuple[dict[tuple[str, str], Report], list[str]]:
    """The Reports of this machine by student and lesson, and why others do not count."""
    key = local_key((tool.graded, tool.submitted))
    found, problems = {}, []
    for name, path in report_files(tool.graded):
        try:
            report = own_report(read_file(path), key)
        except (NoReceipt, OSError) as error:
            problems.append(f"{plain_text(name, 300)}: {getattr(error, 'strerror', None) or error}")
            continue
        if report.status in (UNREADABLE, NOT_TAKEN):
            problems.append(f"{plain_text(name, 300)}: {report.status}: {report.message}")
        elif report.expected:
            problems.append(f"{plain_text(name, 300)}: {report.message}")
        else:
            found[report.student, report.chapter] = report
    return found, problems


@contextmanager
def _alone(tool: Tool) -> Iterator[None]:
    """Nobody else sends meanwhile. The lock goes with the process, however it ends."""
    import fcntl  # not on Windows, where nothing is graded

    handle = os.open(tool.push_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LtiProblem(f"{tool.root}: another `grader lti push` is at work there") from None
        yield
    finally:
        os.close(handle)
