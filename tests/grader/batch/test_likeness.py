"""Whose solutions are alike: disguises are seen through, independent work is left alone, and the page is harmless."""

import re
import time
from pathlib import Path

import pytest

from grader.batch import likeness as likeness_module
from grader.batch.collect import Found, collect, look_through
from grader.batch.likeness import OWN_SOLUTION, Likeness, compare
from grader.batch.likeness_page import JUDGE, likeness_html
from grader.engine.budget import MAX_LINES, Spent
from tests.grader.helpers import cell_of, grader, load_solution, solution_files, solved, student, write

LESSON = "01_encoding"
ORIGINAL = '''def json_loads_strict(text: bytes):
    """Read JSON and refuse what readers disagree about."""
    def pairs_once(pairs):
        found = {}
        for key, value in pairs:
            if key in found:
                raise ValueError("twice: " + key)
            found[key] = value
        return found

    def refuse(constant):
        raise ValueError(constant)

    decoded = text.decode("utf-8", errors="strict")
    if decoded.startswith("x"):
        raise ValueError("mark")
    return json.loads(decoded, object_pairs_hook=pairs_once, parse_constant=refuse)
'''
RENAMED = (
    re.sub(r"\b(pairs_once|pairs|found|key|value|refuse|constant|decoded)\b", r"my_\1", ORIGINAL)
    .replace('"', "'")
    .replace("'''Read JSON and refuse what readers disagree about.'''", "# mine, all mine\n    print('start')")
)
REFUSE = "    def refuse(constant):\n        raise ValueError(constant)\n\n"
REORDERED = ORIGINAL.replace(REFUSE, "").replace("    return json", f"{REFUSE}    return json")
COPIES = {"as it is": ORIGINAL, "names": RENAMED, "order": REORDERED, "broken": ORIGINAL + "\n\ndef ("}


def hand_in(folder: Path, who: str, source: str, exercise: str = "json_loads_strict") -> None:
    notebook = student(LESSON)
    cell_of(notebook, exercise).source = source
    (folder / who).mkdir(exist_ok=True)
    write(folder / who, notebook, f"{LESSON}.ipynb")


def compared(folder: Path, least: float = 0.5) -> Likeness:
    return compare(collect(folder, folder / "unpacked"), least)


def names(found: Likeness) -> list[tuple[str, str]]:
    return [(pair.left.student, pair.right.student) for pair in found.pairs]


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_copy_is_found_whatever_it_is_called(tmp_path: Path, copy: str) -> None:
    hand_in(tmp_path, "ada", ORIGINAL)
    hand_in(tmp_path, "bob", copy)
    found = compared(tmp_path)
    assert names(found) == [("ada", "bob")]
    assert found.pairs[0].score > 0.75
    (exercise,) = [one for one in found.pairs[0].exercises if one.name == "json_loads_strict"]
    assert sum(line.shared for line in exercise.left) > 8
    assert [line.text for line in exercise.right] == copy.split("\n")


