"""grader.inside.reach: whoever can reach what is forbidden is watched; whoever names nothing of it need not be."""

import builtins
import functools
import hmac
import json
import secrets
import textwrap
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from grader.inside import calling
from grader.inside.calling import invoke, to_watch

HMAC = ("hmac",)


def programs(file: str) -> dict[str, str]:
    """The programs of a file, by name."""
    text = (Path(__file__).parent / file).read_text("utf-8")
    return {name: source for name, _, source in (one.partition("\n") for one in text.split("\n== ")[1:])}


REACHING, CLOSED = programs("reaching.txt"), programs("closed.txt")


def defined(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(source, names)
    return names


@pytest.fixture(autouse=True)
def as_before() -> Any:
    dumps = json.dumps
    yield
    json.dumps = dumps
    for module, name in ((builtins, "mac"), (secrets, "mac"), (textwrap, "mac")):
        if hasattr(module, name):
            delattr(module, name)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("how", REACHING)
def test_who_can_reach_it_is_watched_and_forbidden(how: str) -> None:
    names = defined(REACHING[how])
    assert to_watch(names, "f", HMAC) == HMAC
    assert invoke(names, "f", (), 2.0, HMAC).kind == calling.FORBIDDEN


@pytest.mark.parametrize("how", CLOSED)
def test_who_names_nothing_of_it_need_not_be_watched(how: str) -> None:
    names = defined(CLOSED[how])
    assert to_watch(names, "f", HMAC) == ()
    assert invoke(names, "f", (), 2.0, HMAC) == invoke(names, "f", (), 2.0)


def test_the_forbidden_function_itself_is_watched() -> None:
    assert to_watch({"f": hmac.new}, "f", HMAC) == HMAC


@pytest.mark.parametrize("function", [functools.partial(len, "x"), functools.cache(lambda: 1), int, "x", None])
def test_what_is_no_function_of_its_own_is_watched(function: Any) -> None:
    assert to_watch({"f": function}, "f", HMAC) == HMAC


def test_the_same_code_with_other_names_is_another_function() -> None:
    def tool() -> Any:
        return mac(b"k", b"m", "sha256")  # type: ignore[name-defined]  # noqa: F821

    harmless = FunctionType(tool.__code__, {"mac": lambda *_: 1, "__builtins__": {}})
    other = FunctionType(tool.__code__, {"mac": hmac.digest, "__builtins__": {}})
    assert to_watch({"f": harmless}, "f", HMAC) == ()
    assert to_watch({"f": other}, "f", HMAC) == HMAC


def test_what_only_watching_shows_is_watched() -> None:
    names = defined(CLOSED["nothing"])
    assert to_watch(names, "f", ("hash",)) == ("hash",)
    assert to_watch(names, "f", (calling.ELSEWHERE,)) == (calling.ELSEWHERE,)


def test_thousands_of_names_are_not_looked_through() -> None:
    names = defined("T = [(n, (n,)) for n in range(5000)]\ndef f():\n    return T")
    assert to_watch(names, "f", HMAC) == HMAC
