"""What the token endpoint's two grants share: how an answer is found, the issuer's memory, and common mistakes.

The first rule that fits decides. So an endpoint is a form, a table in which what is shown is looked up, a list of
questions in their order, and what is issued in the end; a wrong one has one of these parts changed.
"""

import copy
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.trial import Args
from ...judging.wants import Differs, Want

Values = dict[str, Any]
Answer = tuple[Values, Values]
Question = Callable[[Values, Values, int], bool]
"""Of a request, the record behind what it shows, and the time: whether it must be refused."""
Act = Callable[[Values, Values], Values]
"""From the state and a record to the new state."""

INVALID_GRANT, INVALID_REQUEST = {"error": "invalid_grant"}, {"error": "invalid_request"}
UNSUPPORTED = {"error": "unsupported_grant_type"}
NAMES = ("response", "state")
STATE = frozenset([1])
"""The position of the argument that may be changed."""
WORKDAY = 28_800
"""Seconds that a family of refresh tokens lives."""


def absent(request: Values, name: str) -> bool:
    """Whether a parameter is not there; sent without a value, it counts as not sent (RFC 6749 §3.2)."""
    return not request.get(name)


def differs(name: str) -> Question:
    """Whether a parameter is not exactly the record's."""
    return lambda request, record, now: request.get(name) != record[name]


def revoked(state: Values, record: Values, same: tuple[str, ...] = ("family",)) -> Values:
    """The state without the refresh tokens that agree with the record in these entries."""
    tokens = state["refresh_tokens"]
    kept = {token: one for token, one in tokens.items() if any(one[name] != record[name] for name in same)}
    return {**state, "refresh_tokens": kept}


def revoked_where(goes: Callable[[Values, Values], bool]) -> Act:
    """A revocation that takes the tokens for which goes(token's record, the record shown) is true."""

    def act(state: Values, record: Values) -> Values:
        kept = {token: one for token, one in state["refresh_tokens"].items() if not goes(one, record)}
        return {**state, "refresh_tokens": kept}

    return act


@dataclass(frozen=True)
class Endpoint:
    """An endpoint for one grant type, of parts that can be got wrong one by one."""

    grant_type: str
    needs: tuple[str, ...]
    table: str
    shows: str
    order: tuple[str, ...]
    questions: dict[str, Question]
    issues: Callable[[Values, Values, int], Answer]
    words: dict[str, Values]
    unknown: Values
    missing: Callable[[Values, str], bool] = absent
    form: Callable[["Endpoint", Values], Values | None] = lambda self, request: self.malformed(request)
    replayed: Act = revoked

    def __call__(self, request: Values, state: Values, now: int) -> Answer:
        """Answer a request."""
        if problem := self.form(self, request):
            return problem, state
        record = state[self.table].get(request.get(self.shows))
        if record is None:
            return self.unknown, state
        for question in self.order:
            if self.questions[question](request, record, now):
                word = self.words.get(question, INVALID_GRANT)
                return word, self.replayed(state, record) if question == "used" else state
        return self.issues(request, state, now)

    def malformed(self, request: Values) -> Values | None:
        """The error in the request's form, if any."""
        if self.missing(request, "grant_type"):
            return INVALID_REQUEST
        if request.get("grant_type") != self.grant_type:
            return UNSUPPORTED
        return INVALID_REQUEST if any(self.missing(request, name) for name in self.needs) else None

    def asking(self, **questions: Question) -> "Endpoint":
        """The endpoint with other questions under these names."""
        return replace(self, questions={**self.questions, **questions})

    def without(self, *questions: str) -> "Endpoint":
        """The endpoint that does not ask these."""
        return replace(self, order=tuple(one for one in self.order if one not in questions))


def wants(endpoint: Endpoint) -> tuple[Callable[[Any, Args], Want], Callable[[frozenset[str], Args], Want]]:
    """What must come of a good request, and of a bad one: exactly this endpoint's answer."""

    def of_good(answer: Any, args: Args) -> Want:
        return Differs(answer, NAMES)

    def of_bad(broken: frozenset[str], args: Args) -> Want:
        return Differs(copy.deepcopy(endpoint(*args)), NAMES, refusal=True)

    return of_good, of_bad


