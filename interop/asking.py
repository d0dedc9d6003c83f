"""Asking one library many questions: one process for each time of the clock, and another one if it ends too early."""

import datetime
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

from .cases import NOW, Case
from .installing import Ready

_LONG = 240
"""Seconds for all questions of one process. The slowest library takes about ten."""


def can_freeze() -> bool:
    """Whether the clock can be frozen for a process."""
    return shutil.which("faketime") is not None


def answers(ready: Ready, cases: Iterable[Case], *, freeze: bool = True) -> dict[str, dict[str, Any] | None]:
    """Each case's answer, by its id; None if the driver ended without one."""
    by_clock: dict[float, list[dict[str, Any]]] = {}
    for case in cases:
        by_clock.setdefault(case.now, []).append(case.question())
    found: dict[str, dict[str, Any] | None] = {}
    for now, questions in by_clock.items():
        found |= ask(ready, questions, now if freeze else None)
    return found


def ask(ready: Ready, questions: Sequence[dict[str, Any]], now: float | None = NOW) -> dict[str, dict[str, Any] | None]:
    """Ask a driver questions. If it ends at one, that gets None, and the rest is asked of a new process."""
    found: dict[str, dict[str, Any] | None] = {}
    rest = list(questions)
    while rest:
        given = _conversation(ready, rest, now)
        found |= given
        rest = [question for question in rest if question["id"] not in found]
        if rest:
            found[rest.pop(0)["id"]] = None
    return found


def _conversation(ready: Ready, questions: Sequence[dict[str, Any]], now: float | None) -> dict[str, dict[str, Any]]:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    env = {**os.environ, "TZ": "UTC", **ready.env}
    env.pop("PYTHONSAFEPATH", None)  # a Python driver imports `driver.py` from its own folder
    command = ready.command
    if now is not None:
        moment = datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        command = ["faketime", "-f", moment, *command]
        env |= {"NOW": str(now), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    try:
        done = subprocess.run(command, input=lines.encode(), capture_output=True, env=env, timeout=_LONG)
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    return dict(_parsed(said.decode("utf-8", "replace")))


def _parsed(said: str) -> Iterable[tuple[str, dict[str, Any]]]:
    for line in said.split("\n"):  # not splitlines(): an answer may contain U+2028
        try:
            answer = json.loads(line, strict=False)
        except ValueError:
            continue
        if isinstance(answer, dict) and "id" in answer:
            yield answer["id"], answer
