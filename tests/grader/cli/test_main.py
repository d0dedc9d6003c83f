"""The `grader` command and the Report: exit codes, what goes to stdout and what to stderr, no traceback ever."""

import json
import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from grader.cli import main as cli
from grader.course import masters as course
from grader.files import write_to
from grader.learner import start
from grader.reports import report
from tests.grader.helpers import CHAPTERS, POINTS, REPO, cell_of, grader, solved, student, write

BAD = sorted((REPO / "tests" / "grader" / "bad_inputs").iterdir())
SCHEMA = json.loads(report.SCHEMA.read_text("utf-8"))
UNSAFE = "--unsafe-no-sandbox"
WARNING = "grader: warning: the code runs without a sandbox; grade only code that you trust"


def run(*arguments: Any) -> Result:
    """The command in this process, which is quicker than `helpers.grader`."""
    return CliRunner().invoke(cli.cli, [*map(str, arguments)], catch_exceptions=False)


def validated(text: str) -> list[dict[str, Any]]:
    reports = json.loads(text)
    assert isinstance(reports, list)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for one in reports:
        jsonschema.validate(one, SCHEMA, cls=jsonschema.Draft202012Validator)
        assert one["score"] == sum(exercise["score"] for exercise in one["exercises"])
        assert one["max_score"] == sum(exercise["max_score"] for exercise in one["exercises"])
    return reports


# -- grade ------------------------------------------------------------------------------------------------------------


def test_solved_editions_score_full_marks_and_stdout_is_json_alone(editions: Path, sandbox: None) -> None:
    paths = [editions / "solved" / f"{name}.ipynb" for name in CHAPTERS]
    done = grader("grade", *paths, "--json", "-")
    assert done.returncode == 0
    reports = validated(done.stdout)
    assert {one["chapter"]: (one["score"], one["max_score"]) for one in reports} == {
        name: (points, points) for name, points in POINTS.items()
    }
    assert [one["submission"] for one in reports] == [str(path) for path in paths]
    assert all(one["status"] == "graded" and one["sandbox"] == "full" and one["layers"] for one in reports)
    assert "warning" not in done.stderr
    assert "Traceback" not in done.stderr
    assert f"{sum(POINTS.values())} of {sum(POINTS.values())} points" in done.stderr


def test_student_editions_score_nothing_and_that_is_no_error(editions: Path) -> None:
    paths = [editions / "student" / f"{name}.ipynb" for name in CHAPTERS]
    done = grader("grade", UNSAFE, *paths, "--json", "-")
    assert done.returncode == 0
    for one in validated(done.stdout):
        assert (one["score"], one["max_score"], one["status"]) == (0, POINTS[one["chapter"]], "not attempted")
        assert all(exercise["status"] == "not attempted" for exercise in one["exercises"])
    assert "Traceback" not in done.stderr + done.stdout


def test_broken_submissions_give_valid_reports(tmp_path: Path) -> None:
    notebook = solved("01_encoding")
    cell_of(notebook, "b64u_encode").source = "def b64u_encode(data):\n    return '\\x1b[31m' * 10**6"
    cell_of(notebook, "b64u_decode").source = "def b64u_decode(text, more):\n    pass"
    cell_of(notebook, "json_loads_strict").source = "raise SystemError('<script>\\n' * 1000)"
    done = run("grade", write(tmp_path, notebook), "--json", "-")
    assert done.exit_code == 0
    (one,) = validated(done.stdout)
    assert one["score"] == 0
    for exercise in one["exercises"]:
        for text in (*exercise["messages"], *exercise["mistakes"]):
            assert "\x1b" not in text
            assert "\n" not in text
            assert len(text) <= 500
            assert "Traceback" not in text


def test_json_goes_to_a_file_and_then_stdout_stays_empty(tmp_path: Path, editions: Path) -> None:
    target = tmp_path / "out" / "reports.json"
    done = run("grade", editions / "student" / "00_start_here.ipynb", "--json", target)
    assert (done.exit_code, done.stdout) == (0, "")
    validated(target.read_text("utf-8"))
    assert [path.name for path in target.parent.iterdir()] == ["reports.json"]


