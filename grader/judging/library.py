"""Files of Python's own, as the code that answers sees them: in the sandbox they lie in another place than here."""

import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

HERE = Path(sysconfig.get_path("stdlib"))
_there: ContextVar[Path] = ContextVar("there", default=HERE)


@contextmanager
def seen_at(place: str) -> Iterator[None]:
    """While this lasts, the code that answers sees Python's standard library in that folder."""
    token = _there.set(Path(place))
    try:
        yield
    finally:
        _there.reset(token)


def seen(file: Path) -> str:
    """Where the code that answers sees a file of the standard library."""
    return str(_there.get() / file.relative_to(HERE))


def file(path: str) -> Path:
    """The file here that the code that answers sees at this path."""
    there = _there.get()
    return HERE / Path(path).relative_to(there) if Path(path).is_relative_to(there) else Path(path)
