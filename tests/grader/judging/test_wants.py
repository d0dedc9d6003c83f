"""What a trial may want of an answer, and what it says of another one."""

from collections.abc import Callable
from typing import Any

import pytest

from grader.inside import calling
from grader.inside.calling import Outcome
from grader.judging.play import does, script
from grader.judging.verdict import STRICT, Verdict
from grader.judging.wants import Agree, Differs, InTurn, Plays, Raises, Refuses, Returns, Satisfies, Want


def came(function: Callable[..., Any], *args: Any) -> list[Outcome]:
    return [calling.call(function, args, 1.0)]


def raising(error: BaseException) -> Callable[[], Any]:
    def function() -> Any:
        raise error

    return function


def verdict(want: Want, value: Any) -> Verdict:
    return want.verdict(came(raising(value) if isinstance(value, BaseException) else lambda: value))


@pytest.mark.parametrize(
    ("want", "right", "wrong"),
    [
        (Returns(1), [1], [True, 1.0, "1", None, ValueError()]),
        (Returns({"a": [1, (2,)]}), [{"a": [1, (2,)]}], [{"a": [1, [2]]}, {"a": [1]}, {}]),
        (Refuses(), [False], [True, None, 0, "", ValueError()]),
        (Raises(ValueError), [ValueError(), UnicodeError()], [TypeError(), Exception(), None, 1, SystemExit()]),
        (Raises(TypeError), [TypeError()], [ValueError()]),
        (Raises(ValueError, "exp"), [ValueError("exp"), ValueError("bad_exp: late")], [ValueError("expired")]),
        (
            Raises(ValueError, "exp", ("nbf", "iat")),
            [ValueError("exp"), ValueError("exp: {'nbf': 1}"), ValueError("exp = 'nbf'")],
            [ValueError("exp or nbf"), ValueError("'exp', 'nbf' or 'iat'")],
        ),
        (  # quoted as values every claim's name would be named, and spared
            Raises(ValueError, "exp", ("nbf", "iat")),
            [ValueError("claim: 'exp'"), ValueError("missing: {'exp'}"), ValueError("late {'exp': 5}")],
            [
                ValueError("bad: 'exp nbf iat'"),
                ValueError("a: 'exp' b: 'nbf' c: 'iat'"),
                ValueError("{'exp': 1, 'nbf': 2, 'iat': 3}"),
            ],
        ),
        (Satisfies(lambda value: value > 3, "be more than 3"), [4], [3, "x", None, ValueError()]),
        (Differs(({"a": 1}, [2]), ("first", "second")), [({"a": 1}, [2])], [({"a": 2}, [2]), [{"a": 1}, [2]], None]),
    ],
)
def test_right_answers_are_right_and_others_are_not(want: Want, right: list[Any], wrong: list[Any]) -> None:
    assert all(verdict(want, value).right for value in right)
    assert not any(verdict(want, value).right for value in wrong)
    assert want.text


def test_equal_keys_are_equal_errors() -> None:
    want = Returns(1)
    assert verdict(want, 2).key == verdict(want, 2).key != verdict(want, 3).key
    assert verdict(want, KeyError("a")).key == verdict(want, KeyError("b")).key != verdict(want, TypeError()).key
    refusal = Raises(ValueError)
    assert verdict(refusal, {"sub": "a"}).key == verdict(refusal, {"sub": "b"}).key
    assert len({verdict(refusal, value).key for value in (None, False, True, 1)}) == 4


def test_a_bad_input_is_taken_unless_something_is_raised() -> None:
    assert verdict(Raises(ValueError), 1).taken
    assert verdict(Raises(ValueError), None).taken
    assert verdict(Raises(ValueError), b"ada").key == verdict(Raises(ValueError), b"bob").key
    assert verdict(Raises(ValueError), b"ada").key != verdict(Raises(ValueError), b"").key
    assert not verdict(Raises(ValueError), KeyError()).taken
    assert not verdict(Raises(ValueError, "exp"), ValueError("late")).taken
    assert verdict(Refuses(), True).taken
    assert not verdict(Refuses(), ValueError()).taken


