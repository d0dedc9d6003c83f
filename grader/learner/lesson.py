"""What a learner calls in a notebook: check(), check_all(), hint(), progress(), submit(); and picture().

No grade depends on this file: it runs in the learner's own kernel, beside code that may do anything. The grader runs
the same checks again, in a process of its own (see docs/ARCHITECTURE.md).
"""

import base64
import contextlib
import difflib
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import checks
from ..inside import calling
from ..judging.answering import final
from ..judging.judge import judge
from ..judging.result import MISSING, Result
from . import display, editions, handing_in, saved, scores
from .saved import NotALesson, source_of

SELF_PACED_SEED = "self-paced"
"""The seed in a lesson: the inputs are the same each time, so that a failure can be studied."""

_RUN_ABOVE = (
    "{name} is not defined: a cell above defines it, which has not been run. "
    "Run the cells above (Run > Run All Above Selected Cell), then the check again."
)

_state: dict[str, Any] = {"hints": {}, "chapter": None, "copy": None}


class CheckResult:
    """A check's result. In a notebook it shows a table; its plain text is only the score, for nbgrader.

    nbgrader reads that as partial credit.
    """

    def __init__(self, result: Result, news: str = "") -> None:
        self.result, self.news = result, news

    def __repr__(self) -> str:
        return str(self.result.score)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": display.as_html(self.result, self.news)}


class Message:
    """Something to say: Markdown in a notebook, the same text elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


_LEGIBLE = 620
"""Pixels: the minimal width at which the smallest letters of a nine-inch figure can be read."""


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
        least = min(_LEGIBLE, round(110 * self.figure.get_figwidth()))
        shown = f"<img alt='{display.escape(self.text, quote=True)}' src='data:image/png;base64,{data}'"
        # On a phone a figure scrolls (by keyboard, too) rather than shrinking until it can't be read.
        box = "<div role='group' aria-label='figure' tabindex='0' style='overflow-x:auto'>"
        return f"{box}{shown} style='min-width:{least}px'></div>"


def picture(figure: Any, alt: str) -> Picture:
    """Show a matplotlib figure with an alternative text.

    Args:
        figure: the figure.
        alt: what the figure shows, as a sentence.
    """
    return Picture(figure, alt)


def check(name: str) -> CheckResult | Message:
    """Check one exercise and show what was called, what it returned and what it should have returned.

    Args:
        name: the exercise's name, which is also the function's.
    """
    exercise = checks.exercise_named(name) if isinstance(name, str) else None
    if exercise is None:
        return Message(_no_such_exercise(name))
    result = _checked(exercise)
    news = _news_of_the_copy()
    if not _in_notebook():
        print("\n".join(filter(None, [display.as_text(result), news])))
    return CheckResult(result, news)


def check_all(chapter: str | None = None) -> Message:
    """Run every check of this notebook and sum up.

    Args:
        chapter: such as "01_encoding"; by default, this notebook's.
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
    """Write a file to hand in into the folder `to_hand_in`: this notebook, or a zip file of several.

    It refuses a notebook that was not saved as it was run, or in which nothing was written.

    Args:
        chapters: names such as "01_encoding"; by default, the notebook that this is called from.
    """
    told, runs = _told(), _runs()
    folder = told.parent if told else Path.cwd()
    names = chapters or (() if told else tuple(filter(None, [_current_chapter()])))
    try:
        this = handing_in.here(told, runs) if told else None
        lessons = handing_in.find(this, names, folder)
        return Message(handing_in.hand_in(lessons, runs, this, folder))
    except NotALesson as error:
        return Message(str(error))
    except OSError as error:
        return Message(f"Nothing was handed in: `{error.filename}` can't be written ({error.strerror}).")


# -- inside -----------------------------------------------------------------------------------------------------------


