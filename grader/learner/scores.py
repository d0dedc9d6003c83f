"""A learner's progress: a small file beside the notebooks, and a picture of it."""

import contextlib
import json
from pathlib import Path
from typing import Any

from .. import checks
from ..files import in_turn, write_whole

FILE = ".progress.json"


def load(folder: Path) -> dict[str, int]:
    """The best score of every exercise checked so far; nothing if the file is missing or damaged."""
    try:
        stored = json.loads((folder / FILE).read_text("utf-8"))
        return {name: score for name, score in stored["scores"].items() if isinstance(score, int)}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def record(folder: Path, name: str, score: int) -> None:
    """Keep a score if it is better than the one before. If the folder can't be written to, nothing happens.

    Several lessons share the file, and their kernels may check at the same time.
    """
    if score <= load(folder).get(name, -1):
        return
    with in_turn(folder):
        scores = load(folder)
        text = json.dumps({"scores": {**scores, name: max(score, scores.get(name, 0))}}, indent=1, sort_keys=True)
        with contextlib.suppress(OSError):
            write_whole(folder / FILE, text + "\n")


def by_chapter(folder: Path) -> list[tuple[str, int, int]]:
    """For each chapter: its name, the points reached, the maximum."""
    scores = load(folder)
    return [
        (
            chapter,
            sum(min(scores.get(one.name, 0), one.points) for one in checks.exercises(chapter)),
            sum(one.points for one in checks.exercises(chapter)),
        )
        for chapter in checks.chapters()
    ]


def summary(rows: list[tuple[str, int, int]]) -> str:
    """The same in words. What counts is what is graded; this is the best that each `check` has seen."""
    total, possible = sum(row[1] for row in rows), sum(row[2] for row in rows)
    lessons = ", ".join(f"{name} {score} of {points}" for name, score, points in rows)
    return f"{total} of {possible} points, the best so far: {lessons}."


def draw(rows: list[tuple[str, int, int]]) -> Any:
    """A bar for each chapter: the maximum hatched, the points reached filled; in no style of the learner's."""
    from matplotlib import style

    with style.context("default"):
        return _drawn(rows)


def _drawn(rows: list[tuple[str, int, int]]) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 0.9 + 0.38 * len(rows)), layout="constrained")
    axes = figure.subplots()
    names = [name.replace("_", " ") for name, _, _ in rows]
    axes.barh(names, [points for _, _, points in rows], color="none", edgecolor="#888888", hatch="....")
    axes.barh(names, [score for _, score, _ in rows], color="#2b6cb0", edgecolor="#1a4971")
    for index, (_, score, points) in enumerate(rows):
        axes.text(points + 0.4, index, f"{score} / {points}", va="center")
    axes.invert_yaxis()
    axes.set_xlim(0, max((points for _, _, points in rows), default=1) * 1.2)
    axes.set_xlabel("points, the best so far")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
