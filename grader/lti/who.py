"""Which learner an id is: what a platform said of those who have handed in, and nothing besides."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..inside.values import plain_text
from ..reports.texts import printable
from .refusal import LtiProblem
from .tool import Tool


@dataclass(frozen=True)
class Learner:
    """Somebody who has handed in. All texts are one line.

    Attributes:
        student: what we call them, in file names and Reports.
        name: as their platform sent it with the newest hand-in; "" if it sends none.
        sub: what the platform calls them.
        issuer: the platform.
        lessons: what they have handed in, sorted.
    """

    student: str
    name: str
    sub: str
    issuer: str
    lessons: tuple[str, ...]


def learners(tool: Tool, students: Iterable[str] = ()) -> list[Learner]:
    """Those who are asked for; all who have handed in, if nobody is named.

    Raises:
        LtiProblem: one of them has handed in nothing here.
    """
    found: dict[str, Learner] = {}
    lessons: dict[str, set[str]] = {}
    for one in sorted(tool.store.hand_ins(), key=lambda one: one.at):
        lessons.setdefault(one.student, set()).add(one.lesson)
        name, sub, issuer = (printable(text) for text in (one.name, one.sub, one.issuer))
        found[one.student] = Learner(one.student, name, sub, issuer, tuple(sorted(lessons[one.student])))
    for student in students:
        if student not in found:
            raise LtiProblem(f"{plain_text(student, 100)}: nobody of this id has handed in here")
    return [found[student] for student in sorted(students or found)]
