"""SessionStore: where the bits of an id come from, what the id says, and whose sessions a store has."""

import hashlib
import itertools
import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.checks.c09_sessions.session_store import Sessions, session_store, wrong
from grader.judging.result import FAILED, PARTIAL, PASSED
from tests.grader.helpers import judged


@pytest.mark.parametrize("seed", [str(number) for number in range(8)])
def test_the_right_class_passes_whatever_the_seed(seed: str) -> None:
    assert judged(session_store, Sessions, seed=seed).status == PASSED


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


_KEY, _counter = secrets.token_hex(16), itertools.count()


@pytest.mark.parametrize(
    "make",
    [
        lambda user: digest(f"{user}{time.time_ns()}"),
        lambda user: digest(str(time.perf_counter_ns())),
        lambda user: digest(f"{next(_counter)}"),
        lambda user: digest(f"{_KEY}{next(_counter)}"),
        lambda user: digest(f"{user}{secrets.randbelow(10**6)}{time.time_ns()}"),
        lambda user: digest(user),
    ],
    ids=["user and time", "time", "counter", "counter and a key", "a million of chances", "user"],
)
def test_an_id_that_can_be_computed_earns_nothing(make: Callable[[str], str]) -> None:
    result = judged(session_store, wrong(new_id=lambda self, user: make(user)))
    assert (result.score, result.status) == (0, FAILED)


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (lambda user: f"{''.join(c for c in user if c.isascii() and c.isalnum())[:200]}-{secrets.token_hex(16)}", 1),
        (lambda user: secrets.token_hex(16) + digest(user)[:8], 1),
        (lambda user: secrets.token_hex(16 + len(user) % 50), 0),
    ],
    ids=["name", "hash of the name", "length of the name"],
)
def test_an_id_that_says_something_of_the_user_costs_a_part(make: Callable[[str], str], names: int) -> None:
    result = judged(session_store, wrong(new_id=lambda self, user: make(user)))
    assert (result.score, result.status, len(result.mistakes)) == (4, PARTIAL, names)


def test_too_few_bits_are_told_by_their_number() -> None:
    result = judged(session_store, wrong(new_id=lambda self, user: secrets.token_hex(12)))
    assert (result.score, result.status) == (2, PARTIAL)
    assert "96 of the bits decide" in result.messages[0]
    assert not any("UUID" in one or "64" in one for one in result.mistakes)


def test_a_dict_outside_of_init_is_no_store_of_its_own() -> None:
    outside: dict[str, str] = {}

    class AtClassLevel(Sessions):
        users: dict[str, Any] = {}

        def __init__(self) -> None:
            pass

    class AtModuleLevel(Sessions):
        def __init__(self) -> None:
            self.users = outside

    for one in (AtClassLevel, AtModuleLevel):
        result = judged(session_store, one)
        assert (result.score, result.status) == (4, PARTIAL)
        assert "in a default value" in result.mistakes[0]


def test_another_exception_lets_nobody_in_and_costs_a_part() -> None:
    def get(self: Any, session_id: str) -> Any:
        if session_id not in self.users:
            raise ValueError(session_id)
        return self.users[session_id]

    result = judged(session_store, wrong(get=get))
    assert result.status == PARTIAL
    assert any("KeyError" in one for one in (*result.messages, *result.mistakes))


def test_a_short_id_is_told_by_its_length_and_chance_by_how_it_was_measured() -> None:
    short = judged(session_store, wrong(new_id=lambda self, user: secrets.token_urlsafe(12)))
    assert short.mistakes[0].startswith("The id has fewer than 22 characters")
    assert "8 random bytes" not in " ".join((*short.messages, *short.mistakes))
    few = judged(session_store, wrong(new_id=lambda self, user: secrets.token_hex(12)))
    row = next(row for row in few.rows if "flipped" in row.call)
    assert row.got == "only 96 bits change what it returns"


def test_who_keeps_the_dict_on_the_class_and_says_none_learns_first_what_cost_all_points() -> None:
    class Both(Sessions):
        users: dict[str, Any] = {}

        def __init__(self) -> None:
            pass

        def get(self, session_id: str) -> Any:
            return self.users.get(session_id)

    result = judged(session_store, Both)
    assert result.score == 0
    assert result.rows[0].cost == "all points"
    assert result.remarks[0] == result.messages[0]
    assert "in a default value" in result.mistakes[0]
    assert "Rule 4, too lax" in result.remarks[1]
