"""What a learner calls: check(), check_all(), hint(), progress(), submit(), picture()."""

import base64
import io
import json
import os
import re
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import grader as course_grader
from grader import checks
from grader.judging.result import Result, Row
from grader.learner import display, lesson, saved, scores
from grader.learner.lesson import Message, Picture, check, check_all, hint, picture, progress, submit
from tests.grader.helpers import CHAPTERS, EXERCISES, load_solution, python, solution_files


def known(name: str) -> Any:
    found = checks.exercise_named(name)
    assert found is not None
    return found


@pytest.fixture
def solve(learner: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts solutions where a learner's functions are: among the names of the calling module."""

    def put(*names: str) -> None:
        for name in names:
            function = load_solution(solution_files(name)[0])[name]
            monkeypatch.setitem(globals(), name, function)

    return put


def test_the_package_offers_what_the_lessons_import() -> None:
    for name in course_grader.__all__:
        assert getattr(course_grader, name) is getattr(lesson, name)
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        course_grader.chekc


# -- check ------------------------------------------------------------------------------------------------------------


def test_check_gives_full_points_and_prints_text_outside_a_notebook(
    solve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    solve("b64u_encode")
    answer = check("b64u_encode")
    out, err = capsys.readouterr()
    assert repr(answer) == "5"
    assert out.startswith("✓ b64u_encode: 5 of 5 points")
    assert err == ""


def test_check_finds_the_function_of_the_module_that_calls_it(
    learner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {"__name__": "a_learners_script"}
    exec(
        "from grader import check\nimport base64\n"
        "def b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode()\nanswer = check('b64u_encode')",
        names,
    )
    assert repr(names["answer"]) == "0"
    assert "The '=' padding is still there" in capsys.readouterr().out


STORE = """
class SessionStore:
    def __init__(self):
        self.users = {}

    def create(self, user):
        session = secrets.token_urlsafe()
        self.users[session] = user
        return session

    def get(self, session):
        return self.users[session]

    def destroy(self, session):
        self.users.pop(session, None)
"""
SKIPPED = "Run the cells above (Run > Run All Above Selected Cell)"


@pytest.mark.parametrize(
    ("source", "name", "lacking"),
    [
        (
            "def b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode().rstrip('=')",
            "b64u_encode",
            "base64",
        ),
        ("def b64u_decode(text):\n    return base64.urlsafe_b64decode(text + '==')", "b64u_decode", "base64"),
        ("def b64u_decode(text):\n    return b64u_encode(text.encode())", "b64u_decode", "b64u_encode"),
        (STORE, "SessionStore", "secrets"),
    ],
    ids=["an import", "the same", "an exercise", "a class"],
)
def test_a_name_that_a_cell_above_gives_is_no_mistake(
    learner: Path, capsys: pytest.CaptureFixture[str], source: str, name: str, lacking: str
) -> None:
    exec(f"from grader import check\n{source}\ncheck({name!r})", {"__name__": "a_learners_script"})
    out = capsys.readouterr().out
    assert out.startswith(f"✗ {name}: 0 of {known(name).points} points · missing\n")
    assert f"{lacking} is not defined: a cell above defines it, which has not been run. {SKIPPED}" in out
    assert "raised" not in out


@pytest.mark.parametrize(
    "source",
    [
        "def b64u_encode(data):\n    return bas64",
        "def b64u_encode(data):\n    return b64u_decode(data)",  # which is below
        "def b64u_encode(data):\n    raise NameError(\"name 'base64' is not defined\")",
    ],
    ids=["a typing error", "from below", "made up"],
)
def test_a_name_that_no_cell_above_gives_is_a_mistake(
    learner: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    exec(f"import base64\nfrom grader import check\n{source}\ncheck('b64u_encode')", {"__name__": "a_learners_script"})
    out = capsys.readouterr().out
    assert "points · 0 of " in out
    assert "raised NameError" in out
    assert SKIPPED not in out


def test_a_name_of_a_cell_that_the_learner_saved_is_no_mistake_either(
    learner: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = learner / "01_encoding.ipynb"
    mine = json.loads((saved.NOTEBOOKS / file.name).read_text("utf-8"))
    for at, source in ((0, "def plain(data):\n    return data"), (len(mine["cells"]) + 1, "below = 1")):
        mine["cells"].insert(at, {"cell_type": "code", "id": f"own{at}", "metadata": {}, "source": [source]})
    file.write_text(json.dumps(mine), "utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    monkeypatch.setitem(lesson._state, "copy", file)
    for name, is_said in (("plain", True), ("below", False)):
        exec(
            f"from grader import check\ndef b64u_encode(data):\n    return {name}\ncheck('b64u_encode')",
            {"__name__": "mine"},
        )
        assert (f"{name} is not defined: a cell above" in capsys.readouterr().out) == is_said


def test_the_plain_text_is_the_bare_score_and_the_html_has_no_script(solve: Any) -> None:
    solve("b64u_encode")
    bundle = check("b64u_encode")._repr_mimebundle_()
    assert bundle["text/plain"] == "5"
    assert "5 of 5 points" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


@pytest.mark.parametrize("name", [one.name for one in EXERCISES])
def test_check_answers_for_every_exercise_solved_and_missing(solve: Any, name: str) -> None:
    assert repr(check(name)) == "0"
    solve(name)
    assert repr(check(name)) == str(known(name).points)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("b64u_encod", "Did you mean `b64u_encode`?"),
        ("spilt_token", "Did you mean `split_token`?"),
        ("zzz", "There are: split_token, b64u_encode"),
        ("", "There are:"),
        (None, "There is no exercise called None."),
        (["b64u_encode"], "There is no exercise called"),
    ],
)
def test_an_unknown_name_is_answered_with_a_suggestion(learner: Path, name: Any, says: str) -> None:
    for ask in (check, hint):
        answer = ask(name)
        assert isinstance(answer, Message)
        assert says in repr(answer)
        assert answer._repr_markdown_() == repr(answer)


def test_a_function_that_prints_and_warns_leaves_nothing_on_stderr(
    learner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """nbgrader makes a check with anything on stderr 0 points."""
    noisy = load_solution(next(p for p in solution_files("b64u_encode") if p.stem == "three_at_a_time"))
    monkeypatch.setitem(globals(), "b64u_encode", noisy["b64u_encode"])
    with warnings.catch_warnings(action="ignore"):
        assert repr(check("b64u_encode")) == "5"
    assert capsys.readouterr().err == ""


def test_ctrl_c_during_a_check_is_a_ctrl_c(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def b64u_encode(data: bytes) -> str:
        raise KeyboardInterrupt

    monkeypatch.setitem(globals(), "b64u_encode", b64u_encode)
    with pytest.raises(KeyboardInterrupt):
        check("b64u_encode")


def test_in_a_notebook_check_reads_its_variables_and_prints_nothing(
    learner: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    solution = load_solution(solution_files("b64u_encode")[0])
    monkeypatch.setattr(lesson, "_shell", lambda: SimpleNamespace(kernel=object(), user_ns=solution))
    assert repr(check("b64u_encode")) == "5"
    assert capsys.readouterr() == ("", "")


RIGHT = "import base64\ndef b64u_encode(data):\n    return base64.urlsafe_b64encode(data).decode().rstrip('=')\n"


def test_checks_in_several_threads_take_turns(learner: Path) -> None:
    """Each replaces stdout, and two at once would leave each other's behind."""
    out = python(
        "import sys, threading\nfrom grader import check\n"
        f"{RIGHT}"
        "before = sys.stdout, sys.stderr\nsys.setswitchinterval(1e-5)\n"
        "threads = [threading.Thread(target=check, args=('b64u_encode',)) for _ in range(6)]\n"
        "[thread.start() for thread in threads]\n[thread.join() for thread in threads]\n"
        "print('the same', before == (sys.stdout, sys.stderr))",
        cwd=learner,
    )
    assert out.count("✓ b64u_encode: 5 of 5 points") == 6
    assert out.endswith("the same True\n")


def test_a_function_that_calls_check_is_told_so(learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = f"{RIGHT}right = b64u_encode\ndef b64u_encode(data):\n    check('b64u_encode')\n    return right(data)\n"
    exec(f"from grader import check\n{source}check('b64u_encode')", {"__name__": "a_learners_script"})
    out = capsys.readouterr().out
    assert out.count("✗ b64u_encode: 0 of 5 points") == 1
    assert "calls check() itself" in out
    exec(f"from grader import check\n{RIGHT}check('b64u_encode')", {"__name__": "a_learners_script"})
    assert "✓ b64u_encode: 5 of 5 points" in capsys.readouterr().out


def test_in_a_folder_that_is_gone_all_goes_on(solve: Any, learner: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solve("b64u_encode")
    (learner / "gone").mkdir()
    os.chdir(learner / "gone")
    (learner / "gone").rmdir()
    assert repr(check("b64u_encode")) == "5"
    assert "b64u_encode: 5 of 5" in repr(check_all("01_encoding"))
    assert repr(progress()).startswith("0 of ")
    assert "There is no 01_encoding.ipynb in this folder" in repr(submit("01_encoding"))


def test_progress_is_the_notebooks_wherever_the_kernel_has_gone(
    solve: Any, learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve("b64u_encode")
    monkeypatch.setenv("JPY_SESSION_NAME", str(learner / "01_encoding.ipynb"))
    monkeypatch.setitem(lesson._state, "copy", None)
    (learner / "data").mkdir()
    monkeypatch.chdir(learner / "data")
    check("b64u_encode")
    assert scores.load(learner) == {"b64u_encode": 5}
    assert repr(progress()).startswith("5 of ")
    monkeypatch.setenv("JPY_SESSION_NAME", str(learner / "moved" / "01_encoding.ipynb"))
    check("b64u_encode")
    assert not (learner / "moved").exists()
    assert scores.load(learner / "data") == {"b64u_encode": 5}


# -- check_all --------------------------------------------------------------------------------------------------------


def test_check_all_sums_up_a_chapter(solve: Any) -> None:
    solve("b64u_encode", "b64u_decode")
    answer = repr(check_all("01_encoding"))
    assert "01_encoding: 15 of 25 points" in answer
    assert "✓ b64u_encode: 5 of 5 points" in answer
    assert "json_loads_strict" in answer


def test_check_all_without_a_chapter_takes_the_last_one_checked(solve: Any) -> None:
    assert "Which lesson?" in repr(check_all())
    check("b64u_encode")
    assert "01_encoding: 0 of 25 points" in repr(check_all())


def test_check_all_knows_the_notebook_that_jupyter_names(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/work/02_hmac.ipynb")
    assert "02_hmac: 0 of 25 points" in repr(check_all())
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/work/Untitled.ipynb")
    monkeypatch.setattr(lesson, "_state", {"hints": {}, "chapter": None})
    assert "Which lesson?" in repr(check_all())


def test_check_all_with_an_unknown_chapter(learner: Path) -> None:
    assert "Which lesson?" in repr(check_all("77_nothing"))


# -- hint -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one.name for one in EXERCISES])
def test_hints_come_in_order_and_then_the_last_one_stays(learner: Path, name: str) -> None:
    answers = [repr(hint(name)) for _ in range(5)]
    for number, text in enumerate(known(name).hints, 1):
        assert answers[number - 1].startswith(f"**Hint {number} of 3** · {text}")
    assert answers[2] == answers[3] == answers[4]
    assert known(name).spec in answers[2]
    assert "last one" not in answers[1]


def test_each_exercise_counts_its_own_hints(learner: Path) -> None:
    hint("b64u_encode")
    hint("b64u_encode")
    assert repr(hint("b64u_decode")).startswith("**Hint 1 of 3**")
    assert repr(hint("b64u_encode")).startswith("**Hint 3 of 3**")


# -- progress ---------------------------------------------------------------------------------------------------------


def test_progress_is_a_picture_with_words(solve: Any, learner: Path) -> None:
    solve("b64u_encode")
    check("b64u_encode")
    answer = progress()
    assert isinstance(answer, Picture)
    assert repr(answer).startswith("5 of ")
    assert "points, the best so far: " in repr(answer)
    assert "01_encoding 5 of 25" in repr(answer)
    html = answer._repr_html_()
    data = re.search(r"src='data:image/png;base64,([^']+)'", html)
    assert data is not None
    assert base64.b64decode(data[1]).startswith(b"\x89PNG")
    assert "01_encoding 5 of 25" in html


def test_the_best_score_stays(learner: Path) -> None:
    for score in (2, 5, 3, 0):
        scores.record(learner, "b64u_encode", score)
    assert scores.load(learner) == {"b64u_encode": 5}
    assert [path.name for path in learner.iterdir()] == [scores.FILE]


@pytest.mark.parametrize("transparent", [False, True])
def test_pictures_can_be_read_whatever_style_the_learner_has_set(learner: Path, transparent: bool) -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    with pyplot.style.context("dark_background"):
        drawn = progress().figure
        figure = pyplot.figure(facecolor="none" if transparent else None)
        pyplot.close(figure)
        data = re.search("base64,([^']+)'", picture(figure, "a figure")._repr_html_())
    assert [label.get_color() for label in drawn.axes[0].get_yticklabels()] == ["black"] * len(CHAPTERS)
    assert drawn.get_facecolor() == (1, 1, 1, 1)
    assert data is not None
    pixels = pyplot.imread(io.BytesIO(base64.b64decode(data[1])), format="png")
    assert set(map(tuple, pixels[0].tolist())) == {(1.0, 1.0, 1.0, 1.0) if transparent else (0.0, 0.0, 0.0, 1.0)}


def test_what_a_function_displays_is_kept_away(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One table or figure for each call would be sixty of them."""
    hooks: list[Any] = []
    shown: list[Any] = []

    def display(one: Any) -> None:
        for hook in hooks:
            one = None if one is None else hook(one)
        shown.extend(filter(None, [one]))

    names: dict[str, Any] = {"display": display}
    exec(f"{RIGHT}right = b64u_encode\ndef b64u_encode(data):\n    display('x')\n    return right(data)\n", names)
    publisher = SimpleNamespace(register_hook=hooks.append, unregister_hook=hooks.remove)
    shell = SimpleNamespace(kernel=object(), user_ns=names, display_pub=publisher)
    monkeypatch.setattr(lesson, "_shell", lambda: shell)
    assert repr(check("b64u_encode")) == "5"
    assert (shown, hooks) == ([], [])
    hooks.append(lesson._unless_checking)  # as Ctrl-C may leave it
    display("y")
    assert shown == ["y"]


def test_lessons_that_are_checked_at_the_same_time_lose_nothing(learner: Path) -> None:
    """Each record opens the folder anew, so to the lock two threads are as two kernels."""

    def record(kernel: int) -> None:
        for number in range(25):
            scores.record(learner, f"{kernel}/{number}", number)

    threads = [threading.Thread(target=record, args=(kernel,)) for kernel in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(scores.load(learner)) == 75
    assert [path.name for path in learner.iterdir()] == [scores.FILE]


def test_a_failed_write_leaves_the_old_file(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores.record(learner, "b64u_encode", 2)
    before = (learner / scores.FILE).read_bytes()

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("grader.files.os.replace", fail)
    scores.record(learner, "b64u_encode", 5)
    assert (learner / scores.FILE).read_bytes() == before
    assert [path.name for path in learner.iterdir()] == [scores.FILE]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'{"scores": []}',
        b'{"scores": null}',
        b'{"other": 1}',
        b'{"scores": {"b64u_encode": "5", "b64u_decode": null, "no_such": 7}}',
        b'{"scores": {"b64u_encode": 1e999}}',
    ],
)
def test_a_damaged_file_counts_as_none(learner: Path, damage: bytes) -> None:
    (learner / scores.FILE).write_bytes(damage)
    assert repr(progress()).startswith("0 of ")
    scores.record(learner, "b64u_encode", 3)
    assert scores.load(learner)["b64u_encode"] == 3
    json.loads((learner / scores.FILE).read_text("utf-8"))


def test_a_score_beyond_the_points_counts_as_the_points(learner: Path) -> None:
    (learner / scores.FILE).write_text('{"scores": {"b64u_encode": 99999}}', "utf-8")
    assert "01_encoding 5 of 25" in repr(progress())


def test_a_progress_file_that_is_a_folder_is_no_reason_to_stop(solve: Any, learner: Path) -> None:
    (learner / scores.FILE).mkdir()
    solve("b64u_encode")
    assert repr(check("b64u_encode")) == "5"
    assert repr(progress()).startswith("0 of ")


# -- picture and display ----------------------------------------------------------------------------------------------


class Figure:
    def get_facecolor(self) -> tuple[float, ...]:
        return (1.0, 1.0, 1.0, 1.0)

    def savefig(self, target: Any, **_: Any) -> None:
        target.write(b"image")

    def get_figwidth(self) -> float:
        return 9.0


def test_a_pictures_text_is_escaped() -> None:
    text = """it's "quoted" <script>alert(1)</script> & more"""
    html = picture(Figure(), alt=text)._repr_html_()
    assert "<script" not in html
    assert html.count("'") == 14  # only the quotes around attributes, four of the box and three of the image
    assert "&lt;script&gt;" in html
    assert repr(picture(Figure(), alt=text)) == text


def test_the_table_escapes_whatever_it_shows() -> None:
    bad = "<img src=x onerror=alert(1)>'\"&"
    result = Result(bad, 0, 5, "failed", (bad,), (bad,), (Row(bad, bad, bad, False, "all points"),), 1, 2)
    html = display.as_html(result)
    assert "<img" not in html
    assert "'\"" not in html
    assert html.count("<table") == 1


def test_the_table_is_accessible_and_brings_no_colours_of_its_own_for_text() -> None:
    rows = (Row("c", "g", "w", False, "all points"), Row("c", "g", "w", True, ""), Row("c", "g", "w", False, "a part"))
    result = Result("f", 2, 5, "partial", ("m",), ("s",), rows, 1, 3)
    html = display.as_html(result)
    assert html.count("scope='col'") == 3
    assert not re.search(r"<th[^>]*></th>", html)  # a heading says something
    assert "aria-label=" in html
    assert "✓ right" in html
    assert "✗ wrong<br>costs all points</td>" in html
    assert "✗ wrong</td>" in html
    assert not re.search(r"[^-]color\s*:|background", html)
    for bad in ("<script", "onclick", "javascript:", "<style", "http"):
        assert bad not in html


def test_every_status_has_a_line_in_words() -> None:
    for status, mark in (("passed", "✓"), ("not attempted", "○"), ("failed", "✗"), ("timed out", "✗")):
        line = display.headline(Result("f", 0, 5, status))
        assert line.startswith(f"{mark} f: 0 of 5 points")
        assert (status in line) is (status != "passed")


def test_a_failed_check_points_at_the_hints_and_a_passed_one_does_not() -> None:
    assert any('hint("f")' in line for line in display.advice(Result("f", 0, 5, "failed")))
    assert display.advice(Result("f", 5, 5, "passed")) == []


# -- in a script ------------------------------------------------------------------------------------------------------


def test_check_in_a_plain_script_prints_a_readable_answer(tmp_path: Path) -> None:
    out = python(
        "from grader import check, hint\n"
        "def b64u_encode(data):\n    raise NotImplementedError('not written yet')\n"
        "check('b64u_encode')\nprint(hint('b64u_encode'))",
        cwd=tmp_path,
    )
    assert "○ b64u_encode: 0 of 5 points · not attempted" in out
    assert "**Hint 1 of 3**" in out
    assert "Traceback" not in out


def test_all_chapters_are_known_to_progress(learner: Path) -> None:
    assert [row[0] for row in scores.by_chapter(learner)] == list(CHAPTERS)


def test_where_jupyter_tells_nothing_the_cells_that_have_run_tell_the_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setitem(lesson._state, "chapter", None)
    for name in checks.chapters():
        sources = [saved.source_of(cell) for cell in saved.edition(name).cells]
        setup = next(source for source in sources if source.startswith("# setup"))
        monkeypatch.setattr(lesson, "_runs", lambda setup=setup: [f"{setup}\n", "submit()"])
        assert lesson._current_chapter() == name
    monkeypatch.setattr(lesson, "_runs", lambda: ["submit()", "1 + 1"])
    assert lesson._current_chapter() is None


def test_submit_knows_the_lesson_in_the_same_way(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setitem(lesson._state, "chapter", None)
    sources = [saved.source_of(cell) for cell in saved.edition("02_hmac").cells]
    monkeypatch.setattr(lesson, "_runs", lambda: [next(one for one in sources if one.startswith("# setup"))])
    assert "02_hmac.ipynb" in repr(lesson.submit())  # it is not there: but it is the one that is asked for
