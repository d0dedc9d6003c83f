"""route: an answer that another process would not give, ties, memory, and what costs how much."""

import hashlib
import json
import linecache
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.checks.c09_sessions.route import _TIES, checked, route, winner
from grader.judging.result import FAILED, PARTIAL, PASSED, Result
from tests.grader.helpers import judged

START = """
import datetime, hashlib, os, random, secrets, socket, time
from time import time as clock
from random import random as draw

def number(text):
    return hashlib.sha256(text.encode()).digest()

"""
BY_SALT = "\n\ndef route(s, nodes):\n    return max(nodes, key=lambda n: number(f'{s}{n}{SALT}'))\n"


def at_each_call(what: str) -> str:
    return (
        f"\n\ndef route(s, nodes):\n    at = {what}\n    return max(nodes, key=lambda n: number(f'{{s}}{{n}}{{at}}'))\n"
    )


def judged_cell(folder: Path, cell: str, shared: bool = False) -> Result:
    """What the check says of a function whose source Python knows, as it knows a cell's."""
    path = folder / "cell.py"
    path.write_text(START + cell, "utf-8")
    linecache.checkcache(str(path))
    module = ModuleType("cell")
    exec(compile(path.read_text("utf-8"), str(path), "exec"), vars(module))
    return judged(route, vars(module)["route"], shared=shared)


@pytest.mark.parametrize("seed", [str(number) for number in range(8)])
def test_the_right_program_passes_whatever_the_seed(seed: str) -> None:
    assert judged(route, checked(winner), seed=seed).status == PASSED


@pytest.mark.parametrize(
    "cell",
    [
        f"SALT = os.urandom(8).hex(){BY_SALT}",
        f"SALT = time.time_ns(){BY_SALT}",
        f"ORDER = [secrets.randbelow(9) for _ in range(32)]\nSALT = sum(ORDER), ORDER[0], time.time_ns(){BY_SALT}",
        "def route(s, nodes, salt=secrets.token_hex(8)):\n    return max(nodes, key=lambda n: number(s + n + salt))\n",
        "def route(s, nodes):\n    return max(nodes, key=lambda n: hash((s, n)))\n",
        "def route(s, nodes):\n    return max(nodes, key=lambda n: (s + n).__hash__())\n",
        "def route(s, nodes):\n    return max(nodes, key=lambda n: secrets.token_hex(8))\n",
        f"SALT = os.getpid(){BY_SALT}",
        at_each_call("os.getpid()"),
        at_each_call("time.time() // 86400"),
        at_each_call("time.strftime('%Y-%m')"),
        at_each_call("datetime.date.today()"),
        at_each_call("datetime.datetime.now().year"),
        at_each_call("clock() // 3600"),
        at_each_call("socket.gethostname()"),
        f"CALLS = []{at_each_call('CALLS.append(1) or len(CALLS) > 900')}",
        f"SALT = []\nfor _ in range(9):\n    SALT.append(random.random()){BY_SALT}",
        f"SALT = {{}}\nfor n in range(9):\n    SALT[n] = draw(){BY_SALT}",
    ],
    ids=[
        *("salt", "clock", "table", "default", "hash", "hash by its other name", "secrets", "process", "own process"),
        *("day", "month", "date", "year", "clock by another name", "computer", "counter"),
        *("filled", "filled by another name"),
    ],
)
@pytest.mark.parametrize("shared", [False, True], ids=["alone", "in a notebook"])
def test_what_is_another_one_in_each_process_is_forbidden(tmp_path: Path, cell: str, shared: bool) -> None:
    result = judged_cell(tmp_path, cell, shared)
    assert (result.score, result.status) == (0, "forbidden")
    assert "no two proxies agree" in result.messages[0]


def test_a_constant_salt_is_fine_and_what_a_cell_only_shows_is_not_shown_again(tmp_path: Path) -> None:
    cell = (
        "SALT = 'summer'\nRUNS = []\nprint(RUNS.append(1))\n\n"
        "def route(s, nodes):\n    if not nodes:\n        raise ValueError(SALT)\n    assert len(RUNS) < 2\n"
        "    return max(nodes, key=lambda n: number(f'{SALT} {s} {n}'))\n"
    )
    assert judged_cell(tmp_path, cell).status == PASSED


ACTS = """
SEED = random.seed(5)
SALT = draw()
log.append("run")
count["runs"] += 1
there.table = [1]
also = log
also.append("run")
with open(path, "a") as file:
    file.write("run")
for turn in range(2):
    log.append(turn)
server = Server()
server.start()
def begin():
    server = Server()
    server.start()
    return server
begun = begin()
"""


