"""Learners' texts, escaped so that they fit into every output format."""

from .report import ExerciseReport, Report


def printable(text: str) -> str:
    """The text with escapes for characters that do not print: control characters, lone surrogates, newlines.

    The result is one line that is valid in XML, CSV and UTF-8.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def remarks(exercise: ExerciseReport) -> list[str]:
    """An exercise's messages, known mistakes first."""
    return [printable(text) for text in (*exercise.mistakes, *exercise.messages)]


def warning(report: Report) -> str:
    """A warning if it was graded without a sandbox, or ""."""
    return "graded without a sandbox: the submitted code could have changed this result" if is_unsafe(report) else ""


def is_unsafe(report: Report) -> bool:
    """Whether the learner's code ran without a sandbox, only in a process of its own."""
    return report.sandbox == "none"
