"""What each exercise must do: a folder for each chapter, and in it a file for each exercise."""

import errno
import functools
import importlib
import os
import pkgutil
from typing import Any

from ..judging.exercise import Exercise

__all__ = ["Exercise", "chapter_of", "chapters", "exercise_named", "exercises"]


@functools.cache
def chapters() -> tuple[str, ...]:
    """The chapters that have checks, in reading order, such as "01_encoding".

    Raises:
        OSError: their folder can't be read, because of too many open files for example.
    """
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    if not modules:  # an error of the system is passed over there
        os.listdir(__path__[0])
        raise OSError(errno.EIO, "this folder can't be read", __path__[0])
    return tuple(name.removeprefix("c") for name in modules if name[:3].strip("c").isdigit())


@functools.cache
def exercises(chapter: str) -> tuple[Exercise, ...]:
    """The exercises of a chapter, in the order of its lesson."""
    module: Any = importlib.import_module(f".c{chapter}", __name__)
    return tuple(module.EXERCISES)


def exercise_named(name: str) -> Exercise | None:
    """The exercise of that name, from whichever chapter has it."""
    return next((one for chapter in chapters() for one in exercises(chapter) if one.name == name), None)


def chapter_of(exercise: Exercise) -> str:
    """The chapter that an exercise belongs to."""
    return next(chapter for chapter in chapters() if exercise in exercises(chapter))