def test_no_pair_is_missed_that_looking_at_each_by_itself_would_find(tmp_path: Path) -> None:
    lines = ORIGINAL.split("\n")
    for number in range(14):  # each with one part more of it, and lines of its own
        own = "\n".join(f"    v{k} = {k * number} if text else {number}" for k in range(12 - number // 2))
        hand_in(tmp_path, f"s{number:02}", "\n".join(lines[: 3 + number]) + "\n    return None\n\n" + own)
    found = {(pair.left.student, pair.right.student): pair.score for pair in compared(tmp_path, 0.01).pairs}
    assert len({round(score, 2) for score in found.values()}) > 20
    for least in (0.1, 0.3, 0.5, 0.7):
        listed = {(pair.left.student, pair.right.student) for pair in compared(tmp_path, least).pairs}
        assert listed == {pair for pair, score in found.items() if score >= least}


def test_independent_solutions_are_left_alone(tmp_path: Path) -> None:
    for number, path in enumerate(solution_files("json_loads_strict")):
        assert load_solution(path)
        hand_in(tmp_path, f"s{number}", path.read_text("utf-8"))
    assert names(compared(tmp_path)) == []


def test_the_lessons_own_lines_do_not_count_and_its_solution_takes_part(tmp_path: Path) -> None:
    for who in ("ada", "bob"):
        (tmp_path / who).mkdir()
        write(tmp_path / who, student(LESSON), f"{LESSON}.ipynb")
    assert compared(tmp_path, 0.01).pairs == []
    (tmp_path / "cy").mkdir()
    write(tmp_path / "cy", solved(LESSON), f"{LESSON}.ipynb")
    assert names(compared(tmp_path)) == [(OWN_SOLUTION, "cy")]


def test_what_many_wrote_alike_says_nothing(tmp_path: Path) -> None:
    for number in range(11):
        hand_in(tmp_path, f"s{number:02}", ORIGINAL)
    found = compared(tmp_path)
    assert found.pairs == []
    assert found.crowd == [f"s{number:02}" for number in range(11)], "but it is said, since it may be one source"
    assert "s00, s01" in likeness_html(found)
    one_less = tmp_path / "s10" / f"{LESSON}.ipynb"
    one_less.unlink()
    assert len(compared(tmp_path).pairs) == 45
    assert compared(tmp_path).crowd == []


def test_a_class_that_copied_the_lessons_own_solution_is_named_with_it(tmp_path: Path) -> None:
    for number in range(11):
        (tmp_path / f"s{number:02}").mkdir()
        write(tmp_path / f"s{number:02}", solved(LESSON), f"{LESSON}.ipynb")
    hand_in(tmp_path, "ada", ORIGINAL)
    found = compared(tmp_path)
    assert found.pairs == []
    assert found.crowd == [OWN_SOLUTION, *(f"s{number:02}" for number in range(11))]


def test_a_student_is_not_compared_with_herself(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada", ORIGINAL)
    (tmp_path / "ada" / "second.ipynb").write_bytes((tmp_path / "ada" / f"{LESSON}.ipynb").read_bytes())
    assert (compared(tmp_path).works, compared(tmp_path).pairs) == (1, [])
    two = [Found(path, path.name, "ada") for path in (tmp_path / "ada").iterdir()]
    assert (compare(two).works, compare(two).pairs) == (2, [])


def test_what_is_not_taken_is_not_compared_and_said(tmp_path: Path) -> None:
    hand_in(tmp_path, "ada", ORIGINAL)
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "essay.pdf").write_bytes(b"%PDF")
    found = compare(look_through([tmp_path], tmp_path / "unpacked"))
    assert found.works == 1
    assert found.unread == ["bob/essay.pdf: a PDF; only notebooks (.ipynb) are graded"]


def test_the_page_holds_nothing_that_runs(tmp_path: Path) -> None:
    evil = ORIGINAL + '\n# </td><script>alert(1)</script> {{ 7 * 7 }}\nx = "\u202egnp.exe\u2066"\n'
    there = []
    for number, who in enumerate(("<img src=x onerror=alert(1)>", "=cmd|' '!A0 [red]")):
        hand_in(tmp_path, str(number), evil)
        there.append(Found(tmp_path / str(number) / f"{LESSON}.ipynb", f"{who}/{LESSON}.ipynb", who))
    (tmp_path / "cy").mkdir()
    (tmp_path / "cy" / "<b>.ipynb").write_text("{")
    found = compare([*there, Found(tmp_path / "cy" / "<b>.ipynb", "cy/<b>.ipynb", "cy")])
    page = likeness_html(found)
    assert len(found.pairs) == len(found.unread) == 1
    assert "<script" not in page.lower().replace("&lt;script", "")
    assert "<img" not in page
    assert "<b>" not in page
    assert "\\u202egnp" in page
    assert "\u202e" not in page
    assert "{{ 7 * 7 }}" in page
    assert "default-src 'none'" in page
    assert JUDGE in page
    assert not re.search(r"\b(src|href)\s*=\s*[\"'](?!#)", page)


def test_a_solution_of_empty_lines_is_cut_and_says_so(tmp_path: Path) -> None:
    long = ORIGINAL + "\n" * 90_000 + "x = 1\n"
    for who in ("ada", "bob"):
        hand_in(tmp_path, who, long)
    found = compared(tmp_path)
    page = likeness_html(found)
    assert len(page) < 500_000
    assert "more lines" in page
    (pair,) = [one for one in found.pairs if {one.left.student, one.right.student} == {"ada", "bob"}]
    assert pair.score == 1
    exercise = next(one for one in pair.exercises if one.name == "json_loads_strict")
    assert len(exercise.left) == MAX_LINES + 1


def test_a_long_line_of_many_tokens_takes_no_time(tmp_path: Path) -> None:
    for who in ("ada", "bob"):
        hand_in(tmp_path, who, ORIGINAL + "\nx = [" + " 1," * 300_000 + "]")
    started = time.process_time()
    assert names(compared(tmp_path))[0] == ("ada", "bob")
    assert time.process_time() - started < 20


def test_the_command_writes_a_page_and_says_who_judges(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    hand_in(work, "ada", ORIGINAL)
    hand_in(work, "bob", RENAMED)
    hand_in(work, "[bold]eve", RENAMED)
    done = grader("likeness", work, "--out", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    assert "2 submissions compared: 1 pair alike by 50 % or more" in done.stderr
    assert "[bold]eve" in done.stderr
    assert "a person judges" in done.stderr
    assert "[bold]eve" in (tmp_path / "page.html").read_text("utf-8")
    (tmp_path / "empty").mkdir()
    none = grader("likeness", tmp_path / "empty")
    assert (none.returncode, "no notebook" in none.stderr) == (2, True)


def test_a_submission_that_takes_too_long_or_breaks_the_reader_costs_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("ada", "bob", "eve", "mallory"):
        hand_in(tmp_path, who, ORIGINAL)
    read = likeness_module.read_submission

    def slow(path: Path, *more: object) -> object:
        if path.parent.name == "mallory":
            raise Spent("reading and judging it took too long")
        if path.parent.name == "eve":
            raise RuntimeError("nobody thought of it")
        return read(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(likeness_module, "read_submission", slow)
    found = compare(collect(tmp_path, tmp_path / "unpacked"))
    assert [(pair.left.student, pair.right.student) for pair in found.pairs] == [("ada", "bob")]
    assert ["too long" in text or "failed on it (RuntimeError)" in text for text in found.unread] == [True, True]
