"""What the checks promise for every exercise: right is right however it is written, each known mistake is named."""

import ast
import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from grader import checks
from grader.course import masters
from grader.inside import calling
from grader.inside.values import pack
from grader.judging.answering import asking
from grader.judging.exercise import RETURNS, Exercise, Fresh, chosen
from grader.judging.judge import judge
from grader.judging.result import COSTS, FAILED, MISSING, NOT_ATTEMPTED, PARTIAL, PASSED, STATUSES, Result
from grader.judging.verdict import ALL, ARGUMENTS, HALF, PART
from grader.judging.words import WHOLE
from tests.grader.helpers import EXERCISES, NOT_WRITTEN, POINTS, judged, load_solution, solution_files

by_name = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda one: one.name)
by_function = pytest.mark.parametrize(
    "exercise", [one for one in EXERCISES if not one.is_class], ids=lambda one: one.name
)
"""The exercises that are one function each."""
MOST = 300
PERMISSION = re.compile(r"\bmay (be (any|as|anything|longer|missing)|have (any|more)|come twice|stand in two|lie)\b")
"""A sentence says what the learner's function does; so it would read as if that were allowed."""


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
    assert all(one in checks.exercises(checks.chapter_of(one)) for one in EXERCISES)


@by_name
def test_there_are_three_hints_and_a_source(exercise: Exercise) -> None:
    assert len(exercise.hints) == 3
    assert len(set(exercise.hints)) == 3
    assert all(len(hint.split()) >= 8 for hint in exercise.hints)
    assert re.search(r"RFC \d{4}", exercise.spec)


@by_name
def test_there_are_four_known_mistakes_or_more_each_with_a_sentence(exercise: Exercise) -> None:
    assert len(exercise.sentences) >= 4
    assert all(len(sentence.split()) >= 5 and sentence.endswith(".") for sentence in exercise.sentences)
    assert not [sentence for sentence in exercise.sentences if PERMISSION.search(sentence)]
    named = {rule for rules in exercise.mistakes for rule in ([rules] if isinstance(rules, str) else rules)}
    assert named <= {*exercise.rules, RETURNS, ARGUMENTS}


@by_name
def test_each_rule_has_a_number_in_the_docstring_a_sentence_and_trials(exercise: Exercise) -> None:
    chapter = masters.chapter(checks.chapter_of(exercise))
    (cell,) = (cell for cell in chapter.cells if cell.kind == masters.EXERCISE and cell.name == exercise.name)
    docstring = cell.source.partition('"""')[2].partition('"""')[0]
    numbers = set(re.findall(r"^\s*(?:- )?(\d+)\. ", docstring, re.MULTILINE))
    assert {rule.partition(" ")[0] for rule in exercise.rules} <= numbers
    assert all(sentence.endswith(".") for sentence in exercise.rules.values())
    tried = frozenset[str]().union(*(trial.rules for trial in exercise.trials("self-paced")))
    assert set(exercise.rules) <= tried


@by_name
def test_the_kept_trials_are_chosen_and_few(exercise: Exercise) -> None:
    every = [trial.label for trial in exercise.all_trials("any")]
    assert len(every) == len(set(every))
    kept = chosen(exercise.name)
    assert len(every if kept is None else kept) <= MOST, "too many: make trials"
    assert set(kept or every) <= set(every)
    assert kept is None or len(kept) == len(set(kept))


@by_name
def test_a_seed_decides_inputs_and_order_and_nothing_else(exercise: Exercise) -> None:
    first, again, other = (exercise.trials(seed) for seed in ("one", "one", "two"))
    assert [pack(trial.args) for trial in first] == [pack(trial.args) for trial in again]
    assert [pack(trial.args) for trial in first] != [pack(trial.args) for trial in other]
    assert {trial.label: (trial.rules, trial.bad, trial.stake) for trial in first} == {
        trial.label: (trial.rules, trial.bad, trial.stake) for trial in other
    }
    if any(trial.bad for trial in first):
        assert [trial.bad for trial in first] != [trial.bad for trial in other]
        assert [trial.bad for trial in first] != sorted(trial.bad for trial in first)


def _program(program: Any) -> Callable[..., Any]:
    made: Callable[..., Any] = program.make() if isinstance(program, Fresh) else program
    return made


