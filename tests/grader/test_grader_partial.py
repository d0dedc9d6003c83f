"""Lessons 08 to 10: what costs all the points, what costs a part, and wrong code that looks right from one call."""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from grader_helpers import judged

from grader.checks import c08_keys, c10_browser, exercise_named
from grader.judging.result import FAILED, PARTIAL, Result


def result_of(name: str, function: Callable[..., Any]) -> Result:
    one = exercise_named(name)
    assert one is not None
    return judged(one, function)


def first_of_two(jwks: Any, header: dict[str, Any]) -> Any:
    def first(found: list[Any], of_alg: list[Any]) -> Any:
        if not found:
            raise ValueError("none")
        return found[0]

    return c08_keys._find(jwks, header, choose=first)


def forgets_the_empty_kid(jwks: Any, header: dict[str, Any]) -> Any:
    return c08_keys._find(jwks, header, kid_there=lambda header: bool(header.get("kid")))


def ignores_the_empty_list(session_id: str, nodes: list[str]) -> Any:
    return max(nodes, key=lambda node: hashlib.sha256((session_id + node).encode()).digest(), default=None)


def wants_a_capital_bearer(request: dict[str, Any], trusted_origin: str) -> bool:
    return c10_browser._csrf(
        request, trusted_origin, bearer=lambda value: value.startswith("Bearer ") and value[7:] != ""
    )


@pytest.mark.parametrize(
    ("name", "function", "least", "most"),
    [
        ("find_key", first_of_two, 0, 0),
        ("find_key", forgets_the_empty_kid, 8, 9),
        ("route", ignores_the_empty_list, 1, 4),
        ("csrf_ok", wants_a_capital_bearer, 8, 9),
    ],
)
def test_the_rule_costs_everything_and_a_rare_input_a_part(
    name: str, function: Callable[..., Any], least: int, most: int
) -> None:
    result = result_of(name, function)
    assert least <= result.score <= most
    assert result.status == (PARTIAL if result.score else FAILED)
    assert result.mistakes


def test_a_dict_outside_of_init_is_no_store_of_its_own() -> None:
    outside: dict[str, str] = {}

    class AtClassLevel:
        sessions: dict[str, str] = {}

        def create(self, user: str) -> str:
            session_id = secrets.token_urlsafe(16)
            self.sessions[session_id] = user
            return session_id

        def get(self, session_id: str) -> str:
            return self.sessions[session_id]

        def destroy(self, session_id: str) -> None:
            self.sessions.pop(session_id, None)

    class AtModuleLevel(AtClassLevel):
        def __init__(self) -> None:
            self.sessions = outside

    for wrong in (AtClassLevel, AtModuleLevel):
        result = result_of("SessionStore", wrong)
        assert (result.score, result.status) == (4, PARTIAL)
        assert "belongs to the class" in result.mistakes[0]


def test_a_route_that_remembers_is_not_computed_from_its_arguments() -> None:
    memory: dict[str, str] = {}

    def by_chance(session_id: str, nodes: list[str]) -> str:
        if memory.get(session_id) not in nodes:
            memory[session_id] = secrets.choice(nodes)
        return memory[session_id]

    def by_hash(session_id: str, nodes: list[str]) -> str:
        if not nodes:
            raise ValueError("no nodes")
        if memory.get(session_id) not in nodes:
            memory[session_id] = str(ignores_the_empty_list(session_id, nodes))
        return memory[session_id]

    chance = result_of("route", by_chance)
    assert (chance.score, chance.status) == (0, "forbidden")
    assert "it uses secrets." in chance.messages[0]
    memory.clear()
    remembered = result_of("route", by_hash)
    assert (remembered.score, remembered.status) == (0, FAILED)
    assert remembered.mistakes[0].startswith("It remembers what it answered.")


def test_a_thumbprint_in_another_form_is_told_by_its_form() -> None:
    for answer, says in (
        ("0f" * 32, "hexadecimal"),
        ("0f" * 20, "SHA-1"),
        (b"\x00" * 32, "these are bytes"),
        (7, "not int"),
        ("x" * 44, "43 characters"),
    ):
        assert says in result_of("jwk_thumbprint", lambda jwk, a=answer: a).messages[0]
