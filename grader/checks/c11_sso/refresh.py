"""refresh: a refresh token in, an access token's claims and the next refresh token out."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...judging.aspects import ABSENT, Aspect, Value, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import ALL
from .. import kit
from . import endpoint as shared
from .endpoint import Answer, Endpoint, Values, record_of
from .token_endpoint import near

RULES = {
    "1": "A request without grant_type, or with an empty one, is invalid_request (RFC 6749 §5.2).",
    "2": "Only the grant type refresh_token is served: unsupported_grant_type to others, before all else.",
    "3": "A parameter that is missing, or has no value, is invalid_request (RFC 6749 §3.2, §5.2).",
    "4": "A refresh token that nobody was given, or that belongs to another client, is invalid_grant (RFC 6749 §6).",
    "5": "A used refresh token comes again: somebody has a copy. The whole family ends (RFC 9700 §4.14.2).",
    "6": "The refresh token has expired when now has reached its expires.",
    "7": "Everything is right, so it must succeed. Compare each entry of the new state.",
}
NEEDS = ("refresh_token", "client_id")


def _rotate(
    request: Values,
    state: Values,
    now: int,
    marked: bool = True,
    taken: bool = True,
    kept: bool = True,
    last: bool = False,
    record: Callable[[Values, int], Values] = lambda old, now: {},
) -> Answer:
    """Answer a refresh token that passed. The flags leave a step out, `record` makes the new record another one."""
    shown, fresh = request["refresh_token"], state["fresh"]
    old = state["refresh_tokens"][shown]
    token, rest = (fresh[-1], fresh[:-1]) if last else (fresh[0], fresh[1:])
    tokens = {**state["refresh_tokens"], shown: {**old, "used": marked}}
    if kept:
        tokens[token] = {**old, **record(old, now)}
    access = {"sub": old["sub"], "aud": old["aud"], "client_id": old["client_id"]}
    after = {**state, "refresh_tokens": tokens, "fresh": rest if taken else fresh}
    return {"access_token": access, "refresh_token": token}, after


REFRESH = Endpoint(
    grant_type="refresh_token",
    needs=NEEDS,
    table="refresh_tokens",
    shows="refresh_token",
    order=("client", "used", "expired"),
    questions={
        "client": shared.differs("client_id"),
        "used": lambda request, record, now: record["used"],
        "expired": lambda request, record, now: now >= record["expires"],
    },
    issues=_rotate,
    words={},
    unknown=shared.INVALID_GRANT,
)


def aspects(w: Any) -> list[Aspect]:
    """The request, the record behind the token, its family, the time."""
    return [*_memory(w), *_request(w)]


def _request(w: Any) -> list[Aspect]:
    ours = w.tokens[4]
    return [
        Aspect(
            "grant_type",
            good("refresh_token", rule="2"),
            bad("1", ABSENT, ""),
            bad(("1", "3"), named("absent, and all else, too", ABSENT), along=dict.fromkeys(NEEDS, ABSENT)),
            bad("2", "authorization_code", "password", "refresh", *kit.almost("refresh_token")),
            bad(("2", "3"), named("password, and no token", "password"), along={"refresh_token": ABSENT}),
        ),
        Aspect(
            "refresh_token",
            good(named("the token", ours)),
            bad("3", ABSENT, ""),
            bad("4", named("one that nobody knows", lambda e: w.text()), stake=ALL),
            bad("4", *near(lambda e: ours), named("a code", w.codes["ada"]), named("the family", w.families["ada"])),
            bad(("3", "4"), named("unknown, and no client", lambda e: w.text()), along={"client_id": ABSENT}),
        ),
        Aspect(
            "client_id",
            good(named("the client", lambda e: e.client)),
            bad("3", ABSENT, ""),
            bad("4", named("another client", lambda e: "rota" if e.client == "depot" else "depot"), stake=ALL),
            bad("4", "mallory", " ", *near(lambda e: e.client)),
            bad("4", named("some client, and the record has none", "rota"), along={"client": ""}),
            bad("4", named("with an accent written apart", "ro\u0302ta"), along={"client": "r\u00f4ta"}),
        ),
        Aspect(
            "extra",
            good({}, {"scope": "openid"}, rule="7"),
            rare({"code": "x", "redirect_uri": "y", "aud": "z", "resource": "r", "sub": "mallory"}, rule="7"),
        ),
    ]


def _memory(w: Any) -> list[Aspect]:
    used, live = record_of(w, used=True), record_of(w)
    ended = {**used, "expires": w.now - 1}
    families: dict[str, Values] = {
        "nothing else": {},
        "one alive": {w.tokens[5]: live},
        "one used, one alive": {w.tokens[5]: used, w.tokens[6]: live},
        "one used before it, one alive": {w.tokens[7]: ended, w.tokens[5]: live},
    }
    again = [
        value
        for text, tokens in families.items()
        for value in (
            *bad("5", named(f"used; {text}", True), along={"family": lambda e, t=tokens: t}, stake=ALL),
            *bad(
                ("5", "6"),
                named(f"used and expired; {text}", True),
                along={"family": lambda e, t=tokens: t, "now": w.now + 3600},
            ),
        )
    ]
    return [
        Aspect("client", good("rota"), rare("depot", rule="7")),
        Aspect("sub", good("ada", named("bob", lambda e: "bob"), rule="7")),
        Aspect("aud", good(named("the API", lambda e: w.api), named("another", " another API "), rule="7")),
        Aspect(
            "used",
            good(False),
            again,
            bad("5", named("used; it is the only one", True), along={"others": lambda e: None}, stake=ALL),
            _used_by_others(families["one alive"]),
        ),
        Aspect(
            "now",
            good(named("now", w.now), named("a second before the end", w.now + 599), rule="6"),
            rare(named("eight hours before the end", w.now + 600 - shared.WORKDAY), rule="7"),
            bad("6", named("the end", w.now + 600), named("a second later", w.now + 601)),
            bad("6", named("an hour later", w.now + 3600), named("a year later", w.now + 10**8), stake=ALL),
        ),
        Aspect(
            "family",
            good(named("it alone", lambda e: {}), rule="7"),
            good(named("used ones before it", lambda e: {w.tokens[5]: used, w.tokens[6]: used}), rule="7"),
            rare(named("one alive beside it", lambda e: {w.tokens[5]: live}), rule="7"),
        ),
        Aspect("others", good(named("none", lambda e: {}), named("others'", lambda e: shared.bystanders(w)), rule="7")),
        Aspect(
            "fresh",
            good(named("two", lambda e: w.fresh[:2]), named("three", lambda e: list(w.fresh)), rule="7"),
            rare(named("one", lambda e: w.fresh[:1]), rule="7"),
        ),
    ]


def _used_by_others(family: dict[str, Values]) -> list[Value]:
    """A used token, shown by somebody who is not quite its client."""
    along: dict[str, Any] = {"family": lambda e: family}
    found = bad(("4", "5"), named("used, and another client", True), along={**along, "client_id": "mallory"})
    nearly = [
        bad(("4", "5"), named(f"used, and the client {one.text}", True), along={**along, "client_id": one.what})
        for one in near(lambda e: e.client)
    ]
    none = bad(
        ("4", "5"),
        named("used, and the record has no client", True),
        along={**along, "client": "", "client_id": "rota"},
    )
    return [*found, *none, *(value for values in nearly for value in values)]


def build(e: Any) -> Args:
    """A request, the issuer's memory and the time."""
    w, names = e.world, ("grant_type", *NEEDS)
    request = {name: getattr(e, name) for name in names if getattr(e, name) is not ABSENT}
    own = record_of(w, client_id=e.client, sub=e.sub, aud=e.aud, used=e.used)
    others = {} if e.others is None else shared.bystanders(w) if e.used else e.others
    before = {token: record for token, record in e.family.items() if record["used"]}
    tokens = {**others, **before, w.tokens[4]: own, **e.family}
    state = {"codes": {w.codes["ada"]: {"client_id": "rota", "used": True}}, "refresh_tokens": tokens, "fresh": e.fresh}
    return {**e.extra, **request}, copy.deepcopy(state), e.now


