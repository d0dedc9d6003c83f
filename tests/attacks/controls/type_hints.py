# about: type hints, future annotations, a keyword-only argument, a decorator, a docstring
# base: solved 01_encoding

# %% b64u_encode
import functools
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
PAD: Final[bytes] = b"="


def traced(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def inner(*args: P.args, **options: P.kwargs) -> R:
        return function(*args, **options)

    return inner


@traced
def b64u_encode(data: "bytes", *, pad: bytes = PAD) -> "str":
    """Encode."""
    return base64.urlsafe_b64encode(data).rstrip(pad).decode("ascii")