def test_in_a_notebook_nothing_is_done_twice(tmp_path: Path) -> None:
    """What the cell does is not: to other cells' objects, to files, to the numbers that `random` will give."""
    acts = tmp_path / "acts"
    before = f"log, count, path = [], {{'runs': 0}}, {str(acts)!r}\nclass there:\n    table = None\n"
    before += "class Server:\n    def start(self):\n        log.append('started')\n"
    names: dict[str, Any] = {}
    exec(START + before, names)
    source = ACTS + BY_SALT
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    exec(compile(source, "<cell>", "exec"), names)
    log, table, numbers = list(names["log"]), names["there"].table, names["random"].getstate()
    assert judged(route, names["route"], shared=True).status == PASSED, "the generator is seeded in the cell"
    assert (names["log"], names["count"], acts.read_text()) == (log, {"runs": 1}, "run")
    assert names["there"].table is table
    assert names["random"].getstate() == numbers


@pytest.mark.parametrize(
    "number",
    [
        lambda text: hashlib.sha256(text.encode()).hexdigest()[0],
        lambda text: hashlib.sha256(text.encode()).digest()[:1],
        lambda text: hashlib.md5(text.encode()).digest()[5],  # a byte from the middle
        lambda text: int(hashlib.sha1(text.encode()).hexdigest(), 16) % 100,
    ],
    ids=["a hex digit", "a byte", "a byte of MD5", "modulo 100"],
)
def test_equal_numbers_show_for_every_seed(number: Callable[[str], Any]) -> None:
    program = checked(lambda session_id, nodes: max(nodes, key=lambda node: number(f"{session_id}/{node}")))
    results = [judged(route, program, seed=str(seed)) for seed in range(5)]
    assert {result.status for result in results} == {PARTIAL}
    assert len({result.score for result in results}) == 1
    for result in results:
        assert any("same number" in text or "numbers are equal" in text for text in result.mistakes + result.messages)


def test_who_remembers_earns_nothing_and_is_told() -> None:
    memory: dict[str, str] = {}

    def remembers(session_id: str, nodes: list[str]) -> str:
        if not nodes:
            raise ValueError("no nodes")
        if memory.get(session_id) not in nodes:
            memory[session_id] = winner(session_id, nodes)
        return memory[session_id]

    result = judged(route, remembers)
    assert (result.score, result.status) == (0, FAILED)
    assert result.mistakes[0].startswith("It remembers what it answered.")


def test_an_empty_list_that_is_not_refused_costs_a_part() -> None:
    result = judged(route, lambda session_id, nodes: winner(session_id, nodes) if nodes else None)
    assert (result.status, len(result.mistakes)) == (PARTIAL, 1)


def test_each_session_of_the_ties_is_one_to_whoever_cuts_a_hash() -> None:
    ways: list[Callable[[str, str], str]] = [lambda s, n: repr((s, n)), lambda s, n: json.dumps([s, n])]
    for sep in ("", ":", " ", "-", "|", "/", "#", ".", "_"):
        ways += [lambda s, n, sep=sep: f"{s}{sep}{n}", lambda s, n, sep=sep: f"{n}{sep}{s}"]  # type: ignore[misc]

    def parts(name: str, text: str) -> tuple[object, ...]:
        data = hashlib.new(name, text.encode()).digest()
        return data[:2], data[-2:], int.from_bytes(data, "big") % 10_000

    for number in _TIES:
        pairs = [
            (parts(name, way(f"s{number}", "north")), parts(name, way(f"s{number}", "south")))
            for name in ("sha256", "md5")
            for way in ways
        ]
        assert any(one == other for north, south in pairs for one, other in zip(north, south, strict=True)), number


def nearest(number: Callable[[str], int]) -> Callable[[str, list[str]], str]:
    """One place for each node; a session goes to the nearest."""
    return lambda s, nodes: min(nodes, key=lambda node: (abs(number(node) - number(s)), node))


@pytest.mark.parametrize("name", ["sha256", "sha1", "md5", "sha512", "blake2b", "sha3_256"])
def test_the_nearest_of_few_places_is_no_fair_share_whatever_the_hash(name: str) -> None:
    program = nearest(lambda text: int(hashlib.new(name, text.encode()).hexdigest(), 16))
    result = judged(route, checked(program))
    assert result.status == PARTIAL
    assert any("nearest" in text or "Rule 3 is not kept" in text for text in result.mistakes + result.messages)


@pytest.mark.parametrize("errors", ["ignore", "replace"])
def test_names_that_are_one_to_a_lossy_encoding_must_not_depend_on_their_order(errors: str) -> None:
    program = checked(
        lambda s, nodes: max(nodes, key=lambda n: hashlib.sha256(f"{s} {n}".encode("ascii", errors)).digest())
    )
    result = judged(route, program)
    assert result.status == PARTIAL
    assert "Rule 1 is not kept" in " ".join((*result.mistakes, *result.messages)) or result.mistakes