def oracle(request: Values, state: Values, now: int) -> tuple[Any, set[str]]:
    """The answer, and all rules that the request breaks."""
    broken = set[str]()
    if shared.absent(request, "grant_type"):
        broken.add("1")
    elif request["grant_type"] != "refresh_token":
        broken.add("2")
    if any(shared.absent(request, name) for name in NEEDS):
        broken.add("3")
    record = state["refresh_tokens"].get(request.get("refresh_token"))
    if record is None:
        return None, broken if shared.absent(request, "refresh_token") else broken | {"4"}
    broken |= {"4"} if request.get("client_id") and request["client_id"] != record["client_id"] else set()
    broken |= {"5"} if record["used"] else set()
    broken |= {"6"} if now >= record["expires"] else set()
    return copy.deepcopy(REFRESH(request, state, now)), broken


def _not_rotating(request: Values, state: Values, now: int) -> Answer:
    response, _ = _rotate(request, state, now)
    return {**response, "refresh_token": request["refresh_token"]}, state


def _forgetting(request: Values, state: Values, now: int) -> Answer:
    response, after = _rotate(request, state, now)
    tokens = {token: one for token, one in after["refresh_tokens"].items() if token != request["refresh_token"]}
    return response, {**after, "refresh_tokens": tokens}


def _rotating(**options: Any) -> Endpoint:
    return replace(REFRESH, issues=lambda request, state, now: _rotate(request, state, now, **options))


