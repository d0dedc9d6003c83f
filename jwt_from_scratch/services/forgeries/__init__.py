"""Lessons 04 to 09: the forged tokens that the course has taught, and their replay against a learner's `verify`.

One module per chapter, named after it with an `f` in front. Each has two functions without arguments: `forgeries()`,
the tokens that must be refused, and `honest()`, tokens that must be accepted, so that a verifier which refuses
everything fails. Keys and tokens are made when they are needed; none is stored.
"""

import html
import importlib
import pkgutil
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

__all__ = ["Forgery", "Honest", "Replay", "forgeries", "honest_tokens", "replay"]

Verify = Callable[[str, dict[str, Any]], Any]
"""The function that a learner writes from lesson 04 on: token and JWK in, claims out, ValueError for a bad token."""


@dataclass(frozen=True)
class Forgery:
    """A token that must be refused.

    Attributes:
        name: what it is, in a few words: "alg none, spelled nOnE".
        lets_in: the mistake in a verifier that accepts it.
        token: the forged token.
        key: the JWK that the verifier is given.
    """

    name: str
    lets_in: str
    token: str
    key: dict[str, Any]


@dataclass(frozen=True)
class Honest:
    """A token that must be accepted, the key that it is verified with, and the claims that it carries."""

    name: str
    token: str
    key: dict[str, Any]
    claims: dict[str, Any]


def forgeries(upto: str) -> list[Forgery]:
    """Every forgery of the chapters up to this one, such as "05_rsa", in reading order."""
    return [one for module in _modules(upto) for one in module.forgeries()]


def honest_tokens(upto: str) -> list[Honest]:
    """The honest tokens of the last chapter up to this one that has any: its `verify` must accept them."""
    return list(_modules(upto)[-1].honest())


def _modules(upto: str) -> list[Any]:
    names = sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name <= f"f{upto}")
    return [importlib.import_module(f".{name}", __name__) for name in names]


class Replay:
    """What a `verify` did with each token. A notebook shows it as a table, or as one line if it is not written yet."""

    def __init__(self, rows: Iterable[tuple[str, str, bool, str]], unwritten: str = "") -> None:
        self.rows = list(rows)
        """For each token: its name, what `verify` did, whether that is right, and the mistake that it shows."""
        self.unwritten = unwritten
        """A sentence if the function is still the lesson's stub; then there are no rows."""

    @property
    def clean(self) -> bool:
        """Whether every forgery was refused and every honest token accepted."""
        return not self.unwritten and all(right for _, _, right, _ in self.rows)

    def __repr__(self) -> str:
        if self.unwritten:
            return self.unwritten
        right = sum(row[2] for row in self.rows)
        lines = [f"{right} of {len(self.rows)} right"]
        lines += [f"✗ {name}: {did}. {why}" for name, did, right, why in self.rows if not right]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        if self.unwritten:
            return f"<p>{html.escape(self.unwritten)}</p>"
        wrong = [row for row in self.rows if not row[2]]
        right = [row for row in self.rows if row[2]]
        folded = f"<details><summary>{len(right)} right</summary>{_table(right)}</details>"
        return f"<p><b>{len(right)} of {len(self.rows)} right</b></p>{_table(wrong) if wrong else ''}{folded}"


def _table(rows: list[tuple[str, str, bool, str]]) -> str:
    head = "".join(f"<th style='text-align:left'>{text}</th>" for text in ("token", "your verify", "what it shows"))
    lines = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{html.escape(text)}</td>" for text in texts) + "</tr>"
        for texts in ((f"{'✓' if ok else '✗'} {name}", did, "" if ok else why) for name, did, ok, why in rows)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def replay(verify: Verify, upto: str) -> Replay:
    """Try every forgery and the honest tokens of the chapters up to this one on a verifier.

    Args:
        verify: takes a token and a JWK, returns claims, raises ValueError for a token that it refuses.
        upto: the chapter's name, such as "05_rsa".
    """
    try:
        return Replay(_rows(verify, upto))
    except NotImplementedError as error:
        return Replay([], unwritten=_stub(error, verify))


def _rows(verify: Verify, upto: str) -> list[tuple[str, str, bool, str]]:
    rows = []
    for honest in honest_tokens(upto):
        did, claims = _try(verify, honest.token, honest.key)
        right = claims == honest.claims
        rows.append((f"honest: {honest.name}", did, right, "An honest token must get in, with its claims."))
    for forgery in forgeries(upto):
        did, _ = _try(verify, forgery.token, forgery.key)
        shows = forgery.lets_in if did == ACCEPTED else "It does not get in, but a refusal is a ValueError."
        rows.append((forgery.name, did, did == REFUSED, shows))
    return rows


def _stub(error: NotImplementedError, verify: Verify) -> str:
    """The name of the function that is not written: this verify, or one that it calls."""
    ours = getattr(verify, "__name__", "verify")
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    stub = frame.f_code.co_name
    return f"{ours} is not written yet." if stub == ours else f"{ours} calls {stub}, which is not written yet."


REFUSED, ACCEPTED = "refused", "accepted"
_STUBS = ("", "not written yet")
"""The messages of a stub's NotImplementedError. With another message, the learner's code has raised it."""


def _try(verify: Verify, token: str, key: dict[str, Any]) -> tuple[str, Any]:
    try:
        return ACCEPTED, verify(token, dict(key))
    except ValueError:
        return REFUSED, None
    except Exception as error:  # any other exception than ValueError is an error, not a refusal
        if isinstance(error, NotImplementedError) and str(error) in _STUBS:
            raise
        return f"failed with {type(error).__name__}", None