def test_a_file_is_replaced_whole_or_not_at_all(
    tmp_path: Path, editions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "reports.json"
    target.write_text("old", "utf-8")

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("grader.files.os.replace", fail)
    done = run("grade", editions / "student" / "00_start_here.ipynb", "--json", target)
    assert done.exit_code == 2
    assert f"grader: {target}: there is no room left on the disk" in done.stderr
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["reports.json"]


def test_a_folder_as_the_json_file_is_a_line(tmp_path: Path, editions: Path) -> None:
    done = run("grade", editions / "student" / "00_start_here.ipynb", "--json", tmp_path)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == f"grader: {tmp_path}: Is a directory"


def test_a_pipe_or_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """As root, replacing /dev/null by a file would break the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    write_to(str(pipe), report.reports_json([]))
    reader.join(10)
    assert got == ["[]\n"]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_input_is_one_line_that_names_it_and_a_report(path: Path) -> None:
    done = run("grade", UNSAFE, path, "--json", "-")
    assert done.exit_code == 2
    (report,) = validated(done.stdout)
    assert (report["submission"], report["status"], report["score"]) == (str(path), "unreadable", 0)
    assert report["message"]
    lines = done.stderr.splitlines()
    assert lines[0] == WARNING
    assert len(lines) == 2
    assert lines[1].startswith(f"grader: {path}: ")
    assert "Error" not in lines[1]


def test_the_bad_inputs_are_of_many_kinds() -> None:
    names = {path.stem for path in BAD}
    assert {"empty", "truncated", "not_utf8", "json_only", "other_course"} <= names


def test_things_that_are_no_files(tmp_path: Path, editions: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "link.ipynb").symlink_to(editions / "solved" / "00_start_here.ipynb")
    (tmp_path / "dangling.ipynb").symlink_to(tmp_path / "nowhere")
    with (tmp_path / "huge.ipynb").open("wb") as file:
        file.truncate(30_000_000)
    for name in ("pipe", "link", "dangling", "huge"):
        done = run("grade", UNSAFE, tmp_path / f"{name}.ipynb")
        assert done.exit_code == 2, name
        assert done.stderr.splitlines()[0] == WARNING
        assert [line[: len(f"grader: {tmp_path}/{name}")] for line in done.stderr.splitlines()[1:]] == [
            f"grader: {tmp_path}/{name}"
        ]


@pytest.mark.parametrize("name", ["missing", "x" * 300])
def test_what_is_not_there_is_said_before_a_sandbox_is_thought_of(name: str, tmp_path: Path) -> None:
    done = run("grade", UNSAFE, tmp_path / f"{name}.ipynb")
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"grader: {tmp_path}/{name[:50]}")


def test_a_hostile_file_name_is_shown_harmlessly(tmp_path: Path) -> None:
    path = tmp_path / "bad\x1b[31m\nname.ipynb"
    path.write_text("x", "utf-8")
    done = run("grade", UNSAFE, path)
    assert done.exit_code == 2
    assert "\x1b" not in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ipynb"))
    write(tmp_path, student("00_start_here")).rename(path)
    done = grader("grade", UNSAFE, path, "--json", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    validated((tmp_path / "out.json").read_text("utf-8"))


def test_good_and_bad_paths_together_are_all_graded(editions: Path, tmp_path: Path) -> None:
    good = editions / "student" / "00_start_here.ipynb"
    done = run("grade", UNSAFE, tmp_path / "missing.ipynb", good, BAD[0], good, "--json", "-")
    assert done.exit_code == 2
    found = [(one["submission"], one["status"]) for one in validated(done.stdout)]
    missing, bad, fine = (str(tmp_path / "missing.ipynb"), "unreadable"), (str(BAD[0]), "unreadable"), str(good)
    assert found == [missing, (fine, "not attempted"), bad, (fine, "not attempted")]
    assert done.stderr.count("\ngrader: ") == 2


def test_demos_run_only_when_asked(tmp_path: Path) -> None:
    """A changed demonstration is an added cell and runs; the master's own runs only with --run-demos."""
    path = write(tmp_path, solved("00_start_here"))
    assert run("grade", UNSAFE, "--run-demos", path).exit_code == 0


# -- the rest of the command line -------------------------------------------------------------------------------------


def test_help_names_every_command_and_option() -> None:
    top = run("--help")
    assert top.exit_code == 0
    for name, command in cli.cli.commands.items():
        assert name in top.output
        done = run(name, "-h")
        assert done.exit_code == 0
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.opts[0] in done.output
                assert parameter.help


def test_version() -> None:
    assert run("--version").output.strip().endswith(report.versions()["jwt-from-scratch"])


@pytest.mark.parametrize("arguments", [["nonsense"], ["grade"], ["grade", "--nonsense"], ["build", "extra"]])
def test_wrong_usage_is_code_two(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_ctrl_c_is_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "cli", interrupted)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 130
    assert capsys.readouterr().err == "grader: interrupted; a batch goes on when the same command is given again\n"


# -- start ------------------------------------------------------------------------------------------------------------


def test_start_copies_what_is_missing_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "my work"
    done = run("start", "--copy-only", "--dir", folder)
    assert (done.exit_code, done.output) == (0, f"{folder}/: {len(CHAPTERS)} lessons copied\n")
    for name in CHAPTERS:
        assert (folder / f"{name}.ipynb").read_bytes() == (course.NOTEBOOKS / f"{name}.ipynb").read_bytes()
    mine = folder / "01_encoding.ipynb"
    mine.write_text("my work", "utf-8")
    (folder / "02_hmac.ipynb").unlink()
    (folder / "notes.txt").write_text("keep", "utf-8")
    copied, *told = run("start", "--copy-only", "--dir", folder).output.splitlines()
    assert copied == f"{folder}/: 1 lesson copied"
    assert ["01_encoding.ipynb is not a whole notebook" in line for line in told] == [True]
    assert mine.read_text("utf-8") == "my work"
    assert (folder / "notes.txt").read_text("utf-8") == "keep"
    mine.unlink()
    run("start", "--copy-only", "--dir", folder)
    assert run("start", "--copy-only", "--dir", folder).output == f"{folder}/: your lessons are all there\n"


def test_start_leaves_even_a_dangling_link_and_a_folder_of_that_name_alone(tmp_path: Path) -> None:
    (tmp_path / "01_encoding.ipynb").mkdir()
    copied = start.copy_missing(tmp_path)
    assert len(copied) == len(CHAPTERS) - 1
    assert (tmp_path / "01_encoding.ipynb").is_dir()


def test_start_in_a_place_that_is_a_file_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("x", "utf-8")
    done = run("start", "--copy-only", "--dir", tmp_path / "work" / "deeper")
    assert done.exit_code == 2
    assert done.output.startswith(f"grader: {tmp_path}/work")
    assert done.output.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes everywhere")
def test_start_in_a_read_only_folder_is_a_line(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir(mode=0o500)
    done = run("start", "--copy-only", "--dir", folder)
    assert done.exit_code == 2
    assert "permission denied" in done.output
    assert done.output.count("\n") == 1


# -- the Report -------------------------------------------------------------------------------------------------------


def test_the_schema_is_strict_and_knows_every_status() -> None:
    from grader.judging.result import STATUSES

    exercise = SCHEMA["properties"]["exercises"]["items"]
    assert tuple(exercise["properties"]["status"]["enum"]) == STATUSES
    for part, kind in ((SCHEMA, report.Report), (exercise, report.ExerciseReport)):
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"]) == set(kind.__dataclass_fields__)


def test_the_versions_are_those_that_decide_a_grade() -> None:
    assert set(report.versions()) == {"python", "jwt-from-scratch", "cryptography", "course"}
