"""What a learner hands in: looked at, never run."""

import threading
from pathlib import Path

from ..batch.names import lesson_written_in
from ..checks import exercises
from ..engine.rebuild import parsed_notebook
from ..errors import BadSubmission
from ..files import MAX_NOTEBOOK
from .refusal import Refused

_one_at_a_time = threading.Lock()
"""Ten megabytes may be a hundred as objects; several at once would be felt."""


def check_notebook(data: bytes, lesson: str) -> None:
    """See whether some bytes can be a notebook of a lesson, by the rules of grading. What is in it, grading says.

    Raises:
        Refused: they can't. The advice is for the learner.
    """
    if not data:
        raise Refused("upload", "no file", "Choose your notebook first, the file that submit() wrote.", 400)
    if len(data) > MAX_NOTEBOOK:
        raise too_large()
    try:
        with _one_at_a_time:
            parsed_notebook(Path(f"{lesson}.ipynb"), data)
    except BadSubmission as error:
        reason = str(error).partition(": ")[2]
        advice = f"This is no notebook that can be graded ({reason}). Choose the file that submit() wrote."
        raise Refused("upload", reason, advice, 400) from None
    if (other := lesson_written_in(data)) and other != lesson:
        advice = f"This is the notebook of {other}, and here {lesson} is handed in."
        raise Refused("upload", f"{other} in place of {lesson}", advice, 400)
    if not any(one.name.encode() in data for one in exercises(lesson)):  # grading would say so, to the teacher alone
        advice = f"None of the exercises of {lesson} is in this notebook. Choose the file that submit() wrote."
        raise Refused("upload", f"nothing of {lesson}", advice, 400)


def too_large() -> Refused:
    """The refusal of a file that is too large."""
    megabytes = MAX_NOTEBOOK // 1_000_000
    advice = f"This file has more than {megabytes} MB: remove large outputs from the notebook, save, hand in again."
    return Refused("upload", f"more than {MAX_NOTEBOOK} bytes", advice, 413)
