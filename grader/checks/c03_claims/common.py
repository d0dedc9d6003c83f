"""What both exercises of lesson 03 want: good claims give None, bad ones an exception that names the claim at fault."""

from collections.abc import Iterable
from typing import Any

from ...inside.values import pack
from ...judging.trial import Args
from ...judging.wants import Raises, Satisfies, Want

SILENT = (
    "Bad claims come back as None. The callers below do not look at the result, so they would let everyone in. Raise "
    "ValueError."
)
TRUE = (
    "Good claims come back as True. An answer that can be overlooked will be: raise ValueError for bad claims, and "
    "return nothing (or the claims) for good ones."
)


def passes(answer: Any, args: Args) -> Want:
    """Good claims give None; handing the claims back is no error either."""
    allowed = {pack(None), pack(args[0])}
    because = "because these claims are good"
    return Satisfies(
        lambda value: pack(value) in allowed or (value is True and f"return None, not True, {because}"),
        f"return None, {because}",
    )


def names_one_of(at_fault: set[str], all_names: Iterable[str]) -> Want:
    """A refusal that names the claim at fault and no other; with several at fault, any of them."""
    if len(at_fault) > 1:
        return Raises(ValueError)
    (name,) = at_fault
    return Raises(ValueError, name, tuple(other for other in all_names if other != name))
