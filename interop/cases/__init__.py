"""Valid tokens and keys of the less usual kinds, one module per topic."""

from . import claims, curves, headers, kept, keysets, payloads, pem, rsa, secrets, serializations, times
from .making import NOW, Case

__all__ = ["NOW", "Case", "all_cases", "topics"]

_MODULES = {
    "the header": headers,
    "the claims": claims,
    "times": times,
    "payloads that are no claims": payloads,
    "secrets": secrets,
    "RSA": rsa,
    "curves, and what came after them": curves,
    "sets of keys": keysets,
    "PEM": pem,
    "the RFCs' examples, and other forms": serializations,
    "tokens that keep the rules": kept,
}


def topics() -> dict[str, list[Case]]:
    """The cases by topic, in the order of the table. Signatures of randomised algorithms differ between runs."""
    return {topic: module.cases() for topic, module in _MODULES.items()}


def all_cases() -> list[Case]:
    return [case for cases in topics().values() for case in cases]
