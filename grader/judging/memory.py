"""Whether a function keeps something from one call to the next: it is asked once more, with no call before.

What it remembers spoils answers that have nothing to do with each other, so that the rules which seem broken, and the
mistakes which make the same errors, say nothing true.
"""

from collections.abc import Sequence

from ..inside.values import copy_of
from .answering import Ask, verdict_on
from .diagnosis import Finding
from .exercise import Exercise
from .trial import Answer, Trial
from .wants import InTurn, Plays

KEEPS = (
    "Asked for this alone, with no call before it, it answers rightly: something is kept from one call to the next, "
    "outside of the function or in a default value. Begin anew in each call."
)
MOST = 6
"""How many answers are asked for once more. Of rules beyond them nothing is said."""


def remembered(exercise: Exercise, found: Sequence[Finding], anew: Ask | None) -> list[Finding]:
    """The findings whose first answer is right once nothing was asked before; none if that of the first is not.

    Most wrong programs keep nothing, and each question of this kind costs a fork: they are asked one.

    Args:
        exercise: the exercise.
        found: all findings, the dearest first.
        anew: calls the learner's function as if nothing had called it yet, if that can be done; without answer, if not.
    """
    if anew is None or not _right_alone(exercise, found[0].wrong[0], anew):
        return []
    return [found[0], *(one for one in found[1:MOST] if _right_alone(exercise, one.wrong[0], anew))]


def _right_alone(exercise: Exercise, answer: Answer, anew: Ask) -> bool:
    trial = _alone(answer)
    outcomes = anew([copy_of(trial.args)]) if trial else []
    return bool(trial and outcomes and verdict_on(exercise, trial, outcomes).right)


def _alone(answer: Answer) -> Trial | None:
    """The one call that went wrong; None if several calls make the error."""
    trial, call = answer.trial, answer.verdict.call
    if isinstance(trial.want, InTurn) and call >= 0:
        return trial._replace(args=trial.calls[call], want=trial.want.wants[call], more=())
    return None if trial.more or isinstance(trial.want, Plays) else trial
