"""docs/lti.md: its table has each check, and as many bent launches as there are. And lesson 11's appendix."""

import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from grader.course import masters
from jwt_from_scratch.encoding import b64u_decode, b64u_encode
from tests.grader.helpers import load_solution, solution_files
from tests.grader.lti.test_launch import BENT, BENT_LOGINS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "lti.md").read_text("utf-8")


def test_the_table_counts_the_bent_launches() -> None:
    table = re.search(r"<!-- checks.*?-->(.*)<!-- /checks -->", TEXT, re.DOTALL)
    assert table is not None
    said = {name: int(count) for name, count in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", table[1], re.MULTILINE)}
    assert said == Counter(reason for reason, _, _ in (*BENT.values(), *BENT_LOGINS.values()))


@cache
def appendix() -> str:
    """The code of lesson 11's appendix, which a learner puts below functions of their own."""
    text = "\n".join(cell.source for cell in masters.chapter("11_sso").cells if not cell.is_code)
    found = re.search(r"<summary>Appendix:.*?```python\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def functions() -> dict[str, Any]:
    """Somebody's own functions of the lessons before."""
    names = ("b64u_decode", "json_loads_strict", "check_times", "check_parties", "rsa_verify_pkcs1", "find_key")
    return {name: load_solution(solution_files(name)[0])[name] for name in names}


def test_the_appendix_of_lesson_11_verifies_a_recorded_launch(capsys: pytest.CaptureFixture[str]) -> None:
    exec(appendix(), functions())
    assert capsys.readouterr().out == "ada {'lesson': '11_sso'}\n"


@pytest.mark.parametrize(
    ("bend", "stopped_by"),
    [
        ({"nonce": "another"}, "assert claims["),
        ({"client_id": "another"}, "check_parties("),
        ({"issuer": "https://lms.example"}, "check_parties("),
        ({"now": 1_795_926_824 + 3_661}, "check_times("),
        ({"now": 1_795_926_824 - 61}, "check_times("),
        ({"jwks": {"keys": []}}, "find_key("),
        ("a character of the body", "assert rsa_verify"),
    ],
    ids=str,
)
def test_each_change_is_stopped_by_another_line(bend: Any, stopped_by: str) -> None:
    launch = json.loads(files("jwt_from_scratch.services").joinpath("launch.json").read_text("utf-8"))
    if isinstance(bend, dict):
        launch |= bend
    else:
        head, body, signature = launch["id_token"].split(".")
        changed = json.dumps({**json.loads(b64u_decode(body)), "sub": "eve"}).encode()
        launch["id_token"] = ".".join((head, b64u_encode(changed), signature))
    code = re.sub(r"^launch = .*$", "", appendix(), flags=re.MULTILINE)
    with pytest.raises((ValueError, AssertionError)) as caught:
        exec(compile(code, "appendix", "exec"), {**functions(), "launch": launch})
    line = next(one.lineno for one in caught.traceback if str(one.path).endswith("appendix"))
    assert stopped_by in code.splitlines()[line]
