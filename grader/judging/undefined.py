"""A name that a learner's function reads, that the notebook gives, and that is not defined: its cell has not run.

This decides what is said, and no points: what a learner's process says of an exception can be made up.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..inside import calling
from .play import results
from .trial import Answer
from .wants import Plays

Explain = Callable[[str], str]
"""What to say of a name that is not defined: a sentence, or "" if it is none that the notebook gives."""

_TEXT = re.compile(r"name '(\w+)' is not defined")


def unexplained(name: str) -> str:
    """Explains no name: for functions that live in no notebook."""
    return ""


def undefined(wrong: Sequence[Answer], explain: Explain) -> tuple[str, bool]:
    """The sentence on the first such name, and whether such names are all that is wrong; ("", False) without one."""
    names = [_undefined_in(answer) for answer in wrong]
    sentences = {name: explain(name) for name in dict.fromkeys(names) if name}
    first = next(filter(None, sentences.values()), "")
    return first, bool(first) and all(name and sentences[name] for name in names)


def _undefined_in(answer: Answer) -> str:
    """The name that the first NameError in an answer is about, or ""."""
    for kinds, text in _raised(answer):
        if isinstance(kinds, list | tuple) and kinds[:1] in (["NameError"], ("NameError",)) and isinstance(text, str):
            found = _TEXT.match(text)
            return found[1] if found else ""
    return ""


def _raised(answer: Answer) -> Iterator[tuple[Any, Any]]:
    """The names and the text of each exception in an answer, also those that a play's steps raised."""
    for outcome in answer.outcomes:
        if outcome.kind == calling.RAISED:
            yield outcome.names, outcome.text
        elif outcome.kind == calling.RETURNED and isinstance(answer.trial.want, Plays):
            for kind, kinds, *text in results(answer.trial.want.steps, outcome):
                if kind == calling.RAISED:
                    yield kinds, text[0] if text else ""