def world(source: random.Random) -> Any:
    """Two clients, two people, and names for all that an issuer draws."""

    def text() -> str:
        return b64u_encode(source.randbytes(12)) + "Az"  # swapcase makes another text of it, whatever the seed

    number, family, verifiers = (
        source.randrange(100, 1000),
        text(),
        [b64u_encode(source.randbytes(32)) for _ in range(2)],
    )
    return SimpleNamespace(
        text=text,
        number=number,
        now=1_800_000_000 + source.randrange(10**6),
        verifiers={"ada": verifiers[0], "bob": verifiers[1]},
        codes={"ada": text(), "bob": text()},
        families={
            "ada": family,
            "bob": text(),
            "elsewhere": family.swapcase(),
            "earlier": f"{family}.1",
            "part": family[:-1],
        },
        tokens=[text() for _ in range(9)],
        fresh=[text() for _ in range(3)],
        redirect=f"https://rota-{number}.example/callback",
        depot=f"https://depot-{number}.example/callback",
        api=f"https://api-{number}.example",
    )


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return b64u_encode(hashlib.sha256(verifier.encode()).digest())


def record_of(w: Any, **changes: Any) -> Values:
    """What stands behind a refresh token of Ada's at the rota."""
    usual = {"client_id": "rota", "sub": "ada", "aud": w.api, "family": w.families["ada"], "used": False}
    return {**usual, "expires": w.now + 600, **changes}


def bystanders(w: Any) -> Values:
    """Refresh tokens that no replay concerns: Ada's at another client, Ada's earlier login here, Bob's.

    Their families have nearly the name of Ada's, and one of them has expired: it stays all the same.
    """
    elsewhere, earlier, bob = w.families["elsewhere"], w.families["earlier"], w.families["bob"]
    return {
        w.tokens[0]: record_of(w, family=elsewhere, client_id="depot"),
        w.tokens[1]: record_of(w, family=earlier),
        w.tokens[2]: record_of(w, family=bob, sub="bob", client_id="depot"),
        w.tokens[3]: record_of(w, family=earlier, used=True, expires=w.now - 1),
        w.tokens[8]: record_of(w, family=w.families["part"]),
    }


def answering(endpoint: Endpoint, change: Callable[[Values], Any]) -> Callable[..., Answer]:
    """An endpoint whose good response is changed afterwards."""

    def wrong(request: Values, state: Values, now: int) -> Answer:
        response, after = copy.deepcopy(endpoint(request, state, now))
        if "error" not in response:
            change(response)
        return response, after

    return wrong


def _unknown_raises(endpoint: Endpoint, error: type[Exception]) -> Callable[..., Answer]:
    def wrong(request: Values, state: Values, now: int) -> Answer:
        if not endpoint.malformed(request) and request[endpoint.shows] not in state[endpoint.table]:
            raise error
        return endpoint(request, state, now)

    return wrong


def _keyed(endpoint: Endpoint) -> Callable[..., Answer]:
    """As it is with `request[name]` everywhere, where empty values are noticed."""

    def wrong(request: Values, state: Values, now: int) -> Answer:
        if request["grant_type"] == endpoint.grant_type:
            assert [request[name] for name in endpoint.needs]
        return endpoint(request, state, now)

    return wrong


def _raising(endpoint: Endpoint) -> Callable[..., Answer]:
    def wrong(request: Values, state: Values, now: int) -> Answer:
        response, after = endpoint(request, state, now)
        if "error" in response:
            raise ValueError(response["error"])
        return response, after

    return wrong


def _needs_first(endpoint: Endpoint, request: Values) -> Values | None:
    if any(absent(request, name) for name in ("grant_type", *endpoint.needs)):
        return INVALID_REQUEST
    return endpoint.malformed(request)


def _type_first(endpoint: Endpoint, request: Values) -> Values | None:
    wrong_type = request.get("grant_type") != endpoint.grant_type
    return UNSUPPORTED if wrong_type else endpoint.malformed(request)


def _deleted_in_the_loop(state: Values, record: Values) -> Values:
    tokens = dict(state["refresh_tokens"])
    for token in tokens:
        if tokens[token]["family"] == record["family"]:
            del tokens[token]
    return {**state, "refresh_tokens": tokens}


