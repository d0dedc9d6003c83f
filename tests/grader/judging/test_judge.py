"""From answers to points and status."""

from collections.abc import Callable
from typing import Any

from grader.judging.result import FAILED, NOT_ATTEMPTED, PARTIAL, PASSED, TIMED_OUT
from grader.judging.trial import Trial
from grader.judging.verdict import ALL, HALF, PART, Stake
from grader.judging.wants import InTurn, Raises, Returns
from tests.grader.judging.helpers import double, judged, made, of_trials


def good(n: int, rule: str = "1", stake: Stake = ALL) -> Trial:
    return Trial((n,), Returns(n), frozenset([rule]), stake=stake, text=f"good {n}")


def bad(text: str, rule: str = "2", stake: Stake = PART) -> Trial:
    return Trial((text,), Raises(ValueError), frozenset([rule]), bad=True, stake=stake, text=text)


def refusing(*texts: str, error: type[Exception] = ValueError) -> Callable[[Any], Any]:
    def f(value: Any) -> Any:
        if value in texts:
            raise error(value)
        return value

    return f


def test_right_everywhere_is_full_marks() -> None:
    result = judged(made(), double)
    assert (result.score, result.status, result.messages, result.mistakes) == (10, PASSED, (), ())
    assert result.right == result.calls > 10


def test_each_rule_counts_alike_by_its_share_of_right_trials() -> None:
    exercise = of_trials(good(1), *(bad(f"b{n}") for n in range(4)), bad("c", "3"))
    assert judged(exercise, refusing("b0", "b1", "b2", "b3", "c")).score == 10
    assert judged(exercise, refusing("b0", "b1", "c")).score == 8
    assert judged(exercise, refusing("b0", "b1", "b2", "b3")).score == 6
    assert judged(exercise, refusing("c")).score == 6


def test_whoever_is_not_right_everywhere_has_a_point_less_at_least() -> None:
    exercise = of_trials(good(1), *(bad(f"b{n}") for n in range(99)))
    assert judged(exercise, refusing(*(f"b{n}" for n in range(98)))).score == 9


def test_a_wrong_answer_that_stakes_all_is_no_points_at_all() -> None:
    exercise = of_trials(*(good(n) for n in range(20)), bad("worst", stake=ALL), bad("b"))
    assert judged(exercise, refusing("b")).score == 0
    result = judged(exercise, lambda n: 0 if n == 19 else refusing("b", "worst")(n))
    assert (result.score, result.status, result.right, result.calls) == (0, FAILED, 21, 22)


def test_a_rare_valid_input_costs_its_part() -> None:
    exercise = of_trials(good(1), good(2, stake=PART), bad("b"))
    assert 0 < judged(exercise, lambda n: 0 if n == 2 else refusing("b")(n)).score < 10


def test_half_the_points_are_lost_once_for_each_rule() -> None:
    exercise = of_trials(good(1), bad("a", "2", HALF), bad("b", "2", HALF), bad("c", "3", HALF))
    assert judged(exercise, refusing("a", "b")).score == 10 * 2 // 3 // 2
    assert judged(exercise, refusing("c")).score == 10 * 2 // 3 // 2
    assert judged(exercise, lambda n: n).score == 10 // 3 // 4


def test_the_wrong_exception_is_no_refusal_but_it_takes_nothing_in() -> None:
    exercise = of_trials(good(1), bad("b", stake=ALL))
    for error in (ValueError, UnicodeError):
        assert judged(exercise, refusing("b", error=error)).score == 10
    assert judged(exercise, refusing("b", error=KeyError)).score == 5
    assert judged(exercise, lambda n: n).score == 0


def test_an_argument_that_comes_back_changed_costs_a_part_unless_it_may() -> None:
    trial = Trial(({"a": 1},), Returns(1), frozenset(["1"]), stake=ALL, text="a dict")

    def spoils(value: dict[str, int]) -> int:
        return value.pop("a")

    result = judged(of_trials(trial, good(3, "2")), lambda value: spoils(value) if isinstance(value, dict) else value)
    assert result.score == 5
    assert "belong to the caller" in " ".join(result.messages)
    assert {row.cost for row in result.rows if not row.right} == {"a part"}
    may = of_trials(trial, good(3, "2"), may_change=frozenset([0]))
    assert judged(may, lambda value: spoils(value) if isinstance(value, dict) else value).score == 10


def test_state_from_one_call_to_the_next_is_noticed() -> None:
    trial = Trial((1,), InTurn((Returns(1), Raises(ValueError))), frozenset(["2"]), True, ALL, "again", more=((-1,),))
    seen: list[int] = []

    def cached(n: int) -> int:
        if n < 0 and not seen:
            raise ValueError("below zero")
        seen.append(n)
        return abs(n)

    assert judged(of_trials(trial, good(3)), cached).score == 0


def test_a_stub_is_not_attempted() -> None:
    def double(n: Any) -> Any:
        raise NotImplementedError("not written yet")

    result = judged(of_trials(good(1), bad("b")), double)
    assert (result.status, result.calls) == (NOT_ATTEMPTED, 0)


def test_who_raises_not_implemented_error_for_valid_inputs_too_has_not_begun() -> None:
    def double(n: Any) -> Any:
        raise NotImplementedError("some day")

    result = judged(of_trials(good(1), bad("b")), double)
    assert (result.score, result.status) == (0, NOT_ATTEMPTED)

    def answers(n: Any) -> Any:
        if isinstance(n, str):
            raise NotImplementedError("other kinds are for later")
        return n

    assert judged(of_trials(good(1), bad("b")), answers).status == PARTIAL


def test_a_call_that_takes_too_long_ends_the_asking_and_the_rest_is_wrong() -> None:
    calls = []

    def slow(n: Any) -> Any:
        calls.append(n)
        while True:
            pass

    exercise = of_trials(good(1), good(2), slow="Too slow: halve the work.", seconds=0.1)
    from grader.judging.answering import asking
    from grader.judging.judge import judge

    result = judge(exercise, asking(slow, 0.1), "a")
    assert (result.score, result.status, len(calls)) == (0, TIMED_OUT, 1)
    assert result.messages[-1] == "Too slow: halve the work."


def test_the_order_of_the_trials_is_mixed_by_the_seed_and_says_nothing() -> None:
    exercise = made()
    orders = [[trial.bad for trial in exercise.trials(seed)] for seed in "abcd"]
    assert len({tuple(order) for order in orders}) == 4
