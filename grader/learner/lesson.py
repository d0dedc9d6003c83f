"""What a learner calls in a notebook: check(), check_all(), hint(), progress(), submit(); and picture().

Nothing here is trusted with a grade: it runs in the learner's own kernel, beside code that may do anything. The
grader runs the same checks again, outside (see docs/ARCHITECTURE.md).
"""

import base64
import contextlib
import difflib
import io
import os
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import checks
from ..files import write_whole
from ..inside import calling
from ..judging.answering import final
from ..judging.judge import judge
from ..judging.result import Result
from . import display, scores

SELF_PACED_SEED = "self-paced"
"""A learner alone meets the same inputs each time, so that a failure can be looked into."""

_state: dict[str, Any] = {"hints": {}, "chapter": None}


class CheckResult:
    """A check's answer. In a notebook it shows a table; its plain text is the bare score.

    The bare score is what nbgrader reads as partial credit.
    """

    def __init__(self, result: Result) -> None:
        self.result = result

    def __repr__(self) -> str:
        return str(self.result.score)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": display.as_html(self.result)}


class Message:
    """Something to say: Markdown in a notebook, the same text elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


class Picture:
    """A matplotlib figure with its alternative text, for those who can't see it."""

    def __init__(self, figure: Any, text: str) -> None:
        self.figure, self.text = figure, text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        image = io.BytesIO()
        self.figure.savefig(image, format="png", dpi=110, facecolor="white")
        data = base64.b64encode(image.getvalue()).decode("ascii")
        return f"<img alt='{display.escape(self.text, quote=True)}' src='data:image/png;base64,{data}'>"


def picture(figure: Any, alt: str) -> Picture:
    """Show a matplotlib figure together with the words that say what is in it.

    Args:
        figure: the figure.
        alt: what the figure shows, as a sentence.
    """
    return Picture(figure, alt)


def check(name: str) -> CheckResult | Message:
    """Check one exercise and show what was called, what came back and what should have.

    Args:
        name: the exercise's name, which is also the function's.
    """
    exercise = checks.exercise_named(name) if isinstance(name, str) else None
    if exercise is None:
        return Message(_no_such_exercise(name))
    result = _checked(exercise)
    if not _in_notebook():
        print(display.as_text(result))
    return CheckResult(result)


def check_all(chapter: str | None = None) -> Message:
    """Run every check of this notebook and sum up.

    Args:
        chapter: such as "01_encoding"; found out by itself in JupyterLab.
    """
    chapter = chapter or _current_chapter()
    if chapter not in checks.chapters():
        return Message(f"Which lesson? Say for example `check_all({checks.chapters()[-1]!r})`.")
    results = [_checked(exercise) for exercise in checks.exercises(chapter)]
    lines = [f"| {display.headline(result)} |" for result in results]
    total, possible = sum(r.score for r in results), sum(r.max_score for r in results)
    return Message("\n".join([f"| {chapter}: {total} of {possible} points |", "|:--|", *lines]))


def hint(name: str) -> Message:
    """Give the next of three hints for an exercise.

    Args:
        name: the exercise's name.
    """
    exercise = checks.exercise_named(name) if isinstance(name, str) else None
    if exercise is None:
        return Message(_no_such_exercise(name))
    given = min(_state["hints"].get(name, 0) + 1, len(exercise.hints))
    _state["hints"][name] = given
    rest = "" if given < len(exercise.hints) else f" That was the last one. The rule itself: {exercise.spec}."
    return Message(f"**Hint {given} of {len(exercise.hints)}** · {exercise.hints[given - 1]}{rest}")


def progress() -> Picture:
    """Draw the points reached so far, lesson by lesson."""
    rows = scores.by_chapter(Path.cwd())
    return Picture(scores.draw(rows), scores.summary(rows))


def submit(*chapters: str) -> Message:
    """Write what to hand in: this notebook, or a zip of several, into the folder `to_hand_in`.

    Args:
        chapters: names such as "01_encoding"; without any, the notebook that this is called from.
    """
    names = chapters or tuple(filter(None, [_current_chapter()]))
    if not names:
        return Message(f"Which lesson? Say for example `submit({checks.chapters()[-1]!r})`.")
    files = [Path.cwd() / f"{name}.ipynb" for name in names]
    if missing := [file.name for file in files if not file.is_file()]:
        return Message(f"There is no {' and no '.join(missing)} in this folder. Save the notebook first (Ctrl-S).")
    target = Path.cwd() / "to_hand_in" / (files[0].name if len(files) == 1 else "notebooks.zip")
    if len(files) == 1:
        write_whole(target, files[0].read_text("utf-8"))
    else:
        _zip(files, target)
    age = time.time() - max(file.stat().st_mtime for file in files)
    saved = "" if age < 60 else f" It was last saved {age / 60:.0f} minutes ago: save and submit again if you went on."
    return Message(f"Hand in `{target.parent.name}/{target.name}`.{saved}")


# -- inside -----------------------------------------------------------------------------------------------------------


def _checked(exercise: checks.Exercise) -> Result:
    _state["chapter"] = checks.chapter_of(exercise)
    namespace = _namespace()

    def ask(calls: Sequence[tuple[Any, ...]]) -> list[calling.Outcome]:
        outcomes: list[calling.Outcome] = []
        for args in calls:
            outcomes.append(calling.invoke(namespace, exercise.name, args, exercise.seconds, exercise.forbids))
            if outcomes[-1].kind == calling.RAISED and "KeyboardInterrupt" in outcomes[-1].names:
                raise KeyboardInterrupt
            if final(outcomes[-1]):
                break
        return outcomes

    # Anything on stderr would make nbgrader count the check as failed.
    with contextlib.redirect_stderr(io.StringIO()):
        result = judge(exercise, ask, SELF_PACED_SEED)
    scores.record(Path.cwd(), exercise.name, result.score)
    return result


def _namespace() -> dict[str, Any]:
    """Where the learner's functions live: the notebook's variables, or those of the calling module."""
    shell = _shell()
    if shell is not None:
        return dict(shell.user_ns)
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "grader":
        frame = frame.f_back
    return frame.f_globals


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _in_notebook() -> bool:
    return hasattr(_shell(), "kernel")


def _current_chapter() -> str | None:
    """The chapter of the notebook that runs this: Jupyter and VS Code tell its path; else the last one checked."""
    shell = _shell()
    told = os.environ.get("JPY_SESSION_NAME", "") or (shell.user_ns.get("__vsc_ipynb_file__", "") if shell else "")
    stem = Path(str(told)).stem
    return stem if stem in checks.chapters() else _state["chapter"]


def _no_such_exercise(name: Any) -> str:
    names = [exercise.name for chapter in checks.chapters() for exercise in checks.exercises(chapter)]
    close = difflib.get_close_matches(str(name), names, n=1)
    meant = f" Did you mean `{close[0]}`?" if close else f" There are: {', '.join(names)}."
    return f"There is no exercise called {name!r}.{meant}"


def _zip(files: list[Path], target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    temporary = target.with_suffix(".tmp")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    temporary.replace(target)