def of_form(endpoint: Endpoint) -> dict[str | tuple[str, ...], dict[str, Callable[..., Any]]]:
    """What people get wrong about the form, in either grant: the rules are 1 to 3."""
    return {
        "1": {
            "A missing grant_type is answered with unsupported_grant_type. What is missing can't be unsupported: "
            "invalid_request.": replace(endpoint, form=_type_first),
            "A missing grant_type raises KeyError, and the client gets an error page of the server. Use "
            "`request.get` and return invalid_request.": _keyed(endpoint),
            "An empty grant_type counts as another one. RFC 6749 §3.2: a parameter without a value counts as left "
            "out.": replace(
                endpoint, form=lambda self, r: UNSUPPORTED if r.get("grant_type") == "" else self.malformed(r)
            ),
        },
        "2": {
            "Another grant type is answered with invalid_request where a parameter is missing. Ask for "
            "the type first: it decides which ones are needed.": replace(endpoint, form=_needs_first),
            "Every grant type is served. Only one is known here: compare it.": replace(
                endpoint,
                form=lambda self, r: replace(self, grant_type=r.get("grant_type") or self.grant_type).malformed(r),
            ),
        },
        "3": {
            "A parameter with an empty value is taken as there. RFC 6749 §3.2: it counts as left out.": replace(
                endpoint, missing=lambda request, name: name not in request
            ),
            "A missing parameter raises KeyError. Use `request.get` and return invalid_request.": _keyed(endpoint),
        },
    }


def of_unknown(endpoint: Endpoint, what: str) -> dict[str, Callable[..., Any]]:
    """What people get wrong where nobody knows what is shown."""
    return {
        f"An unknown {what} raises KeyError. Look it up with `.get`, and answer invalid_grant if that gives None.": (
            _unknown_raises(endpoint, KeyError)
        ),
        f"An unknown {what} raises TypeError: `.get` gives None, and None has no entries. Ask for None first.": (
            _unknown_raises(endpoint, TypeError)
        ),
    }


def of_replay(endpoint: Endpoint) -> dict[str, Callable[..., Any]]:
    """What people get wrong when something used comes again."""
    return {
        "Tokens are deleted while a loop runs over the same dict, and Python stops that with a RuntimeError. Build a "
        "new dict of those that stay.": replace(endpoint, replayed=_deleted_in_the_loop),
        "A replay ends everybody's refresh tokens. Only those of the same family are the thief's or his "
        "victim's.": replace(endpoint, replayed=lambda state, record: {**state, "refresh_tokens": {}}),
        "A replay ends all of this person's refresh tokens, and one at another client, too. Compare `family`.": replace(
            endpoint, replayed=lambda state, record: revoked(state, record, ("sub",))
        ),
        "A replay also ends another login of the same person at the same client. Compare `family`, exactly.": replace(
            endpoint, replayed=lambda state, record: revoked(state, record, ("sub", "client_id"))
        ),
        "A replay removes the family's live refresh tokens and leaves the used ones. The whole family goes.": replace(
            endpoint, replayed=revoked_where(lambda one, record: one["family"] == record["family"] and not one["used"])
        ),
    }


def of_all(endpoint: Endpoint, rules: tuple[str, ...]) -> dict[str | tuple[str, ...], dict[str, Callable[..., Any]]]:
    """What shows everywhere: the shape of the answer, and exceptions in place of errors."""
    return {
        "": {
            "It returns the response alone. The new state goes with it: `return response, state`.": (
                lambda request, state, now: endpoint(request, state, now)[0]
            ),
            "The state that comes back is the old one. Whoever changes a copy must return the copy.": (
                lambda request, state, now: (endpoint(request, state, now)[0], state)
            ),
            "It says invalid_grant to plain good requests, too. Either the good case is not reached, or it is not "
            "there yet.": (lambda request, state, now: (INVALID_GRANT, state)),
        },
        rules: {
            "It raises an exception where it should answer. An error is a response here: return ({'error': …}, "
            "state).": _raising(endpoint),
        },
    }