@pytest.mark.parametrize(
    ("want", "value", "says"),
    [
        (Returns(1), None, "Is there a `return` on every path?"),
        (Returns(True), 1, "return a bool"),
        (Refuses(), 0, "return a bool"),
        (Refuses(), ValueError(), "The answer to a bad input is False"),
        (Returns([1, 2]), [2, 1], "in another order"),
        (Returns(1), lambda: ValueError("no"), ""),
        (Raises(ValueError), AssertionError(), "`assert` is not a refusal"),
        (Raises(ValueError), KeyError(), "another kind of exception"),
        (Raises(ValueError), None, "must be raised, not returned"),
        (Raises(ValueError, "exp"), ValueError("late"), "lacks the word exp"),
        (Raises(ValueError, "exp", ("nbf",)), ValueError("exp, nbf"), "not at fault"),
    ],
)
def test_what_an_outcome_usually_means(want: Want, value: Any, says: str) -> None:
    assert says in verdict(want, value).usually


def test_a_returned_exception_and_a_hash_object_are_known_by_their_types() -> None:
    import hashlib

    assert "has to be raised" in Returns(1).verdict(came(lambda: ValueError("no"))).usually
    assert ".digest()" in Returns(b"").verdict(came(lambda: hashlib.sha256(b""))).usually


def test_a_large_answer_is_told_by_its_differences() -> None:
    want = Differs(({"a": 1, "b": {"c": 2}}, {}), ("response", "state"))
    says = verdict(want, ({"a": 1, "b": {"c": 3}, "d": 4}, {"x": 1})).says
    assert "response['b']['c'] is 3 and must be 2" in says
    assert "response['d'] must not be there" in says
    assert "state['x'] must not be there" in says
    assert verdict(want, (1,)).says == "return (response, state)"
    refusal = Differs(({"error": "no"}, {}), ("response", "state"), refusal=True)
    assert not verdict(refusal, ({"error": "other"}, {})).taken
    assert verdict(refusal, ({"token": "x"}, {})).taken
    assert not verdict(refusal, KeyError()).taken
    assert verdict(refusal, ValueError()).taken


def test_calls_in_turn_are_judged_each_by_its_own_want() -> None:
    want = InTurn((Returns(1), Raises(ValueError)))
    good, bad = calling.call(lambda: 1, (), 1.0), calling.call(raising(ValueError()), (), 1.0)
    assert want.verdict([good, bad]).right
    remembered = want.verdict([good, good])
    assert remembered.taken
    assert not remembered.early
    before = want.verdict([bad, bad])
    assert before.early
    assert (before.call, before.state) == (0, STRICT)
    assert not want.verdict([good]).right


def test_answers_may_have_to_fit_together() -> None:
    want = Agree(lambda answers: answers == sorted(answers), "return them in order")
    one, two = (calling.call(lambda n=n: n, (), 1.0) for n in (1, 2))
    assert want.verdict([one, two]).right
    assert want.verdict([two, one]).says == "return them in order"
    assert not want.verdict([one, calling.call(lambda: "x", (), 1.0)]).right
    assert not want.verdict([one, calling.call(raising(KeyError()), (), 1.0)]).right


def test_a_play_is_told_by_its_first_wrong_step() -> None:
    steps = (does("add", 1, gives=1), does("add", 2, gives=3), does("add", "x", gives=TypeError))

    class Sum:
        def __init__(self) -> None:
            self.value = 0

        def add(self, n: int) -> int:
            self.value += n
            return self.value

    class Last(Sum):
        def add(self, n: int) -> int:
            return n

    want = Plays(steps)
    assert want.verdict(came(Sum, *script(steps))).right
    wrong = want.verdict(came(Last, *script(steps)))
    assert not wrong.right
    assert wrong.key.startswith("step 1")
