"""The recipes in the documents: what is handed in is data there, never something that runs."""

import re
from pathlib import Path
from typing import Any

import yaml

PIPELINE = Path(__file__).resolve().parents[2] / "docs" / "pipeline.md"


def steps() -> list[dict[str, Any]]:
    (recipe,) = re.findall(r"```yaml\n(name: grade.*?)```", PIPELINE.read_text("utf-8"), re.DOTALL)
    found: list[dict[str, Any]] = yaml.safe_load(recipe)["jobs"]["grade"]["steps"]
    return found


def test_each_checkout_has_a_folder_of_its_own_and_nothing_is_started_in_one() -> None:
    checkouts = [step["with"]["path"] for step in steps() if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert sorted(checkouts) == ["course", "handed-in"]
    for step in steps():
        assert "working-directory" not in step
        assert not re.search(r"\bcd\b", step.get("run", ""))


def test_each_python_is_isolated_and_lies_outside_of_what_was_checked_out() -> None:
    lines = [line for step in steps() for line in step.get("run", "").splitlines() if "python" in line]
    assert len(lines) == 5
    for line in lines:
        program, option, *_ = line.split()
        assert program in ("python", '"$RUNNER_TEMP/environment/bin/python"')
        assert option == "-I"


def test_nothing_is_written_into_what_was_checked_out() -> None:
    (grade,) = [line for step in steps() for line in step.get("run", "").splitlines() if " grade " in line]
    for option in ("--out", "--junit", "--csv"):
        assert grade.split(option)[1].strip().startswith('"$RUNNER_TEMP/')
    (kept,) = [step["with"]["path"] for step in steps() if "upload-artifact" in str(step.get("uses", ""))]
    assert kept.startswith("${{ runner.temp }}/")