def _replaying(goes: Callable[[Values, Values], bool]) -> Endpoint:
    return replace(REFRESH, replayed=shared.revoked_where(goes))


_GOOD: dict[str, Callable[..., Any]] = {
    "The same refresh token comes back. Nothing rotates, so a thief's copy works as long as Ada's.": replace(
        REFRESH, issues=_not_rotating
    ),
    "The old refresh token is not marked as used. Now there are two that work.": _rotating(marked=False),
    "The old refresh token is deleted. Its reuse then looks like any unknown token, and the thief keeps the new one. "
    "Keep it, with `used` True.": replace(REFRESH, issues=_forgetting),
    "`used` of the new token is True: its record is the old one's own, or was copied after that had been "
    "marked.": _rotating(record=lambda old, now: {"used": True}),
    "The new refresh token is handed out and not remembered, so it will be unknown when it comes.": _rotating(
        kept=False
    ),
    "The last text of `fresh` is taken away. Take the first: `.pop(0)`.": _rotating(last=True),
    "The new token is not taken out of `fresh`, so the next one will be the same.": _rotating(taken=False),
    "Each rotation gives another eight hours. Then a login never ends; `expires` is that of the old token.": _rotating(
        record=lambda old, now: {"expires": now + shared.WORKDAY}
    ),
    "The access token's aud is the client. It is for the API: the record's aud (RFC 9068 §2.2).": shared.answering(
        REFRESH, lambda response: response["access_token"].update(aud=response["access_token"]["client_id"])
    ),
}

MISTAKES: Mistakes = {
    **shared.of_all(REFRESH, tuple(rule for rule in RULES if rule != "7")),
    **shared.of_form(REFRESH),
    "4": {
        **shared.of_unknown(REFRESH, "refresh token"),
        "Another client's refresh token works. It is good for the client that it was issued to (RFC 6749 §6).": (
            REFRESH.without("client")
        ),
        "Another client's token is answered with invalid_client. That word is for failed client authentication; this "
        "is invalid_grant (RFC 6749 §5.2).": replace(REFRESH, words={"client": {"error": "invalid_client"}}),
    },
    ("4", "5"): {
        "A used token ends the family even when another client shows it. Rule 4 comes before rule 5.": replace(
            REFRESH, order=("used", "client", "expired")
        ),
    },
    "5": {
        "The old token is marked as used, and works all the same when it comes again.": REFRESH.without("used"),
        "Reuse is refused, and nothing else happens. If the thief was first, he goes on with the new token: remove the "
        "whole family.": replace(REFRESH, replayed=lambda state, record: state),
        "Reuse removes the token that was shown. It was of no use any more; its descendants are: remove the "
        "family.": _replaying(lambda one, record: one is record),
        "The token that came again is left where it was. The whole family is removed, itself too.": _replaying(
            lambda one, record: one["family"] == record["family"] and one is not record
        ),
        **shared.of_replay(REFRESH),
    },
    ("5", "6"): {
        "A token that was used and has expired is only refused. A copy is a copy: rule 5 before rule 6.": replace(
            REFRESH, order=("client", "expired", "used")
        ),
    },
    "6": {
        "A refresh token never expires. Compare now with `expires`.": REFRESH.without("expired"),
        "In the second in which it expires the token still works. It has expired when now >= expires.": REFRESH.asking(
            expired=lambda request, record, now: now > record["expires"]
        ),
    },
}
MISTAKES = {**MISTAKES, RETURNS: {**MISTAKES[RETURNS], **_GOOD}}
_OF_GOOD, _OF_BAD = shared.wants(REFRESH)

refresh = Exercise(
    name="refresh",
    points=8,
    spec="RFC 6749 §6, §5.2; RFC 9700 §2.2.2, §4.14.2",
    may_change=shared.STATE,
    hints=(
        "It is token_endpoint once more, with another table: `state['refresh_tokens']`. What is new is what happens "
        "in the good case: the old token is marked, and a new one takes its place.",
        "The new token's record is a copy of the old one's: same client, same family, same `expires`. Copy it "
        "*before* you set `used` in the old one. Rule 5 removes the family, as a used code did.",
        "`record = state['refresh_tokens'].get(request['refresh_token'])`; the rules; then "
        "`token = state['fresh'].pop(0)`, `state['refresh_tokens'][token] = dict(record)`, `record['used'] = True`, "
        "and the response has `access_token` and `refresh_token` and no `id_token`.",
    ),
    rules=RULES,
    source=from_aspects(shared.world, aspects, build, oracle, wants_of_good=_OF_GOOD, wants_of_bad=_OF_BAD),
    mistakes=MISTAKES,
)
