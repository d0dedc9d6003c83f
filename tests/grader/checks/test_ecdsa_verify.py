"""Lesson 06's exercises: wrong code that looks right from one call, what each costs, and what is said of it."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from grader_helpers import judged, load_solution, solution_files

from grader.checks import exercise_named
from grader.judging.result import PASSED, Result
from jwt_from_scratch.services import p256 as given
from jwt_from_scratch.services.p256 import FIELD, A, B, G, N


def result_of(name: str, function: Callable[..., Any]) -> Result:
    one = exercise_named(name)
    assert one is not None
    return judged(one, function)


def taught(
    length: Callable[[int], bool] = lambda size: size == 64,
    r_fits: Callable[[int], bool] = lambda r: 1 <= r < N,
    s_fits: Callable[[int], bool] = lambda s: 1 <= s < N,
    point: Callable[[int, int], bool] = lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD and on_curve(x, y),
    none: bool = True,
    add: Callable[[Any, Any], Any] = given.point_add,
    answer: Callable[[bool], Any] = bool,
) -> Callable[..., Any]:
    """The lesson's own solution, with a rule to be got wrong."""

    def multiple(k: int, p: Any) -> Any:
        total = None
        while k:
            total = add(total, p) if k % 2 else total
            p, k = add(p, p), k // 2
        return total

    def ecdsa_verify(public: Any, message: bytes, signature: bytes) -> Any:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not length(len(signature)) or not (r_fits(r) and s_fits(s)) or (none and public is None):
            return answer(False)
        if public is not None and not point(*public):
            return answer(False)
        e, w = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
        total = add(multiple(e * w % N, G), multiple(r * w % N, public))
        return answer(total is not None and total[0] % N == r)

    return ecdsa_verify


def on_curve(x: int, y: int) -> bool:
    return (y * y - (x**3 + A * x + B)) % FIELD == 0


def add_by_equality(p: Any, q: Any) -> Any:
    """Right on the curve. Off it, twice a point with y = 0 asks for the inverse of zero."""
    if p and q and p[0] == q[0] and p[1] == q[1] == 0:
        raise ValueError("base is not invertible for the given modulus")
    return given.point_add(p, q)


def anything(*_: int) -> bool:
    return True


@pytest.mark.parametrize(
    ("function", "score", "says"),
    [
        (taught(length=anything), 9, "The length is not checked"),
        (taught(length=lambda size: size >= 64), 9, "A longer signature passes"),
        (taught(length=lambda size: size <= 64), 9, "A shorter signature passes"),
        (taught(length=lambda size: size in (63, 64)), 9, "A shorter signature passes"),
        (taught(length=lambda size: 60 <= size <= 64), 9, "A shorter signature passes"),
        (taught(r_fits=anything, s_fits=anything), 8, "s + N passes as another spelling of s"),
        (taught(s_fits=anything), 9, "The range of s is not checked"),
        (taught(r_fits=lambda r: 1 <= r < FIELD, s_fits=lambda s: 1 <= s < FIELD), 9, "below N (not FIELD)"),
        (taught(point=on_curve), 9, "below 0 or from FIELD on"),
        # Who lets in a key that anyone can sign for loses half; who only stumbles over it, little.
        (taught(point=lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD), 4, "never looks whether the public point is on"),
        (
            taught(point=lambda x, y: 0 <= x < FIELD and 0 <= y < FIELD, add=add_by_equality),
            9,
            "Here only an error of your point_add",
        ),
        (taught(point=anything, none=False), 0, "not checked at all: not for None"),
        (taught(point=anything, none=False, add=add_by_equality), 0, "not checked at all: not for None"),
        (lambda *_: True, 0, "It says True to everything"),
    ],
)
def test_a_rule_that_is_left_out_costs_points_and_is_named(function: Callable[..., Any], score: int, says: str) -> None:
    result = result_of("ecdsa_verify", function)
    assert result.score == score
    assert says in result.mistakes[0]


def test_no_word_of_r_plus_n_to_whom_it_did_not_pass() -> None:
    for function in (
        taught(r_fits=anything, s_fits=anything),
        taught(s_fits=anything),
        taught(r_fits=lambda r: r > 0, s_fits=lambda s: s > 0),
    ):
        assert "r + N" not in " ".join(result_of("ecdsa_verify", function).mistakes)


def test_a_whole_number_in_place_of_a_bool_is_told_so() -> None:
    assert result_of("ecdsa_verify", taught()).status == PASSED
    messages = result_of("ecdsa_verify", taught(answer=int)).messages
    assert messages[1:] == ("It returned 1, not True: return a bool.",)


def test_who_gave_up_on_adding_can_multiply_with_the_given_addition() -> None:
    (path,) = (path for path in solution_files("scalar_mul") if path.stem == "from_the_last_bit")
    namespace = load_solution(path)
    namespace["point_add"] = given.point_add
    assert result_of("scalar_mul", namespace["scalar_mul"]).status == PASSED
    for name, arguments in (("scalar_mul", "k, p"), ("point_add", "p, q")):
        copied: dict[str, Any] = {"given": given, "__name__": "__main__"}
        exec(f"def {name}({arguments}):\n    return given.{name}({arguments})\n", copied)
        result = result_of(name, copied[name])
        assert (result.score, result.status) == (0, "forbidden")
        assert f"it uses given.{name}, which this exercise forbids" in result.messages[0]


def test_adding_one_by_one_is_told_to_double() -> None:
    def never_doubled(k: int, p: Any) -> Any:
        total = None
        for bit in bin(k)[2:]:
            total = given.point_add(total, p) if bit == "1" else total
        return total

    assert "Nothing is ever doubled" in result_of("scalar_mul", never_doubled).mistakes[0]
    one = exercise_named("scalar_mul")
    assert one is not None
    assert "adding one by one never ends" in one.slow


def test_the_nonce_in_place_of_the_key_is_told_so() -> None:
    def returns_k(public: Any, m1: bytes, sig1: bytes, m2: bytes, sig2: bytes) -> int:
        r, s1, q, s2 = (int.from_bytes(half, "big") for half in (sig1[:32], sig1[32:], sig2[:32], sig2[32:]))
        if r != q or m1 == m2:
            raise ValueError("no")
        e1, e2 = (int.from_bytes(hashlib.sha256(m).digest(), "big") for m in (m1, m2))
        k = (e1 - e2) * pow(s1 - s2, -1, N) % N
        d = (s1 * k - e1) * pow(r, -1, N) % N
        if given.scalar_mul(d, G) != public:
            raise ValueError("not the key")
        return k

    assert "Return d." in result_of("recover_private_key", returns_k).mistakes[0]
