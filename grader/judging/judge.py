"""From a learner's answers to a result: the one call that the kernel, the grader and the tests make."""

from ..inside import calling
from .answering import STATUS, Ask, answered
from .exercise import Exercise
from .result import FAILED, PARTIAL, PASSED, Result
from .score import lost, score
from .telling import tell, unwritten
from .trial import Answer
from .undefined import Explain, unexplained


def judge(exercise: Exercise, ask: Ask, seed: str, explain: Explain = unexplained, anew: Ask | None = None) -> Result:
    """Run an exercise's trials through ask and judge them.

    Args:
        exercise: the exercise.
        ask: calls the learner's function.
        seed: of the trials' inputs.
        explain: what to say of a name that the function reads and that is not defined.
        anew: the same as ask, for a function that nothing has called yet; see `memory`.
    """
    trials = exercise.trials(seed)
    answers = answered(exercise, trials, ask)
    last = answers[-1].outcome
    if last.kind == calling.NOT_WRITTEN or _only_a_stub(answers):
        return unwritten(exercise, last)
    points = score(exercise, trials, answers)
    ended = STATUS.get(last.kind)
    status = ended or (PASSED if points == exercise.points else PARTIAL if points else FAILED)
    told = tell(exercise, trials, answers, explain, anew)
    return Result(
        name=exercise.name,
        score=points,
        max_score=exercise.points,
        status=status,
        messages=told.messages,
        mistakes=told.mistakes,
        rows=told.rows,
        right=sum(not answer.wrong for answer in answers),
        calls=len(trials),
        lost="" if ended else lost(answers),
        messages_first=told.messages_first,
    )


def _only_a_stub(answers: list[Answer]) -> bool:
    """Whether all that it does, for valid inputs too, is raise NotImplementedError."""
    return all(answer.outcome.names[:1] == ("NotImplementedError",) for answer in answers)