@by_name
def test_each_known_mistake_is_refused_and_named_with_one_score(
    exercise: Exercise, seeds: tuple[str, ...], thorough: bool
) -> None:
    """The first mistake of a rule with all seeds, which must give one score; the others take turns."""
    complaints = []
    for programs in exercise.mistakes.values():
        for number, (sentence, program) in enumerate(programs.items()):
            tried = seeds if thorough or not number else seeds[number % len(seeds) :][:1]
            results = [judge(exercise, asking(_program(program), exercise.seconds), seed) for seed in tried]
            complaints += [
                (sentence, seed, result.score, result.status, result.mistakes, result.messages)
                for seed, result in zip(tried, results, strict=True)
                if not _names(exercise, result, sentence) or result.score != results[0].score
            ]
    assert not complaints


def _names(exercise: Exercise, result: Result, sentence: str) -> bool:
    """Whether the mistake costs something, and is called by its name."""
    refused = result.score < exercise.points and result.status in (FAILED, PARTIAL)
    return bool(refused and result.messages and sentence in result.mistakes and _shows_what_it_cost(result))


def _shows_what_it_cost(result: Result) -> bool:
    """Whether the first row is wrong, and is one that cost most."""
    costs = next((cost for word, cost in (("all", ALL), ("half", HALF)) if f" {word}" in result.lost), PART)
    return not result.rows[0].right and result.rows[0].cost == COSTS[costs]


@by_name
def test_there_are_three_differently_written_solutions(exercise: Exercise) -> None:
    files = solution_files(exercise.name)
    assert len(files) >= 3
    assert len({re.sub(r"\s+", "", path.read_text("utf-8")) for path in files}) == len(files)


@by_name
def test_a_differently_written_solution_gets_full_marks(exercise: Exercise, seeds: tuple[str, ...]) -> None:
    for path, seed in itertools.product(solution_files(exercise.name), seeds):
        names = load_solution(path)
        result = judged(exercise, names[exercise.name], seed, **{n: v for n, v in names.items() if n != exercise.name})
        assert (result.score, result.status, result.messages) == (exercise.points, PASSED, ()), (path.name, seed)
        assert result.mistakes == ()
        assert result.right == result.calls > 0


def refuse(*_: Any) -> None:
    raise ValueError("no")


def refuse_type(*_: Any) -> None:
    raise TypeError("no")


TOO_LONG = "x" * 3_000_000
"""One text for all calls: a class's many answers would be gigabytes otherwise, and take longer than they may."""
ANSWERS: list[Callable[..., Any]] = [
    refuse,
    refuse_type,
    lambda *a: None,
    lambda *a: b"",
    lambda *a: "",
    lambda *a: {},
    lambda *a: True,
    lambda *a: False,
    lambda *a: a[0],
    lambda *a: a,
    lambda *a: b"\xff" * 32,
    lambda *a: "garbage.garbage.garbage",
    lambda *a: TOO_LONG,
    lambda *a: 10**5000,
    lambda *a: float("nan"),
    lambda *a: lambda: 1,
    lambda *a: [[]] * 50,
]


@by_name
def test_refusing_everything_or_answering_anything_is_nothing(exercise: Exercise) -> None:
    for number, answer in enumerate(ANSWERS):
        result = judged(exercise, answer)
        assert (result.score, result.status) == (0, FAILED), number
        assert result.messages


@by_function
def test_accepting_everything_earns_less_than_full_marks(exercise: Exercise) -> None:
    """A function that is right for every valid input and never refuses one."""
    right = load_solution(solution_files(exercise.name)[0])[exercise.name]
    bad = {pack(args) for trial in exercise.trials("self-paced") if trial.bad for args in trial.calls}

    def lenient(*args: Any) -> Any:
        return None if pack(args) in bad else right(*args)

    assert judged(exercise, lenient).score < exercise.points or not bad


@by_function
def test_a_learners_equality_decides_nothing(exercise: Exercise) -> None:
    class Always:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    class AlwaysText(str):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    for value in (Always(), AlwaysText("x"), (Always(),), [AlwaysText("x")]):
        assert judged(exercise, lambda *a, v=value: v).score == 0


@by_function
def test_who_changes_an_argument_changes_a_copy_and_is_told(exercise: Exercise) -> None:
    function = load_solution(solution_files(exercise.name)[0])[exercise.name]

    def spoiling(*args: Any) -> Any:
        answer = function(*args)
        for arg in dicts(args):
            arg.clear()
            arg["role"] = "admin"
        return answer

    def dicts(args: tuple[Any, ...]) -> list[dict[str, Any]]:
        return [arg for at, arg in enumerate(args) if isinstance(arg, dict) and at not in exercise.may_change]

    result = judged(exercise, spoiling)
    if any(dicts(trial.args) for trial in exercise.trials("self-paced")):
        assert result.score < exercise.points
        assert "the caller" in " ".join((*result.messages, *result.mistakes))
    else:
        assert result.score == exercise.points


