"""Runs the corpus through stock nbgrader and prints, attack by attack, what it did and what `grader grade` did.

    python tests/attacks/compare_nbgrader.py [--json FILE] [--ours OUT] [--jobs N] [NAME ...]

Stock nbgrader runs submitted code with the teacher's rights, so each run happens in a throw-away bubblewrap with
limits on memory, processes, files and time, on a course of its own: the attack, and an honest neighbour who is graded
after it. What the bubblewrap stops is not counted for nbgrader. Runs that are in --json already are not made again.
--ours is the results' folder of `grader grade` over the same corpus (ATTACKS_KEEP=OUT pytest tests/attacks).
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus import HERE, REPO, Attack, Places, changed, code, corpus, edition_of, points_of, write

LIMIT = 120
"""Seconds for one run."""
CHAPTERS = ("00_start_here", "01_encoding", "02_hmac")
NEIGHBOUR = "zzz_neighbour"
MIB = 2**20
PATH = f"{os.path.dirname(sys.executable)}:/usr/bin:/bin"
LIMITS = {"nproc": 250, "as": 4_000 * MIB, "fsize": 400 * MIB, "nofile": 1_024, "core": 0}
CONFIG = """
from grader.build import CODE_STUB, TEXT_STUB
c = get_config()
c.CourseDirectory.course_id = "jwt"
c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.ClearSolutions.text_stub = TEXT_STUB
c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>[^/]+)/(?P<file_id>[^/]+)"
"""


# -- outside ----------------------------------------------------------------------------------------------------------


def main() -> None:
    """Run what is missing, then print the table."""
    options = _options()
    if options.inside:
        inside(options.inside, Path(options.course))
        return
    results: dict[str, Any] = {}
    if options.json and options.json.exists():
        results = json.loads(options.json.read_text("utf-8"))
    wanted = [one for one in corpus() if not options.names or one.name in options.names]
    waiting = [one for one in wanted if one.name not in results or one.name in options.names]
    with tempfile.TemporaryDirectory(prefix="stock-") as folder, ThreadPoolExecutor(options.jobs) as pool:
        course = Path(folder) / "course"
        if waiting:
            make_course(course)
        for number, (attack, result) in enumerate(pool.map(lambda one: (one, run_one(one, course)), waiting), 1):
            results[attack.name] = result
            print(f"{number}/{len(waiting)} {attack.name}: {in_words(attack, result)}", file=sys.stderr, flush=True)
            if options.json:
                options.json.write_text(json.dumps(results, indent=1), "utf-8")
    print(table([one for one in wanted if one.name in results], results, _ours(options.ours)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these attacks, again")
    parser.add_argument("--json", type=Path, help="keep what was found here, and go on from it")
    parser.add_argument("--ours", type=Path, help="results of `grader grade` over the corpus")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    parser.add_argument("--course", help=argparse.SUPPRESS)
    return parser.parse_args()


def make_course(course: Path) -> None:
    """A course as its teacher makes it with stock nbgrader: sources, release, gradebook."""
    course.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIG)
    environment = {**os.environ, "PATH": PATH}
    for chapter in CHAPTERS:
        folder = course / "source" / chapter
        folder.mkdir(parents=True)
        write(folder, edition_of("solved", chapter), f"{chapter}.ipynb")
        done = subprocess.run(
            [*_nbgrader(), "generate_assignment", chapter], cwd=course, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    for path in (course.parent, *course.parent.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _nbgrader() -> list[str]:
    return [sys.executable, "-m", "nbgrader"]


def run_one(attack: Attack, course: Path) -> dict[str, Any]:
    """One attack and its neighbour, in a bubblewrap of their own."""
    command = [*_bubblewrap(course, attack), sys.executable, str(HERE / "compare_nbgrader.py")]
    started = time.monotonic()
    with subprocess.Popen(
        [*command, "--inside", attack.name, "--course", str(course)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            out, errors = process.communicate(timeout=LIMIT + 20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return {"end": "timed out", "seconds": LIMIT}
    for line in reversed(out.splitlines()):
        with contextlib.suppress(ValueError):
            return dict(json.loads(line))
    return {"end": "killed", "log": errors[-400:], "seconds": round(time.monotonic() - started, 1)}


def _bubblewrap(course: Path, attack: Attack) -> list[str]:
    """A file system that is read-only but for memory; no network; root becomes somebody whom limits apply to."""
    places = dict.fromkeys(os.path.realpath(p) for p in (sys.base_prefix, sys.prefix, REPO, course))
    home = str(Path.home())
    root = os.getuid() == 0
    # A user for each run: the limit on processes counts all that a user has.
    uid = str(40_000 + corpus().index(attack) if root else os.getuid())
    passwords = course.parent / f"passwd-{attack.name}"
    passwords.write_text(f"teacher:x:{uid}:{uid}::/tmp/home:/bin/sh\n")
    passwords.chmod(0o644)
    teacher = ("setpriv", "--reuid", uid, "--regid", uid, "--clear-groups") if root else ()
    return [
        *(
            "bwrap",
            "--die-with-parent",
            "--new-session",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-ipc",
            "--unshare-uts",
        ),
        *(("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if root else ("--unshare-user",)),
        *("--ro-bind", "/", "/", "--perms", "0755", "--tmpfs", home, "--dev", "/dev", "--proc", "/proc"),
        *("--ro-bind", str(passwords), "/etc/passwd"),
        *("--perms", "1777", "--size", str(2_000 * MIB), "--tmpfs", "/tmp", "--perms", "1777", "--tmpfs", "/var/tmp"),
        *("--perms", "1777", "--size", str(500 * MIB), "--tmpfs", "/dev/shm"),
        *(part for place in places if place.startswith((home, "/tmp")) for part in _bound(place)),
        *("--clearenv", "--setenv", "PATH", PATH, "--setenv", "LANG", "C.UTF-8", "--setenv", "HOME", "/tmp/home"),
        *("--setenv", "CANARY_VARIABLE", "canary-variable-of-the-teacher"),
        *("--chdir", "/tmp", "--", *teacher, "prlimit", *(f"--{name}={value}" for name, value in LIMITS.items())),
    ]


def _bound(place: str) -> Iterator[str]:
    for parent in reversed(Path(place).parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(parent))
    yield from ("--ro-bind", place, place)


# -- inside -----------------------------------------------------------------------------------------------------------


def inside(name: str, template: Path) -> None:
    """In the bubblewrap: a copy of the course, one autograde run, and a look at everything."""
    import harness

    Path("/tmp/home").mkdir()
    attack = next(one for one in corpus() if one.name == name)
    course = Path("/tmp/course")
    shutil.copytree(template, course)
    canaries = _canaries(course, attack)
    harness.adopt_orphans()
    children = harness.own_children()
    _hand_in(attack, course, canaries.places)
    before = canaries.state()
    result = _autograde(attack, course, canaries.root / "tmp")
    result["processes"] = harness._left_running(canaries.mark, children)
    after = canaries.state()
    result["changed"] = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    result["left"] = canaries.left_behind()[:5]
    result["connections"] = sorted(set(canaries.connections))
    text = "".join(_text(path) for path in course.glob("autograded/**/*.ipynb") if NEIGHBOUR not in path.parts)
    secrets = {**canaries.secrets, "variable": os.environ["CANARY_VARIABLE"]}
    result["stolen"] = [name for name, value in secrets.items() if value in text]
    # In a source it is only the attempt; in an output it is the deed.
    result["breach"] = attack.breach in _outputs(course)
    print(f"\n{json.dumps(result)}", flush=True)
    os._exit(0)


def _canaries(course: Path, attack: Attack) -> Any:
    from harness import Canaries

    canaries = Canaries()
    canaries.places.values.update(
        GRADEBOOK=str(course / "gradebook.db"),
        SUBMISSIONS=str(course / "submitted"),
        SOURCE=str(course / "source"),
        OUT=str(course / "autograded"),
        NEIGHBOUR=str(course / "submitted" / NEIGHBOUR / attack.chapter / f"{attack.chapter}.ipynb"),
    )
    canaries.listen()
    return canaries


def _hand_in(attack: Attack, course: Path, places: Places) -> None:
    """Put the neighbour and the attack where nbgrader wants submissions."""
    honest = changed("solved", attack.chapter, "")
    honest.cells.insert(0, code(f"# {places.values['NEIGHBOUR_SECRET']}: the work of the neighbour"))
    target = course / "submitted" / NEIGHBOUR / attack.chapter
    target.mkdir(parents=True)
    write(target, honest, f"{attack.chapter}.ipynb")
    stage = Path("/tmp/stage")
    stage.mkdir()
    attack.make(stage, places)
    for entry in os.scandir(stage):
        if entry.name.endswith(".zip") and not entry.is_dir():
            archive = course / "downloaded" / attack.chapter / "archive"
            archive.mkdir(parents=True)
            shutil.move(entry.path, archive / entry.name)
        elif entry.is_symlink():
            os.symlink(os.readlink(entry.path).removesuffix(f"/{attack.chapter}"), course / "submitted" / entry.name)
        else:
            (course / "submitted" / entry.name).mkdir()
            os.rename(entry.path, course / "submitted" / entry.name / attack.chapter)


def _autograde(attack: Attack, course: Path, temporary: Path) -> dict[str, Any]:
    started = time.monotonic()
    log = ""
    environment = {**os.environ, "TMPDIR": str(temporary), "JUPYTER_PLATFORM_DIRS": "1"}
    archives = (course / "downloaded").exists()
    commands = [["zip_collect", attack.chapter, "--force"]] if archives else []
    commands.append(["autograde", attack.chapter, "--create"])
    end = "ended"
    for command in commands:
        with tempfile.TemporaryFile("w+", dir="/var/tmp", errors="replace") as said:
            with subprocess.Popen(
                [*_nbgrader(), *command], cwd=course, stdout=said, stderr=said, env=environment
            ) as process:
                try:
                    code = process.wait(LIMIT - (time.monotonic() - started))
                except subprocess.TimeoutExpired:
                    process.kill()
                    code, end = -9, "timed out"
            said.seek(max(0, said.seek(0, 2) - 30_000))
            log += said.read()
    scores = _scores(course, attack.chapter)
    errors = [line for line in log.splitlines() if "ERROR" in line or "Error" in line or "zip" in line]
    return {
        "end": end,
        "code": code,
        "seconds": round(time.monotonic() - started, 1),
        "scores": {name: score for name, score in scores.items() if name != NEIGHBOUR},
        "neighbour": scores.get(NEIGHBOUR),
        "log": "\n".join(errors[-4:])[-600:],
    }


def _scores(course: Path, chapter: str) -> dict[str, float]:
    """The automatic scores in the gradebook, by student; only of those who were graded."""
    from nbgrader.api import Gradebook

    scores: dict[str, float] = {}
    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
            for submission in book.assignment_submissions(chapter):
                grades = [
                    g for notebook in submission.notebooks for g in notebook.grades if g.name != f"{chapter}-answer"
                ]
                autograded = (course / "autograded" / submission.student_id / chapter).is_dir()
                if autograded and any(grade.auto_score is not None for grade in grades):
                    scores[submission.student_id] = sum(map(_score, grades))
    except Exception as error:  # whatever is left of the gradebook
        scores["the gradebook can't be read"] = 0
        print(error, file=sys.stderr)
    return scores


def _score(grade: Any) -> float:
    score = grade.auto_score if grade.manual_score is None else grade.manual_score
    return float((score or 0) + (grade.extra_credit or 0))


def _outputs(course: Path) -> str:
    found = ""
    for path in course.glob("autograded/**/*.ipynb"):
        with contextlib.suppress(ValueError, AttributeError, OSError):
            cells = json.loads(path.read_text("utf-8")).get("cells", [])
            outputs = [output for cell in cells for output in cell.get("outputs", [])]
            # A traceback quotes the source.
            found += json.dumps([{k: v for k, v in output.items() if k != "traceback"} for output in outputs])
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


# -- the table --------------------------------------------------------------------------------------------------------


def in_words(attack: Attack, result: dict[str, Any]) -> str:
    """What stock nbgrader did."""
    if result["end"] == "killed":
        return "**the grader itself was killed**, and the class with it"
    if attack.is_control:
        return _control_in_words(attack, result)
    said = list(_breaches(result))
    points = max(result.get("scores", {}).values(), default=None)
    bound = attack.expect.scores.get("", ("at most", points_of(attack.chapter)))[1]
    if points is not None and points > bound:
        full = points >= points_of(attack.chapter)
        said.append("**full points**" if full else f"**{points:g} points** for wrong answers")
    if result["end"] == "timed out":
        said.append(f"**timed out** after {LIMIT} s" + ("" if result.get("neighbour") else ", class not graded"))
    elif result.get("neighbour") is None:
        said.append("**aborted the class**")
    elif result["neighbour"] < points_of(attack.chapter):
        said.append("**the neighbour lost points**")
    return "; ".join(said) or ("not graded" if points is None else f"{points:g} points")


def _breaches(result: dict[str, Any]) -> Iterator[str]:
    if result.get("stolen"):
        yield f"**stole** {', '.join(result['stolen'])}"
    elif result.get("breach"):
        yield "**got through**"
    if result.get("changed"):
        yield "**changed files outside**"
    if result.get("connections"):
        yield f"**reached** the host's {' and '.join(result['connections'])} listener"
    if result.get("processes"):
        yield "**left a process running**"


def _control_in_words(attack: Attack, result: dict[str, Any]) -> str:
    points = max(result.get("scores", {}).values(), default=0)
    full = points_of(attack.chapter)
    return "full points" if points == full else f"**{points:g} of {full} points**"


def _ours(out: Path | None) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(out.glob("reports/**/*.json"))] if out else []


def _ours_in_words(attack: Attack, reports: list[dict[str, Any]]) -> str:
    from test_attacks import complaints, reports_in

    mine = reports_in(attack, reports)
    fitting = [report for report in mine if not complaints(attack, report)] or mine
    if not fitting:
        return "?" if reports else ""
    report = max(fitting, key=lambda one: one["score"])
    if report["status"] == "unreadable":
        return "refused"
    if attack.is_control and report["score"] == report["max_score"]:
        return "full points"
    kinds = [one["status"] for one in report["exercises"] if one["status"] in ("timed out", "crashed", "forbidden")]
    return f"{report['score']} points" + (f", {kinds[0]}" if kinds else "")


def table(attacks: list[Attack], results: dict[str, Any], ours: list[dict[str, Any]]) -> str:
    """The comparison as Markdown, by category."""
    head = (
        f"`python {Path(__file__).relative_to(REPO)}`, nbgrader {version('nbgrader')}, Python {sys.version.split()[0]}"
    )
    lines = [head, ""]
    for category in dict.fromkeys(attack.category for attack in attacks):
        lines += [f"## {category}", "", "| submission | what it tries | stock nbgrader | ours |", "|---|---|---|---|"]
        for attack in attacks:
            if attack.category == category:
                about = attack.about.replace("|", "\\|").replace("<", "&lt;")
                words = in_words(attack, results[attack.name])
                lines.append(f"| {attack.name} | {about} | {words} | {_ours_in_words(attack, ours)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
