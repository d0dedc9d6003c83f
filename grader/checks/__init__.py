"""What each exercise must do: one module per chapter, named after it with a `c` in front."""

import functools
import importlib
import pkgutil

from ..judging.case import Exercise

__all__ = ["Exercise", "chapters", "exercise_named", "exercises"]


@functools.cache
def chapters() -> tuple[str, ...]:
    """The chapters that have checks, in reading order, such as "01_encoding"."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(name.removeprefix("c") for name in modules if name[:3].strip("c").isdigit())


@functools.cache
def exercises(chapter: str) -> tuple[Exercise, ...]:
    """The exercises of a chapter, in the order in which its module declares them."""
    module = importlib.import_module(f".c{chapter}", __name__)
    return tuple(value for value in vars(module).values() if isinstance(value, Exercise))


def exercise_named(name: str) -> Exercise | None:
    """The exercise of that name, from whichever chapter has it."""
    return next((one for chapter in chapters() for one in exercises(chapter) if one.name == name), None)
