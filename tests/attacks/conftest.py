"""Grades the corpus in one batch, once for all of pytest's worker processes."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from grader.engine.sandbox import Zygote
from grader.errors import SandboxError
from tests.attacks.harness import Run, run_corpus
from tests.sharing import made_once

RESULT = "run.json"


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, everything: bool) -> Run:
    """The outcome of grading the corpus in one batch. With ATTACKS_KEEP=DIR, its results are kept there."""
    folder = made_once(tmp_path_factory, "attacks", lambda new: (new / RESULT).write_text(json.dumps(_run(everything))))
    found = json.loads((folder / RESULT).read_text())
    if "skip" in found:
        pytest.skip(found["skip"])
    return Run(**found)


def _run(everything: bool) -> dict[str, object]:
    try:
        Zygote().close()
    except SandboxError as error:
        if os.environ.get("CI"):
            raise
        return {"skip": f"no sandbox on this machine: {error}"}
    keep = os.environ.get("ATTACKS_KEEP")
    return asdict(run_corpus(Path(keep) if keep else None, whole=everything))
