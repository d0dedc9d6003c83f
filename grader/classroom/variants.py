"""The inputs that one student's submission meets."""

import hashlib

from ..course.masters import read_source
from ..engine.rebuild import read_regular
from ..engine.sandbox import FULL
from ..errors import BadSubmission, ClassError
from ..judging.words import call_text
from ..student import StudentId
from .autograde import submissions
from .classdir import ClassDir


def variants(folder: ClassDir, assignment: str, student: str, exercise: str = "") -> dict[str, list[tuple[str, str]]]:
    """For each exercise, the calls that a student's submission meets, and what each must return.

    Raises:
        NotAnId: student is not a valid id.
        ClassError: no such assignment, submission or exercise.
    """
    who = StudentId.parse(student)
    found = submissions(folder, assignment, who)
    if not found:
        raise ClassError(f"{who} has handed in nothing for {assignment}; the inputs depend on what is handed in")
    options = folder.options(FULL)
    calls: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        try:
            digest = hashlib.sha256(read_regular(one.path)).hexdigest()
        except BadSubmission as error:
            raise ClassError(str(error)) from None
        assert one.master is not None
        for ours in read_source(one.master).exercises:
            trials = ours.trials(options.seed(digest, who))
            calls[ours.name] = [(call_text(ours.name, trial), trial.want.text) for trial in trials]
    if exercise and exercise not in calls:
        raise ClassError(f"{exercise}: not in {assignment}; there are: {', '.join(calls)}")
    return {name: those for name, those in calls.items() if exercise in ("", name)}
