"""scalar_mul and point_add: what of `given` is free where, and what is said of adding one by one."""

from typing import Any

from grader.checks.c06_ecdsa import point_add, scalar_mul
from grader.judging.result import PASSED
from jwt_from_scratch.services import p256 as given
from tests.grader.helpers import judged, load_solution, solution_files


def test_who_gave_up_on_adding_can_multiply_with_the_given_addition() -> None:
    (path,) = (path for path in solution_files("scalar_mul") if path.stem == "from_the_last_bit")
    namespace = load_solution(path)
    namespace["point_add"] = given.point_add
    assert judged(scalar_mul, namespace["scalar_mul"]).status == PASSED
    for exercise, arguments in ((scalar_mul, "k, p"), (point_add, "p, q")):
        name = exercise.name
        copied: dict[str, Any] = {"given": given, "__name__": "__main__"}
        exec(f"def {name}({arguments}):\n    return given.{name}({arguments})\n", copied)
        result = judged(exercise, copied[name])
        assert (result.score, result.status) == (0, "forbidden")
        assert f"it uses given.{name} ({name}, line 2), which this exercise forbids" in result.messages[0]


def test_adding_one_by_one_is_told_to_double() -> None:
    def never_doubled(k: int, p: Any) -> Any:
        total = None
        for bit in bin(k)[2:]:
            total = given.point_add(total, p) if bit == "1" else total
        return total

    assert "Nothing is ever doubled" in judged(scalar_mul, never_doubled).mistakes[0]
    assert "adding one by one never ends" in scalar_mul.slow
