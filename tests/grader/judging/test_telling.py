"""What a learner reads: the first sentence, the reasons behind it, and the rows of the table."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.inside.calling import FORBIDDEN, Outcome
from grader.judging.aspects import Aspect, from_aspects
from grader.judging.aspects import good as good_values
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.result import FAILED
from grader.judging.trial import Trial
from grader.judging.verdict import ALL, HALF, PART, Stake
from grader.judging.wants import UNHEARD, Agree, Differs, InTurn, Raises, Refuses, Returns, Satisfies, Want
from grader.judging.words import WHOLE
from grader.learner.display import headline
from tests.grader.judging.helpers import judged, made, of_trials


def good(args: Any, want: Want, text: str = "", rule: str = "3", stake: Stake = ALL) -> Trial:
    args = args if isinstance(args, tuple) else (args,)
    return Trial(args, want, frozenset([rule]), stake=stake, text=text or f"good {args}")


def bad(args: Any, want: Want | None = None, text: str = "", rule: str = "2", stake: Stake = PART) -> Trial:
    args = args if isinstance(args, tuple) else (args,)
    return Trial(args, want or Raises(ValueError), frozenset([rule]), True, stake, text or f"bad {args}")


def refuse(*_: Any) -> None:
    raise ValueError("no")


def accepting(taken: set[int]) -> Callable[[int], int]:
    """A function that refuses everything under 100 but these."""

    def f(n: int) -> int:
        if n < 100 and n not in taken:
            raise ValueError(n)
        return n

    return f


def test_the_first_sentence_is_the_call_what_came_and_what_must() -> None:
    one = of_trials(good(1, Returns(1)), bad(2))
    assert judged(one, lambda n: n).messages[0] == "double(2) returned 2; it must raise ValueError."
    assert judged(one, lambda n: {1: 1}[n]).messages[0].startswith("double(2) raised KeyError")


def test_the_rows_name_what_is_particular_about_a_call() -> None:
    one = of_trials(good("eyJ1", Returns(1), "the first"), bad("eyJ2", text="expired"))
    result = judged(one, lambda token: 1)
    assert [row.call for row in result.rows] == ["double('eyJ2')", "double('eyJ1')"]
    assert [row.wants for row in result.rows] == ["raise ValueError  # expired", "return 1  # the first"]


def test_who_says_true_to_everything_is_told_that_and_nothing_else() -> None:
    one = of_trials(good(1, Returns(True)), bad(2, Refuses()), bad(3, Refuses(), stake=ALL))
    for answer in (lambda n: True, lambda n: n > 0):
        result = judged(one, answer)
        assert (result.score, result.mistakes) == (0, ())
        assert result.messages[0].endswith("returned True; it must return False.")
        assert result.messages[1:] == ("It says True to everything.",)
    # One that refuses something, or says something else, is told of that.
    assert "everything" not in " ".join(judged(one, lambda n: n != 3).messages)
    assert "everything" not in " ".join(judged(one, lambda n: 1).messages)


@pytest.mark.parametrize("error", [ValueError, TypeError])
def test_who_raises_for_every_valid_input_is_told_to_start_there(error: type[Exception]) -> None:
    def stumbles(n: int) -> int:
        raise error(n)

    one = of_trials(*(good(n, Returns(n)) for n in (100, 101, 102)), *(bad(n) for n in range(3)))
    result = judged(one, stumbles)
    assert result.mistakes == ()
    assert "It raises an exception for every valid input" in result.messages[1]
    assert "every valid input" not in " ".join(judged(one, accepting({1})).messages)


def test_what_only_counts_as_true_or_false_is_told_so_and_nothing_else() -> None:
    one = of_trials(good("good", Returns(True)), bad("bad", Refuses()))
    for right, wrong, says in (
        (1, False, "It returned 1, not True: return a bool."),
        (True, 0, "It returned 0, not False: return a bool."),
        (True, None, "It returned None, not False: return a bool."),
        ([7], False, "It returned [7], not True: return a bool."),
    ):
        result = judged(one, lambda value, g=right, b=wrong: g if value == "good" else b)
        assert result.score < 10
        assert result.messages[1:] == (says,)


def test_a_list_in_another_order_is_told_to_be_sorted() -> None:
    one = of_trials(good(1, Returns(["a", "b", "c"])), good(2, Returns(["a"])))
    (_, said) = judged(one, lambda n: ["b", "c", "a"] if n == 1 else ["a"]).messages
    assert "in another order" in said
    for answer in (["a", "b"], ["a", "b", "b"], ("a", "b", "c"), {"a": 1}, "abc"):
        other = judged(one, lambda n, a=answer: a if n == 1 else ["a"])
        assert other.score == 0
        assert "another order" not in " ".join(other.messages)


def test_of_a_large_answer_it_says_where_it_differs() -> None:
    right = ({"error": "no"}, {"codes": {"c": {"used": True}}, "fresh": [1]})
    one = of_trials(*(good(n, Differs(right, ("response", "state"))) for n in range(3)))
    for answer, says in (
        (right[0], "it must return (response, state)"),
        (list(right), "it must return (response, state)"),
        (({}, right[1]), "response['error'] is missing"),
        (({"error": 1}, right[1]), "response['error'] is 1 and must be 'no'"),
        (
            (right[0], {"codes": {"c": {"used": 1}, "d": 2}, "fresh": []}),
            "state['codes']['c']['used'] is 1 and must be True; state['codes']['d'] must not be there; "
            "state['fresh'] is [] and must be [1]",
        ),
        (({}, {"a": 1, "b": 2}), "state['b'] must not be there; 2 more"),
        (({}, None), "state is None and must be {'codes'"),
    ):
        result = judged(one, lambda value, a=answer: a)
        assert (result.score, result.status) == (0, FAILED)
        assert says.removeprefix("it must ") in result.messages[0]


def test_answers_that_must_fit_together_are_told_of_by_the_last() -> None:
    want = Agree(lambda answers: answers == sorted(answers), "return them in order")
    one = of_trials(Trial((1,), want, frozenset(["3"]), stake=ALL, text="1, 2, 3", more=((2,), (3,))))
    assert judged(one, lambda n: n).score == 10
    assert judged(one, lambda n: -n).messages[0] == "double(3) returned -3; it must return them in order."
    assert judged(one, lambda n: n // (n - 2)).score == 0


def test_the_call_that_is_told_of_comes_first_and_whole() -> None:
    large = [{"name": f"entry {n}", "text": "x" * 500} for n in range(6)]
    one = of_trials(
        *(good((large, n), Returns(n)) for n in (1, 2)), bad((large, 3)), bad((large, 4), rule="1", stake=ALL)
    )
    result = judged(one, lambda values, n: n)
    first, second = result.rows[:2]
    assert (first.right, first.call[-4:], second.right, second.call[-4:]) == (False, ", 4)", False, ", 3)")
    assert all(f"'name': 'entry {n}'" in first.call for n in range(6))
    assert len(second.call) < 150 < len(first.call) < WHOLE + 100
    passed = judged(one, lambda values, n: n if n < 3 else refuse())
    assert all(len(row.call) < 150 for row in passed.rows)
    assert all(row.right and not row.cost for row in passed.rows)


def test_the_dearest_error_is_told_first_and_each_says_what_it_costs() -> None:
    one = of_trials(good(100, Returns(100)), bad(1, rule="1"), bad(2, stake=HALF), bad(3, rule="3", stake=ALL))
    result = judged(one, accepting({1, 2, 3}))
    assert result.messages[0].startswith("double(3) returned 3;")
    assert [row.cost for row in result.rows[:3]] == ["all points", "half the points", "a part"]
    assert judged(one, accepting({1, 2})).messages[0].startswith("double(2) returned 2;")


def test_of_a_rule_the_dearest_answer_is_shown_though_another_has_the_shorter_call() -> None:
    one = of_trials(good(100, Returns(100)), bad(1), bad(22, stake=ALL))
    result = judged(one, accepting({1, 22}))
    assert (result.score, result.rows[0].call, result.rows[0].cost) == (0, "double(22)", "all points")
    assert result.messages[0].startswith("double(22) returned 22;")


def test_the_headline_says_what_costs_more_than_a_part() -> None:
    one = of_trials(
        good(100, Returns(100)), bad(1, rule="1", stake=HALF), bad(2, stake=HALF), bad(3, stake=HALF), bad(4, stake=ALL)
    )
    assert judged(one, accepting(set())).lost == ""
    assert judged(one, accepting({1})).lost == "one rule costs half"
    assert judged(one, accepting({1, 2, 3})).lost == "2 rules cost half each"
    result = judged(one, accepting({2, 4}))
    assert result.lost == "one wrong answer costs all points, one rule costs half"
    assert f"· {result.lost} ·" in headline(result)


def test_a_mistake_that_explains_less_than_what_is_lost_comes_behind() -> None:
    """The dear error has no mistake of its own, so the call that shows it is told first."""
    trials = (good(100, Returns(100)), bad(1, rule="1"), bad(2, stake=ALL))
    sentence = "It takes 1."
    one = replace(of_trials(*trials), mistakes={"1": {sentence: accepting({1})}})
    cheap, dear = judged(one, accepting({1})), judged(one, accepting({1, 2}))
    assert cheap.remarks[0] == sentence
    assert dear.remarks[0].startswith("double(2) returned 2;")
    assert dear.remarks[-1] == sentence


def test_the_mistake_that_explains_what_is_lost_comes_before_the_others() -> None:
    trials = (good(100, Returns(100)), bad(1, rule="1"), bad(2, stake=ALL))
    known = {"1": {"It takes 1.": accepting({1})}, "2": {"It takes 2.": accepting({2})}}
    assert judged(replace(of_trials(*trials), mistakes=known), accepting({1, 2})).mistakes == (
        "It takes 2.",
        "It takes 1.",
    )


def test_two_calls_that_read_alike_are_shown_once() -> None:
    """A value is tried in several surroundings, and where it is the whole argument these make the same call."""
    twice = [bad(1, text="one")._replace(base=base) for base in ("all", "none")]
    one = of_trials(good(100, Returns(100)), *twice, bad(2, text="two"))
    for function in (accepting(set()), accepting({1}), accepting({1, 2})):
        assert sorted(row.call for row in judged(one, function).rows) == ["double(1)", "double(100)", "double(2)"]


def in_turn(*wants: Want) -> Trial:
    return Trial((1,), InTurn(wants), stake=ALL, text="one, two, three", more=((2,), (3,)))


def test_of_calls_in_turn_the_one_that_went_wrong_is_shown_and_no_loss_goes_unsaid() -> None:
    one = of_trials(good(100, Returns(100)), in_turn(Returns(1), Raises(), Returns(3)))
    result = judged(one, lambda n: n)
    assert (result.score, result.rows[0].call, result.rows[0].cost) == (0, "double(2)", "all points")
    assert result.rows[0].wants == "raise ValueError  # one, two, three, call 2"


def test_of_calls_in_turn_one_that_is_refused_in_another_way_costs_a_part() -> None:
    one = of_trials(good(100, Returns(100)), bad(5), in_turn(Returns(1), Raises(), Returns(3)))
    assert judged(one, lambda n: {1: 1, 3: 3, 100: 100}[n]).score > 0
    assert judged(one, lambda n: refuse() if n in (2, 3, 5) else n).score == 0


def test_only_who_refuses_by_a_value_is_told_to_raise() -> None:
    one = of_trials(good(100, Returns(None)), bad(1), bad(2))

    def quiet(n: int) -> None:
        """Raises all refusals, but accepts 2."""
        if n == 1:
            raise ValueError("no")

    assert UNHEARD not in judged(one, quiet).messages
    assert UNHEARD in judged(one, lambda n: None).messages
    false = judged(one, lambda n: None if n == 100 else refuse() if n == 1 else False)
    assert UNHEARD in false.messages  # no good input gets False


def lines(one: Exercise, function: Callable[..., Any]) -> str:
    return " ".join(judged(one, function).messages[1:])


def test_how_a_rule_is_not_kept_is_said_as_it_is() -> None:
    trials = (good(100, Returns(100)), good(7, Returns(7), rule="1", stake=PART), bad(1, text="odd; with a semicolon"))
    one = of_trials(*trials)
    assert "Rule 2, too lax (“odd; with a semicolon”)" in lines(one, lambda n: n)
    assert "Rule 1, too strict (“good (7,)”)" in lines(one, lambda n: n if n == 100 else refuse())
    assert "Rule 1 is not kept (“good (7,)”)" in lines(one, lambda n: 8 if n == 7 else n if n > 1 else refuse())
    # A value in place of the one that is wanted lets nobody in and refuses nobody.
    agree = Trial((1,), Agree(lambda a: a[0] == a[1], "agree"), frozenset(["1"]), text="two", more=((2,),))
    assert "Rule 1 is not kept (“two”)" in lines(of_trials(good(100, Returns(100)), agree), lambda n: n)
    no = of_trials(good(100, Returns(True)), bad(1, Refuses()), bad(2, Refuses(), rule="1", text="none"))
    assert "Rule 1 is not kept (“none”)" in lines(no, lambda n: True if n != 2 else None)


@pytest.mark.parametrize(
    ("error", "naming", "says"),
    [
        (KeyError("iss"), "", "refused with KeyError, not ValueError"),
        (type("InvalidTag", (Exception,), {})(), "", "refused with InvalidTag, not ValueError"),
        (ValueError("no"), "iss", "refused, but the text does not name iss"),
        (ValueError("iss or aud"), "iss", "refused, but the text names aud as well"),
    ],
    ids=["kind", "of a package", "unnamed", "overnamed"],
)
def test_a_refusal_in_another_way_is_told_by_its_way(error: Exception, naming: str, says: str) -> None:
    want = Raises(ValueError, naming, ("aud",) if naming else ())
    one = of_trials(good(100, Returns(100)), bad(1, want), bad(2, rule="1"))

    def function(n: int) -> int:
        if n == 1:
            raise error
        return n

    assert f"Rule 2, {says} (“bad (1,)”)" in lines(one, function)


def test_an_argument_that_comes_back_changed_is_named() -> None:
    def notes(n: list[int], note: str) -> int:
        n.append(0)
        return 1

    oracle = from_aspects(
        lambda source: None,
        lambda w: [Aspect("n", good_values([1], [2])), Aspect("note", good_values("a", "b"))],
        lambda e: (e.n, e.note),
        lambda n, note: (1, set()),
    )
    result = judged(made(source=oracle, mistakes={}), notes)
    assert result.rows[0].got == "returned 1 and changed `n`"
    assert result.rows[0].wants.startswith("return 1, and leave `n` as it was")
    assert "It changes `n`. The arguments belong to the caller" in " ".join(result.messages)


def test_what_is_forbidden_is_told_beside_no_call_that_has_nothing_to_do_with_it() -> None:
    def ask(calls: Any) -> list[Outcome]:
        return [Outcome(FORBIDDEN, text="it uses hmac.new", where="sign, line 3")]

    result = judge(of_trials(good(1, Returns(1)), good(2, Returns(2))), ask, "a")
    assert [(row.got, row.wants) for row in result.rows] == [("it uses hmac.new", "do without it")]
    assert result.messages[0].startswith("double: it uses hmac.new (sign, line 3), which this exercise forbids")
    assert result.lost == ""


def test_what_an_argument_holds_that_nobody_can_read_stands_beside_the_call() -> None:
    one = of_trials(good("eA", Returns("x")), bad("eQ"), holds=lambda text: f"the letter {'xy'[text == 'eQ']}")
    assert judged(one, lambda text: "x").rows[0].call == "double('eQ')  # the letter y"


def test_a_predicate_may_refuse_with_a_reason_or_fail_itself() -> None:
    def predicate(value: Any) -> bool | str:
        return "because I say so" if value == "reason" else bool(value["key"] == 1)

    one = of_trials(good((), Satisfies(predicate, "hold 1 under key"), "nothing"))
    assert judged(one, lambda: {"key": 1}).score == 10
    for answer, says in (
        ("reason", "it must because I say so"),
        ({"key": 2}, "it must hold 1 under key"),
        (None, "it must hold 1 under key (TypeError)"),
        ({"key": float("nan")}, "it must hold 1 under key"),
    ):
        result = judged(one, lambda a=answer: a)
        assert result.score == 0
        assert says in result.messages[0]


def test_a_predicate_that_gives_something_true_but_not_true_is_no_approval() -> None:
    want = Satisfies(lambda value: 1, "be right")  # type: ignore[arg-type, return-value]
    assert judged(of_trials(good((), want, "nothing")), lambda: 0).score == 0
