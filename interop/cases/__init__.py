"""Valid tokens and keys of the less usual kinds, one module per topic."""

from . import claims, curves, headers, keysets, payloads, pem, rsa, secrets, serializations, times
from .making import NOW, Case

__all__ = ["NOW", "Case", "all_cases"]

TOPICS = (headers, claims, times, payloads, secrets, rsa, curves, keysets, pem, serializations)


def all_cases() -> list[Case]:
    """Every case, in the order of the table. Signatures that the algorithm makes by chance differ from run to run."""
    cases = [case for topic in TOPICS for case in topic.cases()]
    assert len({case.id for case in cases}) == len(cases), "two cases have one id"
    return cases