def stub(exercise: Exercise, source: str) -> Result:
    """What a check says of a function that this source defines."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return judged(exercise, namespace[exercise.name])


@by_function
def test_arguments_that_can_be_changed_are_called_as_in_the_lesson(exercise: Exercise) -> None:
    if any(isinstance(arg, dict | list) for trial in exercise.trials("self-paced") for arg in trial.args):
        chapter = masters.chapter(checks.chapter_of(exercise))
        (cell,) = (cell for cell in chapter.cells if cell.kind == masters.EXERCISE and cell.name == exercise.name)
        defined = next(one for one in ast.parse(cell.source).body if getattr(one, "name", "") == exercise.name)
        assert isinstance(defined, ast.FunctionDef)
        assert exercise.parameters == tuple(one.arg for one in defined.args.args)


@by_function
def test_a_stub_is_not_attempted(exercise: Exercise) -> None:
    result = stub(exercise, f"def {exercise.name}(*args):\n    raise NotImplementedError({NOT_WRITTEN!r})\n")
    assert (result.score, result.status) == (0, NOT_ATTEMPTED)
    assert result.messages == (f"{exercise.name} is not written yet.",)
    assert result.mistakes == ()


@by_function
def test_a_function_that_calls_a_stub_is_told_which(exercise: Exercise) -> None:
    result = stub(
        exercise,
        f"def helper_of_mine(*args):\n    raise NotImplementedError({NOT_WRITTEN!r})\n"
        f"def {exercise.name}(*args):\n    return helper_of_mine(*args)\n",
    )
    assert (result.score, result.status) == (0, FAILED)
    assert result.messages == (f"{exercise.name} calls helper_of_mine, which is not written yet.",)


@by_function
def test_a_not_implemented_error_of_ones_own_is_an_answer(exercise: Exercise) -> None:
    """Raised for a bad input only: wrong there, but the exercise was attempted."""
    right = load_solution(solution_files(exercise.name)[0])[exercise.name]
    bad = {pack(args) for trial in exercise.trials("self-paced") if trial.bad for args in trial.calls}

    def function(*args: Any) -> Any:
        if pack(args) in bad:
            raise NotImplementedError("other kinds are for later")
        return right(*args)

    result = judged(exercise, function)
    assert result.status in ((FAILED, PARTIAL) if bad else (PASSED,))
    assert "not written yet" not in " ".join(result.messages)


@by_function
def test_a_missing_function_and_a_wrong_signature_are_said_in_one_sentence(exercise: Exercise) -> None:
    missing = judged(exercise, None)
    assert (missing.score, missing.status) == (0, MISSING)
    assert missing.messages == (f"{exercise.name} is not defined yet: run the cell that defines it.",)
    wrong = judged(exercise, lambda: 1)
    assert (wrong.score, wrong.status) == (0, FAILED)
    assert len(wrong.messages) == 1
    assert "argument" in wrong.messages[0]


@by_name
def test_everything_that_a_result_says_is_fit_to_print(exercise: Exercise) -> None:
    for answer in (lambda *a: "\x1b[31m\n" * 50, lambda *a: "\ud800" * 500, lambda *a: [10**5000]):
        result = judged(exercise, answer)
        for number, row in enumerate(result.rows):
            # Of the call told of, all of each argument is shown that there is room for.
            length = len(row.call) + len(row.got) + len(row.wants)
            assert length < (3 * WHOLE if number == 0 else 900)
            assert (row.call + row.got).isascii()
            assert "\x1b" not in row.call + row.got + row.wants
        assert all("\n" not in message and "\x1b" not in message for message in result.messages)
        assert result.status in STATUSES
        json.dumps(result.messages)


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
def test_a_right_answer_is_quick(exercise: Exercise) -> None:
    """No call of a right solution comes near the time limit."""
    function = load_solution(solution_files(exercise.name)[0])[exercise.name]
    slow = asking(function, exercise.seconds / 4)
    result = judge(exercise, slow, "self-paced")
    assert result.status == PASSED
    assert calling.TIMED_OUT not in result.messages


def test_a_folder_that_cannot_be_read_once_is_read_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a kernel that has too many open files, `check` found no exercise, and none for ever after."""
    before = checks.chapters()
    checks.chapters.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr("pkgutil.iter_modules", lambda path: iter(()))
        with pytest.raises(OSError, match="can't be read"):
            checks.chapters()
    assert checks.chapters() == before
