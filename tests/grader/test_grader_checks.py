"""What the checks promise: right is right however it is written, each known mistake is refused and named."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from grader.judging.case import Case, Exercise, exercise
from grader.judging.legacy.judge import known_errors
from grader_helpers import EXERCISES, NOT_WRITTEN, POINTS, SEEDS, judged, load_solution, solution_files

from grader import checks
from grader.inside import calling
from grader.inside.calling import Outcome
from grader.inside.values import pack, unpack
from grader.judging.judge import judge
from grader.judging.result import FAILED, MISSING, NOT_ATTEMPTED, PARTIAL, PASSED, STATUSES
from grader.judging.words import WHOLE
from jwt_from_scratch.services.defences import decoder

by_name = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
by_function = pytest.mark.parametrize(
    "exercise", [one for one in EXERCISES if not one.is_class], ids=lambda one: one.name
)
"""The exercises that are one function each."""
MISTAKES = [
    pytest.param(one, index, id=f"{one.name}-{index}")
    for one in EXERCISES
    for index in range(len(one.case("self-paced").mistakes))
]
SOLUTIONS = [
    pytest.param(one, path, id=f"{one.name}-{path.stem}") for one in EXERCISES for path in solution_files(one.name)
]


# -- the course's own exercises ---------------------------------------------------------------------------------------


def test_the_points_are_those_of_the_syllabus() -> None:
    points = {chapter: {one.name: one.points for one in checks.exercises(chapter)} for chapter in checks.chapters()}
    assert points["00_start_here"] == {"split_token": 5}
    assert points["01_encoding"] == {"b64u_encode": 5, "b64u_decode": 10, "json_loads_strict": 10}
    assert points["02_hmac"] == {"hmac_sha256": 10, "sign_hs256": 5, "verify_hs256": 10}
    assert points["03_claims"] == {"check_times": 10, "check_parties": 10}
    assert {name: sum(of.values()) for name, of in points.items() if name in POINTS} == POINTS


def test_names_are_unique_in_the_whole_course() -> None:
    names = [one.name for one in EXERCISES]
    assert len(names) == len(set(names))
    assert all(checks.exercise_named(one.name) is one for one in EXERCISES)
    assert checks.exercise_named("no_such") is None


@by_name
def test_there_are_three_hints_and_a_rule(exercise: Exercise) -> None:
    assert len(exercise.hints) == 3
    assert len(set(exercise.hints)) == 3
    assert all(len(hint.split()) >= 8 for hint in exercise.hints)
    assert re.search(r"RFC \d{4}", exercise.spec)


@by_name
def test_there_are_four_known_mistakes_or_more_each_with_its_own_sentence(exercise: Exercise) -> None:
    sentences = [mistake.sentence for mistake in exercise.case("self-paced").mistakes]
    assert len(sentences) >= 4
    assert len(set(sentences)) == len(sentences)
    assert all(len(sentence.split()) >= 5 and sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(("exercise", "index"), MISTAKES)
@pytest.mark.parametrize("seed", SEEDS)
def test_each_known_mistake_is_refused_and_named(exercise: Exercise, index: int, seed: str) -> None:
    mistake = exercise.case(seed).mistakes[index]
    outcomes: list[str] = []

    def call(args: tuple[Any, ...]) -> Outcome:
        outcome = calling.call(mistake.function, args, exercise.seconds)
        outcomes.append(outcome.kind)
        return outcome

    result = judge(exercise, call, seed)
    assert result.score < exercise.points
    assert result.status in (FAILED, PARTIAL)
    assert mistake.sentence in result.mistakes
    assert any(not row.right for row in result.rows)
    assert result.messages
    # A mistake is a wrong answer, not a crash of the checks' own code.
    assert set(outcomes) <= {calling.RETURNED, calling.RAISED, calling.NOT_PLAIN}


@by_name
def test_there_are_three_differently_written_solutions(exercise: Exercise) -> None:
    files = solution_files(exercise.name)
    assert len(files) >= 3
    bodies = {re.sub(r"\s+", "", path.read_text("utf-8")) for path in files}
    assert len(bodies) == len(files)


@pytest.mark.parametrize(("exercise", "path"), SOLUTIONS)
@pytest.mark.parametrize("seed", [*SEEDS, *map(str, range(8))])
def test_a_differently_written_solution_gets_full_marks(exercise: Exercise, path: Path, seed: str) -> None:
    namespace = load_solution(path)
    result = judge(
        exercise,
        lambda args: calling.invoke(namespace, exercise.name, args, exercise.seconds, exercise.forbids),
        seed,
    )
    assert (result.score, result.status, result.messages) == (exercise.points, PASSED, ())
    assert result.mistakes == ()
    assert result.right == result.calls > 0


def refuse(*_: Any) -> None:
    raise ValueError("no")


def refuse_type(*_: Any) -> None:
    raise TypeError("no")


@pytest.mark.parametrize(
    "answer",
    [
        refuse,
        refuse_type,
        lambda *a: None,
        lambda *a: b"",
        lambda *a: "",
        lambda *a: {},
        lambda *a: a[0],
        lambda *a: a,
        lambda *a: b"\xff" * 32,
        lambda *a: "garbage.garbage.garbage",
        lambda *a: "x" * 3_000_000,
        lambda *a: 10**5000,
        lambda *a: float("nan"),
        lambda *a: lambda: 1,
        lambda *a: [[]] * 50,
    ],
)
@by_name
def test_refusing_everything_or_answering_anything_is_nothing(exercise: Exercise, answer: Callable[..., Any]) -> None:
    result = judged(exercise, answer)
    assert result.score == 0
    assert result.status == FAILED
    assert result.messages


@by_function
def test_accepting_everything_earns_less_than_full_marks(exercise: Exercise) -> None:
    """A function that is right for every valid input and never refuses one."""
    right = load_solution(solution_files(exercise.name)[0])[exercise.name]
    case = exercise.case("self-paced")
    bad = {pack(trial.args) for trial in case.trials if trial.bad}

    def lenient(*args: Any) -> Any:
        return None if pack(args) in bad else right(*args)

    result = judged(exercise, lenient)
    assert result.score == (0 if bad else exercise.points)


@by_name
def test_valid_inputs_come_before_bad_ones_and_there_are_some(exercise: Exercise) -> None:
    for seed in SEEDS:
        bad = [trial.bad for trial in exercise.case(seed).trials]
        assert bad == sorted(bad)
        assert bad.count(False) >= 3


@by_name
def test_a_seed_decides_the_inputs(exercise: Exercise) -> None:
    inputs = [[pack(trial.args) for trial in exercise.case(seed).trials] for seed in SEEDS]
    assert inputs[0] == [pack(trial.args) for trial in exercise.case(SEEDS[0]).trials]
    assert len({tuple(one) for one in inputs}) == len(SEEDS)
    assert len({len(one) for one in inputs}) == 1


@by_function
def test_a_learners_equality_decides_nothing(exercise: Exercise) -> None:
    class Always(str):
        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = str.__hash__

    class AlwaysBytes(bytes):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = bytes.__hash__

    class AlwaysDict(dict):  # type: ignore[type-arg]
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    for value in (Always("x"), AlwaysBytes(b"x"), AlwaysDict(), (Always("x"),)):
        result = judged(exercise, lambda *a, v=value: v)
        assert result.score == 0
        assert "compared" in result.messages[0]


@by_function
def test_who_changes_an_argument_changes_a_copy(exercise: Exercise) -> None:
    function = load_solution(solution_files(exercise.name)[0])[exercise.name]

    def spoiling(*args: Any) -> Any:
        answer = function(*args)
        for arg in args:
            if isinstance(arg, dict):
                arg.clear()
                arg["role"] = "admin"
        return answer

    assert judged(exercise, spoiling).score == exercise.points


@by_function
def test_a_stub_is_not_attempted(exercise: Exercise) -> None:
    source = f"def {exercise.name}(*args):\n    raise NotImplementedError({NOT_WRITTEN!r})\n"
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    result = judged(exercise, namespace[exercise.name])
    assert (result.score, result.status) == (0, NOT_ATTEMPTED)
    assert result.messages == (f"{exercise.name} is not written yet.",)
    assert result.mistakes == ()


@by_function
def test_a_function_that_calls_a_stub_is_told_which(exercise: Exercise) -> None:
    source = (
        f"def helper_of_mine(*args):\n    raise NotImplementedError({NOT_WRITTEN!r})\n"
        f"def {exercise.name}(*args):\n    return helper_of_mine(*args)\n"
    )
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    result = judged(exercise, namespace[exercise.name])
    assert (result.score, result.status) == (0, FAILED)
    assert result.messages == (f"{exercise.name} calls helper_of_mine, which is not written yet.",)


@by_function
def test_a_not_implemented_error_of_ones_own_is_an_answer(exercise: Exercise) -> None:
    """Raised for a bad input only: wrong there, but the exercise was attempted."""
    right = load_solution(solution_files(exercise.name)[0])[exercise.name]
    bad = {pack(trial.args) for trial in exercise.case("self-paced").trials if trial.bad}

    def function(*args: Any) -> Any:
        if pack(args) in bad:
            raise NotImplementedError("other kinds are for later")
        return right(*args)

    result = judged(exercise, function)
    if bad:
        assert (result.score, result.status) == (0, FAILED)
        assert "not written yet" not in " ".join(result.messages)
    else:
        assert result.status == PASSED


@by_function
def test_a_missing_function_and_a_wrong_signature_are_said_in_one_sentence(exercise: Exercise) -> None:
    missing = judged(exercise, None)
    assert (missing.score, missing.status) == (0, MISSING)
    assert missing.messages == (f"{exercise.name} is not defined yet: run the cell that defines it.",)
    wrong = judged(exercise, lambda: 1)
    assert (wrong.score, wrong.status) == (0, FAILED)
    assert len(wrong.messages) == 1
    assert "argument" in wrong.messages[0]


def test_what_an_exercise_forbids_is_refused_with_a_message() -> None:
    import hmac

    import jwt

    import jwt_from_scratch
    from jwt_from_scratch import claims as claim_rules
    from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict

    attempts: dict[str, Callable[..., Any]] = {
        "split_token": lambda token: jwt_from_scratch.encoding.b64u_decode(token),
        "b64u_encode": lambda data: b64u_encode(data),
        "b64u_decode": lambda text: b64u_decode(text),
        "json_loads_strict": lambda data: json_loads_strict(data),
        "hmac_sha256": lambda key, message: hmac.digest(key, message, "sha256"),
        "sign_hs256": lambda claims, key: jwt.encode(claims, key),
        "verify_hs256": lambda token, key: jwt.decode(token, key, algorithms=["HS256"]),
        "check_times": lambda claims, now, leeway: jwt.PyJWT()._validate_claims(claims, {"require": ["exp"]}),
        "check_parties": lambda claims, issuer, audience: claim_rules.check_claims(
            claims, claim_rules.expected(issuer=issuer, audience=audience)
        ),
    }
    for name, function in attempts.items():
        one = checks.exercise_named(name)
        assert one is not None
        result = judged(one, function)
        assert (result.score, result.status) == (0, "forbidden"), name
        assert "forbids" in result.messages[0]


def test_the_given_helpers_are_not_forbidden_where_they_are_given() -> None:
    for name in ("sign_hs256", "verify_hs256"):
        one = checks.exercise_named(name)
        assert one is not None
        assert "hmac" not in one.forbids
        assert "jwt_from_scratch" not in one.forbids


@by_name
def test_everything_that_a_result_says_is_fit_to_print(exercise: Exercise) -> None:
    for answer in (lambda *a: "\x1b[31m\n" * 50, lambda *a: "\ud800" * 500, lambda *a: [10**5000]):
        result = judged(exercise, answer)
        for number, row in enumerate(result.rows):
            # Of the call told of, all of each argument is shown that there is room for.
            length = len(row.call) + len(row.got) + len(row.wants)
            assert length < (2 * WHOLE if number == 0 else 500)
            assert (row.call + row.got).isascii()
            assert "\x1b" not in row.call + row.got + row.wants
        assert all("\n" not in message and "\x1b" not in message for message in result.messages)
        assert result.status in STATUSES
        json.dumps(result.messages)


def test_known_errors_are_computed_once_for_a_seed() -> None:
    one = EXERCISES[0]
    assert known_errors(one, "self-paced") is known_errors(one, "self-paced")


def test_lesson_12_pays_rule_by_rule() -> None:
    """Form, key and signature earn little, each further rule earns no less, and no forgery earns anything."""
    one = checks.exercise_named("decode_securely")
    assert one is not None
    later = ["typ", "types", "required", "times", "audience"]

    def score(*without: str) -> int:
        decode = decoder(*without)
        return judge(one, lambda args: calling.call(decode, args, one.seconds), "self-paced").score

    scores = [score(*later[count:]) for count in range(6)]
    assert scores == sorted(scores)
    assert 0 < scores[0] <= one.points // 4
    assert scores[3] < scores[4] <= one.points // 2 < scores[5] == one.points
    assert [score(name) for name in ("signature", "algorithm", "own keys", "issuer's keys")] == [0, 0, 0, 0]
    assert all(0 < score(name) <= one.points // 2 for name in ("times", "audience"))


# -- the machinery, on exercises made for the test --------------------------------------------------------------------


def made(write: Callable[[Case], None], points: int = 10, **options: Any) -> Exercise:
    return exercise("f", points=points, spec="RFC 1", hints=("a", "b", "c"), **options)(write)


def test_points_are_rounded_down_by_the_bad_inputs_refused() -> None:
    def write(case: Case) -> None:
        for n in range(3):
            case.equal(n, n)
        for n in range(7):
            case.raises(f"bad {n}", ValueError)

    one = made(write, points=10)

    def refusing(count: int) -> Callable[[Any], Any]:
        def f(value: Any) -> Any:
            if isinstance(value, str) and int(value[-1]) < count:
                raise ValueError(value)
            return value

        return f

    scores = [judged(one, refusing(count)).score for count in range(8)]
    assert scores == [0, 1, 2, 4, 5, 7, 8, 10]
    statuses = [judged(one, refusing(count)).status for count in range(8)]
    assert statuses == [FAILED, *[PARTIAL] * 6, PASSED]


def test_one_wrong_valid_answer_is_no_points_at_all() -> None:
    def write(case: Case) -> None:
        case.raises("bad", ValueError)
        for n in range(20):
            case.equal(n, n)

    def f(value: Any) -> Any:
        if value == "bad":
            raise ValueError
        return 0 if value == 19 else value

    result = judged(made(write), f)
    assert (result.score, result.status) == (0, FAILED)
    assert (result.right, result.calls) == (20, 21)


def test_the_wrong_exception_is_no_refusal_and_a_kind_of_the_right_one_is() -> None:
    def write(case: Case) -> None:
        case.equal(1, 1)
        case.raises(2, ValueError)

    one = made(write)

    def raising(error: BaseException) -> Callable[[Any], Any]:
        def f(value: Any) -> Any:
            if value == 2:
                raise error
            return value

        return f

    for error in (ValueError(), UnicodeError(), json.JSONDecodeError("x", "", 0)):
        assert judged(one, raising(error)).score == 10
    for error in (TypeError(), Exception(), KeyError(), SystemExit(), KeyboardInterrupt()):
        assert judged(one, raising(error)).score == 0


def test_answers_may_have_to_fit_together() -> None:
    def write(case: Case) -> None:
        case.equal(0, 0)
        case.together([1, 2, 3], lambda answers: answers == sorted(answers), "return them in order", why="Order.")

    one = made(write)
    assert judged(one, lambda n: n).score == 10
    falling = judged(one, lambda n: -n)
    assert (falling.score, falling.status, falling.right, falling.calls) == (0, FAILED, 3, 4)
    assert falling.messages == ("f(3) returned -3; it must return them in order.", "Order.")
    # Judged again, nothing is left of the first time.
    assert judged(one, lambda n: n).score == 10

    def stumbles(n: int) -> int:
        return n // (n - 2)

    assert judged(one, stumbles).score == 0
    assert "TypeError" in judged(one, lambda n: n if n < 3 else "x").messages[0]


def test_a_refusal_may_have_to_name_what_is_wrong() -> None:
    def write(case: Case) -> None:
        case.equal(1, None)
        case.raises(2, ValueError, vital=True)
        case.raises(3, ValueError, naming="exp", why="Three has expired.")
        case.raises(4, ValueError, naming="exp")

    one = made(write)

    def saying(text: str | None) -> Callable[[Any], Any]:
        def f(value: Any) -> Any:
            if value != 1 and text is not None:
                raise ValueError(text)

        return f

    for text in ("exp", "exp: too late", "the claim 'exp'", "EXP has passed", "exp_in_past", "bad_exp", "exp2"):
        assert judged(one, saying(text)).score == 10
    for text in ("", "expired", "no_expiry", "nbf"):
        result = judged(one, saying(text))
        assert (result.score, result.status) == (3, PARTIAL)
        assert "must raise ValueError that names exp" in result.messages[0]
        assert "lacks the word exp" in result.messages[1]
    taken = judged(one, saying(None))
    assert taken.score == 0
    assert taken.messages[0] == "f(2) returned None; it must raise ValueError."
    # None is what a good input gives here, so nobody is asked for a forgotten return.
    assert taken.messages[1:] == ("Three has expired.",)


def test_a_function_that_answers_yes_or_no_refuses_by_false() -> None:
    def write(case: Case) -> None:
        for n in range(3):
            case.equal(n, True)
        case.refuses("bad")
        case.refuses("worst", vital=True)

    one = made(write)
    assert judged(one, lambda value: not isinstance(value, str)).score == 10
    assert judged(one, lambda value: value != "worst").score == 5
    assert judged(one, lambda value: value != "bad").score == 0
    assert judged(one, lambda value: True if value != "bad" else 0).score == 0
    assert judged(one, lambda value: False).score == 0


def test_who_says_true_to_everything_is_told_that_unless_a_known_mistake_says_it_better() -> None:
    def write(case: Case) -> None:
        case.equal(1, True)
        case.refuses(2, why="Two is bad.")
        case.refuses(3, vital=True)
        case.mistake(lambda n: n < 3, "It takes two.")

    def write_better(case: Case) -> None:
        write(case)
        case.mistake(lambda n: True, "It lets everybody in.")

    for answer in (lambda n: True, lambda n: n > 0):
        result = judged(made(write), answer)
        assert (result.score, result.mistakes) == (0, ())
        assert result.messages == ("f(2) returned True; it must return False.", "It says True to everything.")
        assert judged(made(write_better), answer).mistakes == ("It lets everybody in.",)
    # One that refuses something, or says something else, is told of that.
    assert judged(made(write), lambda n: n != 3).mistakes == ("It takes two.",)
    assert "everything" not in " ".join(judged(made(write), lambda n: 1).messages)


def test_taking_a_grave_bad_input_costs_half_and_two_of_them_more() -> None:
    def write(case: Case) -> None:
        case.equal(100, 100)
        for n in range(10):
            case.raises(n, ValueError, grave=n < 2)

    one = made(write, points=100)
    scores = [judged(one, accepting(taken)).score for taken in (set(), {9}, {0}, {0, 9}, {0, 1})]
    assert scores == [100, 90, 45, 40, 20]


def test_a_trial_with_a_name_shows_it_in_place_of_its_arguments() -> None:
    def write(case: Case) -> None:
        case.equal("eyJ1", 1, named="the first")
        case.raises("eyJ2", ValueError, named="expired")

    result = judged(made(write), lambda token: 1)
    assert result.messages[0].startswith("f(...) for 'expired' returned 1; it must raise ValueError")
    assert [row.call for row in result.rows] == ["f(...) for 'expired'", "f(...) for 'the first'"]


def test_who_raises_for_every_valid_input_is_told_that_and_no_mistakes_that_only_look_alike() -> None:
    def stumbles(error: type[Exception], at: set[int]) -> Callable[[int], int]:
        def f(n: int) -> int:
            if n in at:
                raise error
            return accepting(set())(n)

        return f

    def write(case: Case) -> None:
        for n in (100, 101, 102):
            case.equal(n, n)
        for n in range(3):
            case.raises(n, ValueError)
        case.mistake(stumbles(ValueError, {100, 101}), "Refuses the first two.")
        case.mistake(stumbles(ValueError, {101, 102}), "Refuses the last two.")
        case.mistake(stumbles(TypeError, {0}), "Stumbles over nothing.")

    one = made(write)
    for error in (ValueError, TypeError):
        result = judged(one, stumbles(error, set(range(200))))
        assert result.mistakes == ()
        assert "It raises an exception for every valid input" in result.messages[1]
    assert judged(one, stumbles(ValueError, {100, 101})).mistakes == ("Refuses the first two.",)
    assert judged(one, stumbles(TypeError, {0})).mistakes == ("Stumbles over nothing.",)


def test_of_a_large_answer_the_check_says_where_it_differs() -> None:
    good = ({"error": "no"}, {"codes": {"c": {"used": True}}, "fresh": [1]})

    def write(case: Case) -> None:
        for n in range(3):
            case.answers(n, good, ("response", "state"))
        case.answers("bad", good, ("response", "state"), bad=True)
        case.answers("worst", good, ("response", "state"), bad=True, vital=True)

    one = made(write, points=9)
    assert judged(one, lambda value: good).score == 9
    assert judged(one, lambda value: good if value != "bad" else None).score == 6
    # Refused, though in another way, is not taken.
    for answer in (({"error": "other"}, good[1]), ({"error": 0}, None)):
        assert judged(one, lambda value, a=answer: good if value != "worst" else a).score == 6
    assert judged(one, lambda value: good if value != "worst" else {}["code"]).score == 6
    assert judged(one, lambda value: good if value != "worst" else refuse_type()).score == 6
    assert judged(one, lambda value: good if value != "worst" else refuse()).score == 0
    for answer in (None, (), ({},), ({"token": 1, "error": 2}, good[1]), good[0], [good[0]]):
        assert judged(one, lambda value, a=answer: good if value != "worst" else a).score == 0
    for answer, says in (
        (good[0], "it must return (response, state)"),
        (list(good), "it must return (response, state)"),
        (({}, good[1]), "response['error'] is missing"),
        (({"error": 1}, good[1]), "response['error'] is 1 and must be 'no'"),
        (
            (good[0], {"codes": {"c": {"used": 1}, "d": 2}, "fresh": []}),
            "state['codes']['c']['used'] is 1 and must be True; state['codes']['d'] must not be there; "
            "state['fresh'] is [] and must be [1]",
        ),
        (({}, {"a": 1, "b": 2}), "state['b'] must not be there; 2 more"),
        (({}, None), "state is None and must be {'codes'"),
    ):
        result = judged(one, lambda value, a=answer: a)
        assert result.score == 0
        assert says in result.messages[0]
    refused = judged(one, lambda value: good if isinstance(value, int) else [][0])
    assert "The answer to a bad input is returned, too" in " ".join(refused.messages)


def test_large_calls_that_look_alike_are_told_apart() -> None:
    """By what differs, even where a known mistake is named, and by the reason beside each."""
    good, stays = ({"error": "no"}, {"used": []}), ({"error": "no"}, {"used": [1]})

    def write(case: Case) -> None:
        case.answers((1, [0]), good, ("response", "state"), why="The first.")
        case.answers((2, [1]), good, ("response", "state"), why="Early.", bad=True)
        case.answers((2, [2]), good, ("response", "state"), why="Late.", bad=True)
        case.mistake(lambda n, state: good if n == 1 else stays, "What was used is left in the state.")

    result = judged(made(write), lambda n, state: good if n == 1 else stays)
    says = "state['used'] is [1] and must be []"
    assert result.mistakes == ("What was used is left in the state.",)
    assert result.messages == (f"f(2, ...) returned ({{'error': 'no'}}, ...); {says}.",)
    wants = [row.wants for row in result.rows]
    assert wants == [f"{says}  # Early.", f"{says}  # Late.", "return ({'error': 'no'}, state)  # The first."]


def test_a_list_in_another_order_is_told_to_be_sorted() -> None:
    def write(case: Case) -> None:
        case.equal(1, ["a", "b", "c"], why="They are three.")
        case.equal(2, ["a"])

    one = made(write)
    assert judged(one, lambda n: ["a", "b", "c"][: 3 if n == 1 else 1]).score == 10
    unsorted = judged(one, lambda n: ["b", "c", "a"] if n == 1 else ["a"])
    assert (unsorted.score, len(unsorted.messages)) == (0, 2)
    assert "in another order" in unsorted.messages[1]
    for answer in (["a", "b"], ["a", "b", "b"], ("a", "b", "c"), {"a": 1}, "abc"):
        other = judged(one, lambda n, a=answer: a if n == 1 else ["a"])
        assert other.score == 0
        assert other.messages[1:] == ("They are three.",)


def test_a_rare_valid_input_costs_its_part_and_no_more() -> None:
    def write(case: Case) -> None:
        case.equal(1, True)
        case.equal(2, True, why="Two is rare.", rare=True)
        case.satisfies(3, lambda value: value is True, "be true", rare=True)
        case.refuses(4)
        case.refuses(5, vital=True)

    one = made(write, points=8)
    assert judged(one, lambda n: n < 4).score == 8
    assert judged(one, lambda n: n in (1, 3)).score == 6
    assert judged(one, lambda n: n == 1).score == 4
    assert judged(one, lambda n: n in (2, 3)).score == 0
    assert judged(one, lambda n: n < 4 or n == 5).score == 0
    result = judged(one, lambda n: n in (1, 3))
    assert result.messages == ("f(2) returned False; it must return True.", "Two is rare.")
    raised = judged(one, lambda n: [][0] if n == 2 else n < 4)
    assert "bad input" not in " ".join(raised.messages)


def test_a_refused_valid_input_is_told_why_it_is_valid() -> None:
    def write(case: Case) -> None:
        case.equal(1, 1, why="One is good.")
        case.raises(2, ValueError, why="Two is bad.")

    assert judged(made(write), refuse).messages[1:] == ("One is good.",)
    assert judged(made(write), lambda n: [][0]).messages[1:] == ()


def test_the_call_that_is_told_of_comes_first_and_whole() -> None:
    large = [{"name": f"entry {n}", "text": "x" * 500} for n in range(6)]

    def write(case: Case) -> None:
        case.equal((large, 1), 1)
        case.equal((large, 2), 2)
        case.raises((large, 3), ValueError, why="Three is bad.")
        case.raises((large, 4), ValueError, why="Four is bad.", vital=True)
        case.mistake(lambda values, n: n if n != 3 else refuse(), "It takes four, and four is bad.")

    one = made(write)
    result = judged(one, lambda values, n: n)
    assert result.mistakes == ("It takes four, and four is bad.",)
    first, second = result.rows[:2]
    assert (first.right, first.call[-4:], second.right, second.call[-4:]) == (False, ", 4)", False, ", 3)")
    assert all(f"'name': 'entry {n}'" in first.call for n in range(6))
    assert len(second.call) < 150 < len(first.call) < WHOLE + 100
    assert all(len(row.call) < 150 for row in judged(one, lambda values, n: n if n < 3 else refuse()).rows)


def test_after_a_time_out_no_further_call_is_made() -> None:
    def write(case: Case) -> None:
        case.equal(1, 1)
        for n in range(50):
            case.raises(f"{n}", ValueError)

    calls = []

    def f(value: Any) -> Any:
        calls.append(value)
        while value != 1:
            pass
        return value

    result = judged(made(write, seconds=0.1), f)
    assert (result.score, result.status) == (0, "timed out")
    assert calls == [1, "0"]
    assert "did not return within 0.1 s" in result.messages[0]
    assert len(result.messages) == 1
    told = judged(made(write, seconds=0.1, slow="It never ends."), f)
    assert told.messages == (*result.messages, "It never ends.")


def test_a_predicate_may_refuse_with_a_reason_or_fail_itself() -> None:
    def predicate(value: Any) -> bool | str:
        if value == "reason":
            return "because I say so"
        return value["key"] == 1

    def write(case: Case) -> None:
        case.satisfies((), predicate, "hold 1 under key")

    one = made(write)
    assert judged(one, lambda: {"key": 1}).score == 10
    for answer, says in (
        ("reason", "because I say so"),
        ({"key": 2}, "it must hold 1 under key"),
        (None, "it must hold 1 under key (TypeError)"),
        ({"key": float("nan")}, "it must hold 1 under key"),
    ):
        result = judged(one, lambda a=answer: a)
        assert result.score == 0
        assert says in result.messages[0]


def test_a_predicate_that_gives_something_true_but_not_true_is_no_approval() -> None:
    def write(case: Case) -> None:
        case.satisfies((), lambda value: 1, "be right")  # type: ignore[arg-type, return-value]

    assert judged(made(write), lambda: 0).score == 0


def test_only_the_most_telling_mistakes_are_named() -> None:
    """Of two mistakes on bad inputs, one contained in the other, the larger; side by side, both."""

    def write(case: Case) -> None:
        case.equal(100, 100)
        for n in range(6):
            case.raises(n, ValueError)
        case.mistake(accepting({3, 4, 5}), "Takes three and more.")
        case.mistake(accepting({5}), "Takes five.")
        case.mistake(accepting({0}), "Takes zero.")

    one = made(write, points=6)
    assert judged(one, accepting({3, 4, 5})).mistakes == ("Takes three and more.",)
    assert judged(one, accepting({5})).mistakes == ("Takes five.",)
    assert judged(one, accepting({0, 5})).mistakes == ("Takes five.", "Takes zero.")
    assert judged(one, accepting({0, 3, 4, 5})).mistakes == ("Takes three and more.", "Takes zero.")
    assert judged(one, accepting({1})).mistakes == ()


def test_the_mistake_that_costs_all_the_points_is_named_first() -> None:
    def write(case: Case) -> None:
        case.equal(100, 100)
        for n in range(6):
            case.raises(n, ValueError, vital=n == 0)
        case.mistake(accepting({3, 4, 5}), "Takes three and more.")
        case.mistake(accepting({0}), "Takes zero.")

    result = judged(made(write), accepting({0, 3, 4, 5}))
    assert result.mistakes == ("Takes zero.", "Takes three and more.")
    assert result.messages[0].startswith("f(0) returned 0;")


def accepting(taken: set[int]) -> Callable[[int], int]:
    """A function that refuses everything under 100 but these."""

    def f(n: int) -> int:
        if n < 100 and n not in taken:
            raise ValueError(n)
        return n

    return f


def test_a_mistake_on_valid_inputs_is_named_only_for_exactly_those() -> None:
    def write(case: Case) -> None:
        for n in range(6):
            case.equal(n, n)
        case.mistake(lambda n: 9 if n >= 3 else n, "Wrong from three on.")

    one = made(write)
    assert judged(one, lambda n: 9 if n >= 3 else n).mistakes == ("Wrong from three on.",)
    assert judged(one, lambda n: 9).mistakes == ()
    assert judged(one, lambda n: 9 if n >= 4 else n).mistakes == ()


def test_taking_a_vital_bad_input_costs_everything() -> None:
    def write(case: Case) -> None:
        case.equal(100, 100)
        for n in range(9):
            case.raises(n, ValueError)
        case.raises(9, ValueError, vital=True)

    one = made(write)
    assert judged(one, accepting(set())).score == 10
    assert judged(one, accepting({0})).score == 9
    assert judged(one, accepting({9})).score == 0
    assert judged(one, accepting({9})).status == FAILED


def test_an_exception_of_another_kind_is_no_refusal_and_takes_nothing_in() -> None:
    def write(case: Case) -> None:
        case.equal(100, True)
        for n in range(10):
            case.refuses(n, vital=n == 0, grave=n == 1)

    one = made(write)

    def raising(at: set[int]) -> Callable[[int], bool]:
        return lambda n: refuse_type() is None if n in at else n == 100

    def taking(at: set[int]) -> Callable[[int], bool]:
        return lambda n: n == 100 or n in at

    assert [judged(one, raising(at)).score for at in (set(), {0}, {1}, {2}, {0, 1})] == [10, 9, 9, 9, 8]
    assert [judged(one, taking(at)).score for at in ({0}, {1}, {2})] == [0, 4, 9]


def test_what_only_counts_as_true_or_false_is_told_so_and_nothing_else() -> None:
    def write(case: Case) -> None:
        case.equal("good", True, why="This is good.")
        case.refuses("bad", why="This is bad.")

    one = made(write)
    for good, bad, says in (
        (1, False, "It returned 1, not True: return a bool."),
        (True, 0, "It returned 0, not False: return a bool."),
        (True, None, "It returned None, not False: return a bool."),
        ([7], False, "It returned [7], not True: return a bool."),
    ):
        result = judged(one, lambda value, g=good, b=bad: g if value == "good" else b)
        assert (result.score, result.messages[1:]) == (0, (says,))
    assert judged(one, lambda value: 0).messages[1:] == ("This is good.",)
    assert judged(one, lambda value: True).messages[1:] == ("It says True to everything.",)


def test_a_function_that_is_too_slow_can_be_told_why() -> None:
    def write(case: Case) -> None:
        case.equal(1, 1, why="One is one.")

    def f(value: Any) -> Any:
        while True:
            pass

    assert judged(made(write, seconds=0.1, slow="Double."), f).messages[1:] == ("Double.",)
    assert judged(made(write, seconds=0.1), f).messages[1:] == ()


def test_a_tuple_is_the_list_of_arguments_and_all_else_the_only_one() -> None:
    def write(case: Case) -> None:
        case.equal((1, 2), 3)
        case.equal([1, 2], "a list")

    assert judged(made(write), lambda *a: sum(a) if len(a) == 2 else "a list").score == 10


def test_sample_bytes_keeps_its_bounds() -> None:
    samples = Case("seed").sample_bytes(200, max_size=9, min_size=3)
    assert {len(sample) for sample in samples} == set(range(3, 10))
    assert samples == Case("seed").sample_bytes(200, max_size=9, min_size=3)
    assert unpack(pack(samples)) == samples
