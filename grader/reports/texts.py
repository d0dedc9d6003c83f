"""Texts of learners, made fit for every form."""

from .report import ExerciseReport, Report


def printable(text: str) -> str:
    """The text with an escape for each character that does not print: control characters, lone surrogates, newlines.

    What is left is one line that XML, CSV and UTF-8 can all carry.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def remarks(exercise: ExerciseReport) -> list[str]:
    """What there is to say about an exercise, known mistakes first."""
    return [printable(text) for text in (*exercise.mistakes, *exercise.messages)]


def warning(report: Report) -> str:
    """What must be said of how it was graded, or ""."""
    return "graded without a sandbox: the submitted code could have changed this result" if is_unsafe(report) else ""


def is_unsafe(report: Report) -> bool:
    """Whether nothing but a process of its own kept the learner's code apart."""
    return report.sandbox == "none"
