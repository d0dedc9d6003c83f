"""The hostile submissions of the corpus through the real command, and the honest ones: one batch, many questions."""

import csv
import html.parser
import io
import json
import os
from typing import Any

import jsonschema
import pytest

from grader.errors import NOT_ALL_TAKEN
from grader.reports.report import SCHEMA
from tests.attacks import page
from tests.attacks.corpus import CONTROLS, UNREADABLE, Attack, corpus, points_of, sample
from tests.attacks.harness import MOST_MEMORY, Run, complaints, reports_in

pytestmark = pytest.mark.slow
ATTACKS = [attack for attack in corpus() if not attack.is_control]
HONEST = [attack for attack in corpus() if attack.is_control]
SUBMITTED = ("graded", "not attempted", "unreadable")
MOST_REPORTS = 100
"""The most Reports on one student's zip file."""


def as_parameter(attack: Attack) -> Any:
    """The attack as a test's parameter."""
    marks = [] if attack in sample() else [pytest.mark.in_ci]
    return pytest.param(attack, id=f"{attack.category}-{attack.name}", marks=marks)


def reports_of(attack: Attack, run: Run) -> list[dict[str, Any]]:
    """The Reports on files in the attack's folder or zip file."""
    return reports_in(attack, list(run.reports.values()))


@pytest.mark.parametrize("attack", [*map(as_parameter, ATTACKS)])
def test_an_attack_gains_nothing(attack: Attack, run: Run) -> None:
    check_report(attack, run)
    assert attack.name not in run.breaches, attack.about


@pytest.mark.parametrize("attack", [*map(as_parameter, HONEST)])
def test_an_honest_submission_gets_full_marks(attack: Attack, run: Run) -> None:
    check_report(attack, run)
    (report,) = [one for one in reports_of(attack, run) if one["status"] in SUBMITTED]
    assert report["score"] == report["max_score"] == points_of(attack.chapter)
    assert {one["status"] for one in report["exercises"]} == {"passed"}


def check_report(attack: Attack, run: Run) -> None:
    # Other files next to a submission have Reports, too, with the status "not taken".
    reports = [one for one in reports_of(attack, run) if one["status"] in (*attack.expect.statuses, *SUBMITTED)]
    sharing = [other for other in corpus() if other.student == attack.student]
    assert len(reports) >= len(sharing), "there is no Report on it"
    found = [complaints(attack, report) for report in reports]
    messages = [one["messages"] for report in reports[:1] for one in report["exercises"]]
    # If two submissions have the same name, one of the Reports is this one's.
    assert ([] in found) if len(sharing) > 1 else not any(found), (found[:3], messages)


def test_the_batch_ends_as_it_should(run: Run) -> None:
    assert run.exit_code == NOT_ALL_TAKEN, run.stderr[-2_000:]


def test_no_attack_says_that_it_got_through(run: Run) -> None:
    assert run.breaches == []


def test_no_secret_is_in_a_result(run: Run) -> None:
    assert run.stolen == []


def test_nothing_outside_was_changed_and_nothing_left_behind(run: Run) -> None:
    assert run.changed == []


def test_no_listener_of_the_host_was_reached(run: Run) -> None:
    assert run.connections == []


def test_no_process_is_left(run: Run) -> None:
    assert run.processes == []


def test_the_results_never_take_much_room(run: Run) -> None:
    assert run.disk < 1_000_000_000


def test_the_grader_itself_needs_little_memory(run: Run) -> None:
    """For any submission: its size is limited before it is read."""
    for name, peak in run.memory.items():
        assert 10_000_000 < peak < MOST_MEMORY, (name, peak)


def test_no_zip_makes_reports_without_end(run: Run) -> None:
    for attack in corpus():
        assert len(reports_of(attack, run)) <= MOST_REPORTS, attack.name


def test_there_is_a_report_for_everyone_and_they_fit_the_schema(run: Run, everything: bool) -> None:
    assert len(run.reports) >= len(corpus() if everything else sample())
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    for name, report in run.reports.items():
        assert list(validator.iter_errors(report)) == [], name
        assert report["sandbox"] == "full", name
        assert len(json.dumps(report)) < 50_000, name


def texts_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.items() for one in item for text in texts_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    return [value] if isinstance(value, str) else []


def test_what_is_the_learners_in_a_report_is_printable_text(run: Run) -> None:
    for name, report in run.reports.items():
        for text in texts_in(report):
            assert text.isprintable(), (name, text)


def test_the_terminal_gets_no_control_characters(run: Run) -> None:
    assert all(character.isprintable() or character in "\n\r\t" for character in run.stderr)


def test_the_table_has_no_formula_and_no_broken_row(run: Run) -> None:
    rows = list(csv.reader(io.StringIO(run.summary)))
    assert len(rows) == len(run.reports) + 1
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell


class Page(html.parser.HTMLParser):
    """Collects elements and attributes that could run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "base", "link", "img", "meta"):
            policy = tag == "meta" and dict(attrs).get("http-equiv") in (None, "Content-Security-Policy")
            self.bad += [] if policy else [tag]
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src", "srcdoc") and not str(value).startswith("#")):
                self.bad.append(f"{tag} {name}={value}")


def test_the_page_runs_and_loads_nothing(run: Run) -> None:
    page = Page()
    page.feed(run.index)
    assert page.bad == []
    assert "<script>alert" not in run.index


def test_the_page_lists_every_submission_and_says_what_it_tries() -> None:
    """`python -m tests.attacks.page` updates it."""
    lines = page.PAGE.read_text("utf-8").partition(page.MARK)[2].splitlines()
    listed = {tuple(line.split(" | ")[:2]) for line in lines if line.startswith("| ") and "submission" not in line[:14]}
    wanted = {tuple(page.row(attack, "").split(" | ")[:2]) for attack in corpus()}
    assert wanted <= listed
    assert wanted == listed or os.geteuid() != 0


def test_the_corpus_is_as_broad_as_it_claims() -> None:
    categories = {attack.category for attack in ATTACKS}
    assert categories == {
        *("skip", "fake", "secrets", "forge", "metadata", "resources", "escape", "parser", "rendering", "files")
    }
    assert len(ATTACKS) >= 200
    assert len(HONEST) >= 12
    assert all(CONTROLS not in attack.category and attack.about for attack in ATTACKS)
    assert any(UNREADABLE in attack.expect.statuses for attack in ATTACKS)
