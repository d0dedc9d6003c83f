"""Lets nbgrader's own commands report errors of the machine (see `refusals`) in one sentence.

By itself nbgrader 0.9.6 catches every error of a submission, logs the traceback and goes on with the next one. Of a
locked gradebook it says that it may be of an old version.
"""

import logging
import sys
from types import TracebackType
from typing import Any

from ..refusals import sentence
from ..student import readable


def say_it_in_a_sentence() -> None:
    """Let nbgrader's commands end with one sentence. May be called repeatedly."""
    if not getattr(sys.excepthook, "says_it", False):
        sys.excepthook = _Hook(sys.excepthook)
    from nbgrader.converters.base import BaseConverter

    stock = BaseConverter.convert_notebooks
    if getattr(stock, "says_it", False):
        return

    def convert_notebooks(self: Any) -> None:
        _converted(stock, self)

    convert_notebooks.says_it = True  # type: ignore[attr-defined]
    BaseConverter.convert_notebooks = convert_notebooks


def _converted(stock: Any, converter: Any) -> None:
    """Run nbgrader's conversion, with its cleaning up, but without its log messages about an error of the machine."""
    from nbgrader.apps import NbGrader
    from nbgrader.converters.base import NbGraderException

    listener = _Listener()
    converter.log.addFilter(listener)
    try:
        stock(converter)
    except NbGraderException:
        converter.log.removeFilter(listener)
        if not listener.said:
            raise
        if type(converter.parent) is not NbGrader:  # our own commands print the exception's text themselves
            converter.log.error("%s", listener.said)
        raise NbGraderException(listener.said) from None
    finally:
        converter.log.removeFilter(listener)


class _Listener(logging.Filter):
    """Notes an error of the machine while nbgrader handles it, and drops log messages about errors from then on."""

    said = ""

    def filter(self, record: logging.LogRecord) -> bool:
        error = sys.exc_info()[1]
        self.said = self.said or (readable(sentence(error), 500) if error else "")
        return not (self.said and record.levelno >= logging.ERROR)


class _Hook:
    """A sys.excepthook: Python calls it for an uncaught exception."""

    says_it = True

    def __init__(self, stock: Any) -> None:
        self._stock = stock

    def __call__(self, kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if said := sentence(error):
            print(f"nbgrader: {readable(said, 500)}", file=sys.stderr)
        else:
            self._stock(kind, error, where)