def _checked(exercise: checks.Exercise) -> Result:
    _state["chapter"] = checks.chapter_of(exercise)
    namespace = _namespace()

    def ask(calls: Sequence[tuple[Any, ...]]) -> list[calling.Outcome]:
        outcomes: list[calling.Outcome] = []
        forbids = calling.to_watch(namespace, exercise.name, exercise.forbids)
        for args in calls:
            outcomes.append(calling.invoke(namespace, exercise.name, args, exercise.seconds, forbids))
            if outcomes[-1].kind == calling.RAISED and "KeyboardInterrupt" in outcomes[-1].names:
                raise KeyboardInterrupt
            if final(outcomes[-1]):
                break
        return outcomes

    def anew(calls: Sequence[tuple[Any, ...]]) -> list[calling.Outcome]:
        outcomes = (calling.invoke_anew(namespace, exercise.name, args, exercise.seconds) for args in calls)
        return [outcome for outcome in outcomes if outcome]

    skipped: set[str] = set()

    def explain(name: str) -> str:
        if name in namespace or name not in _names_above(exercise):
            return ""
        said = _RUN_ABOVE.format(name=name)
        skipped.add(said)
        return said

    # Anything on stderr would make nbgrader count the check as failed.
    with contextlib.redirect_stderr(io.StringIO()):
        result = judge(exercise, ask, SELF_PACED_SEED, explain, anew)
    if skipped and not result.score and skipped.issuperset(result.messages):  # nothing is known to be wrong yet
        result = replace(result, status=MISSING, calls=0, lost="")
    scores.record(Path.cwd(), exercise.name, result.score)
    return result


def _names_above(exercise: checks.Exercise) -> frozenset[str]:
    """The names that the code above an exercise's check binds, in the course's edition and in the learner's file."""
    names = frozenset[str]()
    with contextlib.suppress(NotALesson):
        names |= saved.edition(checks.chapter_of(exercise)).names_above(exercise.name)
    if told := _told():
        with contextlib.suppress(NotALesson):
            names |= saved.read(told).names_above(exercise.name)
    return names


def _namespace() -> dict[str, Any]:
    """The namespace with the learner's functions: the notebook's, or the calling module's."""
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
    """The chapter of the notebook that runs this, else the last one checked, else the one whose cells have run."""
    told = _told()
    last: str | None = _state["chapter"] or (_chapter_of_runs() if told is None else None)
    if told is None:
        return last
    try:
        return saved.read(told).chapter
    except NotALesson:
        return told.stem if told.stem in checks.chapters() else last


def _chapter_of_runs() -> str | None:
    """The chapter that has most of the cells that this kernel has run; in a browser Jupyter tells nothing."""
    runs = {source.strip() for source in _runs()}
    if not runs:
        return None
    found = {
        name: sum(source_of(cell).strip() in runs for cell in saved.edition(name).cells) for name in checks.chapters()
    }
    most = max(found.values())
    names = [name for name, count in found.items() if count == most]
    return names[0] if most and len(names) == 1 else None


def _told() -> Path | None:
    """The notebook that this kernel was started for, according to Jupyter or VS Code."""
    shell = _shell()
    named = os.environ.get("JPY_SESSION_NAME", "") or (shell.user_ns.get("__vsc_ipynb_file__", "") if shell else "")
    return Path(str(named)) if str(named).endswith(".ipynb") else None


def _runs() -> list[str]:
    """The cells that this kernel has run, oldest first."""
    history = getattr(_shell(), "history_manager", None)
    return [str(source) for source in history.input_hist_raw] if history else []


def _news_of_the_copy() -> str:
    """Once per notebook: a warning if this copy is older than the course, or broken, and what to do."""
    told = _told()
    if told is None or _state["copy"] == told:
        return ""
    _state["copy"] = told
    try:
        mine = saved.read(told)
        problem = editions.problem(mine)
    except NotALesson:
        return ""
    return f"`{told.name}` {problem}. {editions.way_out(mine)}." if problem else ""


def _no_such_exercise(name: Any) -> str:
    names = [exercise.name for chapter in checks.chapters() for exercise in checks.exercises(chapter)]
    close = difflib.get_close_matches(str(name), names, n=1)
    meant = f" Did you mean `{close[0]}`?" if close else f" There are: {', '.join(names)}."
    return f"There is no exercise called {name!r}.{meant}"
