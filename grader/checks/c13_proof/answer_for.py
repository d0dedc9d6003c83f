"""answer_for: a token's claims and a request in, the status out that an API answers with: 200, 401 or 403."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ...inside.calling import RETURNED, Outcome
from ...inside.values import pack, show, unpack
from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import ALL, HALF, LAX, Verdict
from ...judging.wants import Returns, Want, error_name
from .. import kit

RULES = {
    "1": "What needs no scope is open to everyone, with a token and without: 200.",
    "2": "Without a good token nobody knows who asks: 401 (RFC 6750 §3.1), also for what no rule names.",
    "3": "What no rule names is forbidden: 403. What somebody forgot must not be open.",
    "4": "A scope that is no text grants nothing (RFC 9068 §2.2.3), and raises nothing.",
    "5": "Each needed scope must be one of the names in scope, whole and to the letter (RFC 6749 §3.3). Else 403: it "
    "is "
    "known who asks, and that is not enough (RFC 6750 §3.1).",
    "6": "Nothing else counts: no other claim (role, sub), and no other member of the request.",
}
Claims = dict[str, Any]
Policy = dict[str, list[str]]
ODD = "https://x.example/Auth!#7"
"""A scope as others have it."""


def world(source: random.Random) -> Any:
    """Names for scopes and paths."""
    number = source.randrange(10, 100)
    return SimpleNamespace(
        read=f"ropes{number}:read", write=f"ropes{number}:write", path=f"/Ropes{number}", page="/about"
    )


def aspects(w: Any) -> list[Aspect]:
    """What is asked for, what that needs, who asks, and with which scope."""
    return [_wanted(w), _needs(w), _scope(w), _claims(w), _request(), _policy(w)]


def _wanted(w: Any) -> Aspect:
    near = {
        "in small letters": f"GET {w.path.lower()}",
        "with a slash behind": f"GET {w.path}/",
        "the path above": "GET /",
        "a path below": f"GET {w.path}/7",
        "another method": f"PATCH {w.path}",
        "the method in small letters": f"get {w.path}",
        "an unknown path": "GET /admin",
        "a query": f"GET {w.path}?all=1",
        "HEAD": f"HEAD {w.path}",
        "OPTIONS": f"OPTIONS {w.path}",
        "a space behind": f"GET {w.path} ",
        "two slashes": f"GET /{w.path}",
        "a percent escape": f"GET {w.path.replace('R', '%52')}",
    }
    most = ("an unknown path", "another method")
    open_page = named("the open page", f"GET {w.page}")
    return Aspect(
        "wanted",
        good(named("reading", f"GET {w.path}"), named("writing", f"POST {w.path}"), rule="5"),
        good(open_page, rule="1"),
        good(named("the open page, without a token", f"GET {w.page}"), rule="1", along={"claims": None}),
        good(named("the open page, with no scope", f"GET {w.page}"), rule="1", along={"scope": ABSENT}),
        rare(named("the open page, with scope null", f"GET {w.page}"), rule="1", along={"scope": None}),
        bad("3", *(named(text, what) for text, what in near.items() if text in most), stake=HALF),
        bad("3", *(named(text, what) for text, what in near.items() if text not in most)),
        bad("2", named("an unknown path, without a token", "GET /admin"), along={"claims": None}, stake=HALF),
    )


def _needs(w: Any) -> Aspect:
    """What the request needs; the token has all of it unless a bad value says otherwise."""
    return Aspect(
        "needs",
        good(named("one scope", lambda e: [w.read]), named("two scopes", lambda e: [w.read, w.write])),
        rare(
            named("two in another order", lambda e: [w.write, w.read]),
            named("one twice", lambda e: [w.read] * 2),
            rule="5",
        ),
        rare(named("an odd name", lambda e: [ODD]), named("another odd name", lambda e: ["a-b_c.d~e+f*(g)"]), rule="5"),
        rare(named("three", lambda e: [w.read, w.write, "a"]), rule="5"),
    )


def _scope(w: Any) -> Aspect:
    def but(last: Callable[[str], str]) -> Any:
        """The scopes that are needed, with something else in the place of the last."""
        return lambda e: " ".join([*e.needs[:-1], last(e.needs[-1])]).strip(" ")

    def other(text: str) -> Any:
        found = lambda name: next((one.what for one in kit.almost(name) if one.text == text), "zz")  # noqa: E731
        return named(text, but(found))

    # A space makes another name of it, and leaves the right one, too.
    near = [one.text for one in kit.almost("ropes:read") if "space b" not in one.text and "a space" not in one.text]
    between = {"commas": ",", "tabs": "\t", "line breaks": "\n", "plus signs": "+", "a hard space": "\u00a0"}
    return Aspect(
        "scope",
        good(
            named("what is needed", lambda e: " ".join(e.needs)),
            named("that and more", lambda e: " ".join(["openid", *e.needs, "x:y"])),
            rule="5",
        ),
        rare(
            named("in another order", lambda e: " ".join(e.needs[::-1])),
            named("each twice", lambda e: " ".join(e.needs * 2)),
            named("with two spaces between", lambda e: "a  " + "  ".join(e.needs)),
            named("behind four hundred others", lambda e: " ".join([*(f"s{n}" for n in range(400)), *e.needs])),
            rule="5",
        ),
        bad("5", named("absent", ABSENT), "", "openid profile", stake=HALF),
        bad("5", named("all but the last", but(lambda name: "")), stake=ALL),
        bad(
            "5",
            named("all but the first", lambda e: w.write),
            named("one of two, twice", lambda e: f"{w.read} {w.read}"),
            along={"needs": lambda e: [w.read, w.write]},
            stake=ALL,
        ),
        bad(
            "5",
            named("all but the third", lambda e: f"{w.read} {w.write}"),
            along={"needs": lambda e: [w.read, w.write, "a"]},
            stake=HALF,
        ),
        bad("5", named("a longer name", but(lambda name: f"{name}:all")), stake=HALF),
        bad("5", named("with more before", but(lambda name: f"x{name}")), stake=HALF),
        bad("5", named("the part before the colon", but(lambda name: name.partition(":")[0])), stake=HALF),
        bad("5", *(other(text) for text in near)),
        bad(
            "5",
            *(
                named(f"with {text} between", lambda e, sep=sep: sep.join(["openid", *e.needs, "x"]))
                for text, sep in between.items()
            ),
            "* admin root",
            "all",
            "None",
            named("in quotes", lambda e: " ".join(f'"{name}"' for name in e.needs)),
            named("with a dot for the colon", but(lambda name: name.replace(":", "."))),
            named("with an escaped colon", but(lambda name: name.replace(":", "%3A"))),
            named("a star for the last part", but(lambda name: f"{name.rpartition(':')[0]}:* {name[:5]}*")),
        ),
        bad("5", named("a letter for a dot", lambda e: ODD.replace(".", "x")), along={"needs": lambda e: [ODD]}),
        bad("4", named("a list", lambda e: list(e.needs)), named("an object", lambda e: dict.fromkeys(e.needs, True))),
        bad("4", named("null, and None is needed", None), along={"needs": lambda e: ["None"]}),
        bad("4", *kit.falsy(""), True, 7, named("bytes", lambda e: " ".join(e.needs).encode())),
    )


def _claims(w: Any) -> Aspect:
    sub = {"sub": "ada", "iss": "https://base.example"}
    return Aspect(
        "claims",
        good(
            named("usual", lambda e: dict(sub)), named("of a service", lambda e: {"sub": "rota", "client_id": "rota"})
        ),
        rare(named("nothing but scope", lambda e: {}), rule="5"),
        rare(
            named("with a role", lambda e: sub | {"role": "guest", "scp": "x", "scopes": [], "exp": 1}),
            named("for another client", lambda e: sub | {"client_id": "rota", "azp": "depot"}),
            named("with falsy claims", lambda e: {"sub": "", "exp": 0, "active": False, "cnf": None, "aud": []}),
            rule="6",
        ),
        bad("2", named("no good token", None), stake=ALL),
        bad("5", named("nothing at all", lambda e: {}), along={"scope": ABSENT}),
        bad("3", named("nothing, and an unknown path", lambda e: {}), along={"scope": ABSENT, "wanted": "GET /admin"}),
        bad(
            "5",
            named("an admin without the scope", lambda e: sub | {"role": "admin", **_elsewhere(" ".join(e.needs))}),
            named("who is called admin", lambda e: {"sub": "admin", "client_id": "admin", "admin": True}),
            named("of the quartermaster", lambda e: {"sub": "quartermaster", "client_id": "quartermaster"}),
            named("whose name is in the path", lambda e: {"sub": w.path[1:]}),
            named("a list of them elsewhere", lambda e: sub | _elsewhere(list(e.needs))),
            along={"scope": ABSENT},
        ),
        bad("5", named("scopes elsewhere", lambda e: sub | {"scopes": " ".join(e.needs)}), along={"scope": "openid"}),
    )


def _elsewhere(scopes: Any) -> Claims:
    return dict.fromkeys(("scp", "scopes", "permissions", "roles", "authorities"), scopes)


def _request() -> Aspect:
    return Aspect(
        "more",
        good({}, {"host": "api.depot.example"}),
        rare({"scope": "nothing"}, {"url": "https://x.example/admin", "token": None}, rule="6"),
        bad("5", named("scope in the request", lambda e: {"scope": " ".join(e.needs)}), along={"scope": "openid"}),
    )


def _policy(w: Any) -> Aspect:
    return Aspect(
        "rules",
        good(
            named("three", lambda e: {f"POST {w.path}": e.needs, f"GET {w.path}": e.needs, f"GET {w.page}": []}),
            named(
                "more",
                lambda e: {"GET /x": ["x"], f"GET {w.page}": [], f"GET {w.path}": e.needs, f"POST {w.path}": e.needs},
            ),
        ),
        bad(
            "3",
            named("none", lambda e: {}),
            named("others", lambda e: {"GET /x": [], "GET /": []}),
            named(
                "patterns",
                lambda e: {
                    key: [] for key in ("*", "* *", "GET *", "GET /*", f"* {w.path}", f"ANY {w.path}", f"GET {w.path}*")
                },
            ),
            along={"wanted": f"GET {w.path}"},
        ),
    )


def build(e: Any) -> Args:
    """The claims, or None; the request; the rules."""
    method, _, path = e.wanted.partition(" ")
    claims = e.claims if e.claims is None else e.claims | ({} if e.scope is ABSENT else {"scope": e.scope})
    return claims, {"method": method, "path": path, **e.more}, e.rules


def oracle(claims: Claims | None, request: dict[str, Any], rules: Policy) -> tuple[Any, set[str]]:
    """The status, and the rule by which it is not 200."""
    needs = rules.get(f"{request['method']} {request['path']}")
    if not isinstance(needs, list | None) or not all(
        isinstance(one, str) and one.strip() == one for one in needs or []
    ):
        return None, {"6"}  # no table has that; nothing is said of it
    if needs == []:
        return 200, set()
    if claims is None:
        return 401, {"2"}
    if needs is None:
        return 403, {"3"}
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        return 403, {"4"}
    return (200, set()) if set(needs) <= set(scope.split(" ")) else (403, {"5"})


@dataclass(frozen=True)
class Status(Returns):
    """A status that refuses: to answer 200 in its place lets somebody in, another one does not."""

    def verdict(self, outcomes: list[Outcome]) -> Verdict:
        """Right if it is exactly this one."""
        found = super().verdict(outcomes)
        opened = outcomes[0].kind == RETURNED and outcomes[0].packed in map(pack, (200, None, True))
        if found.right:
            return found
        came = show(unpack(outcomes[0].packed)) if outcomes[0].kind == RETURNED else error_name(outcomes[0])
        return replace(found, taken=opened, state=LAX if opened else f"answered with {came}, not {self.value}")


def refused(broken: frozenset[str], args: Args) -> Want:
    """401 or 403."""
    return Status(oracle(*args)[0])


def _names(scope: Any) -> Any:
    return scope.split(" ") if isinstance(scope, str) else []


@dataclass(frozen=True)
class Door:
    """A right answer_for, of parts that can be got wrong one by one."""

    needs: Callable[[dict[str, Any], Policy], Any] = lambda request, rules: rules.get(
        f"{request['method']} {request['path']}"
    )
    is_open: Callable[[Any, Any], bool] = lambda needs, claims: bool(needs == [])
    nobody: Callable[[Any, Any], int] = lambda needs, claims: 401 if claims is None else 0
    unnamed: int = 403
    scope: Callable[[Claims], Any] = lambda claims: claims.get("scope", "")
    names: Callable[[Any], Any] = _names
    has: Callable[[Any, Any], bool] = lambda needs, names: all(one in names for one in needs)
    lacking: Any = 403

    def __call__(self, claims: Any, request: dict[str, Any], rules: Policy) -> Any:
        """The status."""
        needs = self.needs(request, rules)
        if self.is_open(needs, claims):
            return 200
        if status := self.nobody(needs, claims):
            return status
        if needs is None:
            return self.unnamed
        return 200 if self.has(needs, self.names(self.scope(claims or {}))) else self.lacking


RIGHT = Door()


def _slip(error: type[Exception]) -> int:
    raise error


MISTAKES: Mistakes = {
    RETURNS: {
        "It returns True or False. Return the status, a number: 200, 401 or 403.": lambda claims, request, rules: (
            RIGHT(claims, request, rules) == 200
        ),
    },
    "1": {
        "What needs no scope is refused to those who bring no token. It is open to everyone: ask that first.": replace(
            RIGHT, is_open=lambda needs, claims: needs == [] and claims is not None
        ),
        "An empty list counts as no rule, for both are false. Ask `needs is None`.": replace(
            RIGHT, needs=lambda request, rules: rules.get(f"{request['method']} {request['path']}") or None
        ),
    },
    "2": {
        "Without a token the answer is 403. Then the client does not learn that a token would help: 401.": replace(
            RIGHT, nobody=lambda needs, claims: 403 if claims is None else 0
        ),
        "Without a token it goes on, and None has no scope: that is an AttributeError or a TypeError.": replace(
            RIGHT, nobody=lambda needs, claims: _slip(AttributeError) if claims is None and needs is not None else 0
        ),
        "Without a token, what no rule names is answered with 403. Nobody is known yet: 401.": replace(
            RIGHT, nobody=lambda needs, claims: 0 if claims is not None else 403 if needs is None else 401
        ),
    },
    "3": {
        "What no rule names is open. A path that somebody forgot to list is then everybody's.": replace(
            RIGHT, unnamed=200
        ),
        "What no rule names ends in a KeyError. Use `rules.get(…)`, and answer 403.": replace(
            RIGHT,
            nobody=lambda needs, claims: 401 if claims is None else _slip(KeyError) if needs is None else 0,
        ),
        "What no rule names is answered with 404. It is not among the answers here: 403.": replace(RIGHT, unnamed=404),
        "A path counts with any method: it lets everybody write who has the right to read.": replace(
            RIGHT,
            needs=lambda request, rules: next(
                (rules[name] for name in rules if name.partition(" ")[2] == request["path"]), None
            ),
        ),
        "It is enough that the path begins like one that is named. Look up exactly what was asked for.": replace(
            RIGHT,
            needs=lambda request, rules: next(
                (rules[n] for n in rules if f"{request['method']} {request['path']}".startswith(n)), None
            ),
        ),
    },
    "4": {
        "A scope that is null or a number has no `split`: that is an AttributeError. See that it is a str.": replace(
            RIGHT, names=lambda scope: scope.split(" ")
        ),
        "A list is taken for a scope. The claim is one text with spaces (RFC 9068 §2.2.3).": replace(
            RIGHT, names=lambda scope: scope if isinstance(scope, list) else _names(scope)
        ),
        "A scope that is a number ends in a TypeError, and an object or a list grants what is in it. See "
        "that it is a str.": replace(RIGHT, names=lambda scope: scope.split(" ") if type(scope) is str else scope),
    },
    "5": {
        "A scope is found inside of a longer one, as `in` does in a text: `ropes:read` in "
        "`ropes:readers`. Split at the spaces first.": replace(
            RIGHT, names=lambda scope: scope if isinstance(scope, str) else []
        ),
        "One of the needed scopes is enough for it. All of them are needed.": replace(
            RIGHT, has=lambda needs, names: any(one in names for one in needs)
        ),
        "It refuses a token that has more scopes than are needed. More are no harm.": replace(
            RIGHT, has=lambda needs, names: sorted(needs) == sorted(names)
        ),
        "The scopes are compared without regard to case. They have one (RFC 6749 §3.3).": replace(
            RIGHT,
            names=lambda scope: _names(scope),
            has=lambda needs, names: {n.lower() for n in needs} <= {n.lower() for n in names},
        ),
        "Tabs and line breaks divide scopes, too, as for `split()` without an argument. Between scopes "
        "stand spaces.": replace(RIGHT, names=lambda scope: scope.split() if isinstance(scope, str) else []),
        "Who lacks a scope gets 401. It is known who asks; a new login would not help: 403.": replace(
            RIGHT, lacking=401
        ),
        "A token without scope is a KeyError. It grants nothing: `claims.get('scope')`.": replace(
            RIGHT, scope=lambda claims: claims["scope"]
        ),
        "It lets every good token do everything, whatever its scope.": replace(RIGHT, has=lambda needs, names: True),
        "A scope that begins like the needed one is enough for it. Names count whole.": replace(
            RIGHT, has=lambda needs, names: all(any(n.startswith(one) for n in names) for one in needs)
        ),
    },
}
_RULES = {"GET /about": [], "GET /ropes": ["ropes:read"], "POST /ropes": ["ropes:read", "ropes:write"]}

answer_for = Exercise(
    name="answer_for",
    points=7,
    spec="RFC 6750 §3.1; RFC 6749 §3.3; RFC 9068 §2.2.3",
    hints=(
        "Four questions in the order of the rules, and each has its status. Which of them can be asked of somebody who "
        "brings no token?",
        "`needs = rules.get(f\"{request['method']} {request['path']}\")`. An empty list and None are two things. Then "
        'the claims; then the scope, of which you first ask whether it is a str, and then `.split(" ")`.',
        "`if needs == []: return 200`; `if claims is None: return 401`; `if needs is None: return 403`; "
        '`scope = claims.get("scope")`; `names = scope.split(" ") if isinstance(scope, str) else []`; and in the end '
        "`return 200 if all(one in names for one in needs) else 403`.",
    ),
    rules=RULES,
    source=from_aspects(
        world,
        aspects,
        build,
        oracle,
        wants_of_bad=refused,
        examples=(
            ({"sub": "ada", "scope": "ropes:read"}, {"method": "GET", "path": "/ropes"}, _RULES),
            ({"sub": "ada", "scope": "ropes:read"}, {"method": "POST", "path": "/ropes"}, _RULES),
            (None, {"method": "GET", "path": "/ropes"}, _RULES),
        ),
    ),
    mistakes=MISTAKES,
)
