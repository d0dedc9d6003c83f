"""token_endpoint: a code in, the tokens' claims out, or the error's name."""

import copy
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.aspects import ABSENT, Aspect, Value, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import ALL
from .. import kit
from . import endpoint as shared
from .endpoint import Answer, Endpoint, Values, challenge_of, record_of

RULES = {
    "1": "A request without grant_type, or with an empty one, is invalid_request (RFC 6749 §5.2).",
    "2": "Only the grant type authorization_code is served: unsupported_grant_type to others, before all else.",
    "3": "A parameter that is missing, or has no value, is invalid_request (RFC 6749 §3.2, §5.2).",
    "4": "A code that nobody was given is invalid_grant. Codes are compared exactly.",
    "5 client": "The code was given to another client: invalid_grant. Names are compared exactly.",
    "5 redirect": "redirect_uri is the one that the login began with, as text (RFC 6749 §4.1.3); else invalid_grant.",
    "5 verifier": "The verifier's S256 challenge is the grant's (RFC 7636 §4.6), or it is invalid_grant.",
    "6": "A used code comes again: what was issued from it ends, the whole family and nothing else (RFC 6749 §4.1.2).",
    "7": "The code has expired when now has reached the grant's expires.",
    "8": "Everything is right, so it must succeed. Compare the claims of both tokens, and each entry of the state.",
}
NEEDS = ("code", "client_id", "redirect_uri", "code_verifier")
EXPIRES = 60


def _issue(
    request: Values,
    state: Values,
    now: int,
    lifetime: Callable[[Values, int], int] = lambda grant, now: now + shared.WORKDAY,
    used: bool = True,
    taken: bool = True,
    kept: bool = True,
    last: bool = False,
    record: Callable[[Values], Values] = lambda grant: {},
) -> Answer:
    """Redeem a code that passed. The flags leave a step out or do it wrongly."""
    grant, fresh = state["codes"][request["code"]], state["fresh"]
    token, rest = (fresh[-1], fresh[:-1]) if last else (fresh[0], fresh[1:])
    response = {
        "access_token": {"sub": grant["sub"], "aud": grant["aud"], "client_id": grant["client_id"]},
        "id_token": {"sub": grant["sub"], "aud": grant["client_id"], "nonce": grant["nonce"]},
        "refresh_token": token,
    }
    made = {name: grant[name] for name in ("client_id", "sub", "aud", "family")}
    made |= {"expires": lifetime(grant, now), "used": False, **record(grant)}
    codes = {**state["codes"], request["code"]: {**grant, "used": grant["used"] or used}}
    tokens = {**state["refresh_tokens"], token: made} if kept else state["refresh_tokens"]
    return response, {"codes": codes, "refresh_tokens": tokens, "fresh": rest if taken else fresh}


def _pkce(verifier: str, challenge: str) -> bool:
    return challenge_of(verifier) == challenge


CODE = Endpoint(
    grant_type="authorization_code",
    needs=NEEDS,
    table="codes",
    shows="code",
    order=("client", "redirect", "pkce", "used", "expired"),
    questions={
        "client": shared.differs("client_id"),
        "redirect": shared.differs("redirect_uri"),
        "pkce": lambda request, grant, now: not _pkce(request["code_verifier"], grant["code_challenge"]),
        "used": lambda request, grant, now: grant["used"],
        "expired": lambda request, grant, now: now >= grant["expires"],
    },
    issues=_issue,
    words={},
    unknown=shared.INVALID_GRANT,
)


def aspects(w: Any) -> list[Aspect]:
    """Who asks; what the request says; what the issuer remembers; the time."""
    return [
        Aspect("who", good(named("ada", lambda e: "ada")), rare(named("bob", lambda e: "bob"), rule="8")),
        *_memory(w),
        *_request(w),
        Aspect(
            "now",
            good(named("now", w.now), rule="7"),
            good(named("a second before the end", w.now + EXPIRES - 1), rule="7"),
            bad("7", named("the end", w.now + EXPIRES), named("a second later", w.now + EXPIRES + 1)),
            bad("7", named("an hour later", w.now + 3600), named("a year later", w.now + 10**8), stake=ALL),
        ),
        Aspect(
            "extra",
            good({}, {"scope": "openid"}, rule="8"),
            rare({"resource": "https://elsewhere.example", "aud": "x", "sub": "mallory", "nonce": "y"}, rule="8"),
            rare({"refresh_token": "x", "state": "s", "code_challenge_method": "plain"}, rule="8"),
        ),
    ]


def _request(w: Any) -> list[Aspect]:
    own = {"code": lambda e: w.codes[e.who], "client_id": lambda e: "depot" if e.who == "bob" else "rota"}
    none = dict.fromkeys(NEEDS, ABSENT)
    lazy, short = "S256 of " + w.verifiers["ada"], "as short as this."
    return [
        Aspect(
            "grant_type",
            good("authorization_code", rule="2"),
            bad("1", ABSENT, ""),
            bad(("1", "3"), named("absent, and all else, too", ABSENT), along=none),
            bad("2", "refresh_token", "password", "implicit", "code", *kit.almost("authorization_code")),
            bad(("2", "3"), named("implicit, and no code", "implicit"), along={"code": ABSENT}),
            bad(("2", "4"), named("implicit, and an unknown code", "implicit"), along={"code": lambda e: w.text()}),
        ),
        Aspect(
            "code",
            good(named("the code", own["code"])),
            bad("3", ABSENT, ""),
            bad("4", named("one that nobody knows", lambda e: w.text()), stake=ALL),
            bad("4", *near(lambda e: w.codes[e.who])),
            bad(
                "4", " ", named("the family's name", lambda e: w.families["ada"]), named("a refresh token", w.tokens[0])
            ),
            bad(("3", "4"), named("unknown, and no verifier", lambda e: w.text()), along={"code_verifier": ABSENT}),
            bad(("3", "4"), named("unknown, and no client", lambda e: w.text()), along={"client_id": ABSENT}),
        ),
        Aspect(
            "client_id",
            good(named("the client", own["client_id"])),
            bad("3", ABSENT, ""),
            bad("5 client", named("another client", lambda e: "rota" if e.who == "bob" else "depot"), stake=ALL),
            bad("5 client", "mallory", *near(own["client_id"])),
        ),
        Aspect(
            "redirect_uri",
            good(named("as it was", lambda e: e.remembered)),
            bad("3", ABSENT, ""),
            bad("5 redirect", "https://mallory.example/callback", stake=ALL),
            bad("5 redirect", *near(lambda e: e.remembered)),
            bad("5 redirect", named("with a query", lambda e: e.remembered + "?x=1")),
            bad("5 redirect", named("with a fragment", lambda e: e.remembered + "#x")),
            bad("5 redirect", named("without its path", lambda e: e.remembered.split("/callback")[0])),
            bad("5 redirect", named("with a percent escape", lambda e: e.remembered.replace("callback", "%63allback"))),
            bad("5 redirect", named("by http", lambda e: e.remembered.replace("https", "http"))),
        ),
        Aspect(
            "code_verifier",
            good(named("the verifier", lambda e: w.verifiers[e.who])),
            rare(named("any text", short), rule="5 verifier", along={"challenge": challenge_of(short)}),
            bad("3", ABSENT, "", stake=ALL),
            bad("5 verifier", named("another", lazy), stake=ALL),
            bad(
                "5 verifier",
                named("somebody else's", lambda e: w.verifiers["ada" if e.who == "bob" else "bob"]),
                stake=ALL,
            ),
            bad(
                "5 verifier",
                named("the challenge itself, called plain", lambda e: challenge_of(w.verifiers[e.who])),
                along={"extra": {"code_challenge_method": "plain"}},
                stake=ALL,
            ),
            bad("5 verifier", named("and a letter outside ASCII", lambda e: w.verifiers[e.who] + "\u00e9")),
            bad("5 verifier", *near(lambda e: w.verifiers[e.who])),
            bad("5 verifier", named("the first half", lambda e: w.verifiers[e.who][:21])),
        ),
    ]


def near(text: Callable[[Any], str]) -> list[Any]:
    """Texts that are nearly this one, which the choice decides."""
    forms: dict[str, Callable[[str], str]] = {
        "with case swapped": str.swapcase,
        "with = behind": lambda one: one + "=",
        "with a space behind": lambda one: one + " ",
        "with a space before": lambda one: " " + one,
        "with a line break behind": lambda one: one + "\n",
        "with a slash behind": lambda one: one + "/",
        "without its last letter": lambda one: one[:-1],
        "without its first letter": lambda one: one[1:],
        "with a letter behind": lambda one: one + "x",
        "twice": lambda one: one * 2,
        "backwards": lambda one: one[::-1],
        "in wide letters": kit.wide,
    }
    return [named(name, lambda e, f=form: f(text(e))) for name, form in forms.items()]


def _memory(w: Any) -> list[Aspect]:
    ada = {"who": lambda e: "ada"}
    alive, used = {w.tokens[4]: record_of(w)}, record_of(w, used=True)
    ended = {**used, "expires": w.now - 1}
    replays = {"nothing was issued": {}, "one is alive": alive}
    replays["two used, one alive"] = {w.tokens[5]: ended, **alive, w.tokens[6]: used}
    late = {"now": w.now + 3600}
    unfit = {"client_id": ("5 client", "mallory"), "redirect_uri": ("5 redirect", "https://m.example/")}
    unfit["code_verifier"] = ("5 verifier", "x" * 43)
    again = [
        value
        for text, tokens in replays.items()
        for value in (
            *bad("6", named(f"used, {text}", True), along={**ada, "tokens": lambda e, t=tokens: t}, stake=ALL),
            *bad(
                ("6", "7"),
                named(f"used and expired, {text}", True),
                along={**ada, **late, "tokens": lambda e, t=tokens: t},
            ),
        )
    ]
    wrong = [
        value
        for name, (rule, what) in unfit.items()
        for value in bad(
            (rule, "6"), named(f"used, and a wrong {name}", True), along={**ada, name: what, "tokens": lambda e: alive}
        )
    ]
    return [
        Aspect(
            "remembered",
            good(named("usual", lambda e: w.depot if e.who == "bob" else w.redirect), rule="5 redirect"),
            rare(named("with a query of its own", w.redirect + "?from=stage"), rule="5 redirect"),
        ),
        Aspect("challenge", good(named("S256", lambda e: challenge_of(w.verifiers[e.who]))), _challenges(w)),
        Aspect("used", good(False), again, wrong),
        Aspect("tokens", good(named("none", lambda e: {}), named("others'", lambda e: shared.bystanders(w)), rule="8")),
        Aspect(
            "fresh",
            good(named("two", lambda e: w.fresh[:2]), named("three", lambda e: list(w.fresh)), rule="8"),
            rare(named("one", lambda e: w.fresh[:1]), rule="8"),
        ),
        Aspect("nonce", good(named("some", lambda e: f"n-{w.number}"), "x", rule="8"), rare("", rule="8")),
    ]


def _challenges(w: Any) -> list[Value]:
    forms: dict[str, Callable[[str], str]] = {
        "plain: the verifier itself": lambda verifier: verifier,
        "the hash in hexadecimal": lambda verifier: hashlib.sha256(verifier.encode()).hexdigest(),
        "of the verifier, encoded once more": lambda verifier: challenge_of(b64u_encode(verifier.encode())),
        "with padding": lambda verifier: challenge_of(verifier) + "=",
        "with case swapped": lambda verifier: challenge_of(verifier).swapcase(),
    }
    values = [named(name, lambda e, f=form: f(w.verifiers[e.who])) for name, form in forms.items()]
    return [*bad("5 verifier", named("none: the login began without one", ""), stake=ALL), *bad("5 verifier", *values)]


def build(e: Any) -> Args:
    """A request, the issuer's memory and the time."""
    w = e.world
    names = ("grant_type", *NEEDS)
    request = {name: getattr(e, name) for name in names if getattr(e, name) is not ABSENT}
    grants = {
        "ada": {"client_id": "rota", "redirect_uri": w.redirect, "sub": "ada", "nonce": f"n-{w.number}"},
        "bob": {"client_id": "depot", "redirect_uri": w.depot, "sub": "bob", "nonce": f"n-{w.number + 1}"},
    }
    codes = {
        w.codes[who]: {
            **grant,
            "code_challenge": challenge_of(w.verifiers[who]),
            "aud": w.api,
            "family": w.families[who],
            "expires": w.now + EXPIRES,
            "used": False,
        }
        for who, grant in grants.items()
    }
    codes[w.codes[e.who]] |= {
        "redirect_uri": e.remembered,
        "code_challenge": e.challenge,
        "used": e.used,
        "nonce": e.nonce,
    }
    state = {
        "codes": codes,
        "refresh_tokens": {**shared.bystanders(w), **e.tokens} if e.used and e.tokens else e.tokens,
        "fresh": e.fresh,
    }
    return {**e.extra, **request}, copy.deepcopy(state), e.now


def oracle(request: Values, state: Values, now: int) -> tuple[Any, set[str]]:
    """The answer, and all rules that the request breaks."""
    broken = set[str]()
    if shared.absent(request, "grant_type"):
        broken.add("1")
    elif request["grant_type"] != "authorization_code":
        broken.add("2")
    if any(shared.absent(request, name) for name in NEEDS):
        broken.add("3")
    grant = state["codes"].get(request.get("code"))
    if grant is None:
        return None, broken if shared.absent(request, "code") else broken | {"4"}
    compared = {"client_id": "5 client", "redirect_uri": "5 redirect"}
    broken |= {rule for name, rule in compared.items() if request.get(name) and request[name] != grant[name]}
    verifier = request.get("code_verifier")
    broken |= {"5 verifier"} if verifier and not _pkce(verifier, grant["code_challenge"]) else set()
    broken |= {"6"} if grant["used"] else set()
    broken |= {"7"} if now >= grant["expires"] else set()
    return copy.deepcopy(CODE(request, state, now)), broken


def _deleting(request: Values, state: Values, now: int) -> Answer:
    response, after = _issue(request, state, now)
    codes = {code: grant for code, grant in after["codes"].items() if code != request["code"]}
    return response, {**after, "codes": codes}


def _issuing(**options: Any) -> Endpoint:
    return replace(CODE, issues=lambda request, state, now: _issue(request, state, now, **options))


def _pkce_by(fits: Callable[[str, str], bool]) -> Endpoint:
    return CODE.asking(pkce=lambda request, grant, now: not fits(request["code_verifier"], grant["code_challenge"]))


def _redirect_by(same: Callable[[str, str], bool]) -> Endpoint:
    return CODE.asking(redirect=lambda request, grant, now: not same(request["redirect_uri"], grant["redirect_uri"]))


def _optional(request: Values, grant: Values, now: int) -> bool:
    return bool(request.get("code_verifier")) and not _pkce(request["code_verifier"], grant["code_challenge"])


_WHOLE = ("redirect_uri", "code_challenge", "nonce")

_GOOD: dict[str, Callable[..., Any]] = {
    "The code is not marked as used in the new state, so it works a second time.": _issuing(used=False),
    "The code is deleted from the state. Then its second use looks like any unknown code, and nobody learns that "
    "somebody else has it. Keep it, with `used` True.": replace(CODE, issues=_deleting),
    "The ID token's aud is the API. It is for the client: aud is the client_id (OpenID Connect Core §2).": (
        shared.answering(CODE, lambda response: response["id_token"].update(aud=response["access_token"]["aud"]))
    ),
    "The access token's aud is the client. It is for the API: aud is the grant's aud (RFC 9068 §2.2).": (
        shared.answering(CODE, lambda response: response["access_token"].update(aud=response["id_token"]["aud"]))
    ),
    "The ID token has no nonce. Without it the client can't tell this login from another one.": shared.answering(
        CODE, lambda response: response["id_token"].pop("nonce")
    ),
    "The nonce is in the access token, too. It is the client's, and only the ID token goes to the client.": (
        shared.answering(CODE, lambda response: response["access_token"].update(nonce=response["id_token"]["nonce"]))
    ),
    "The access token does not say which client it was issued to: `client_id` (RFC 9068 §2.2).": shared.answering(
        CODE, lambda response: response["access_token"].pop("client_id")
    ),
    "The refresh token is not taken out of `fresh`. The next login would get the same one.": _issuing(taken=False),
    "The last text of `fresh` is taken away. Take the first: `.pop(0)`.": _issuing(last=True),
    "`used` is True in the refresh token's record. The code is used now; the new refresh token is not.": _issuing(
        record=lambda grant: {"used": True}
    ),
    "The refresh token's record has more of the grant than rule 8 names, as when the whole grant is copied.": _issuing(
        record=lambda grant: {name: grant[name] for name in _WHOLE}
    ),
    "The refresh token is handed out, but not remembered in `refresh_tokens`. Nobody could use it.": _issuing(
        kept=False
    ),
    "The refresh token expires with the code, in a minute. It has eight hours: now + 28_800.": _issuing(
        lifetime=lambda grant, now: grant["expires"]
    ),
}

_VERIFIER: dict[str, Callable[..., Any]] = {
    "It takes any verifier, if there is one. Hash it and compare with the challenge.": CODE.without("pkce"),
    "Where the grant has no challenge, any verifier will do. A thief begins such a login himself: refuse "
    "it (RFC 9700 §4.8.2).": _pkce_by(lambda verifier, challenge: not challenge or _pkce(verifier, challenge)),
    "The challenge itself is taken for a verifier (`plain`). The challenge stood in an address; only its original "
    "proves anything.": _pkce_by(lambda verifier, challenge: verifier == challenge or _pkce(verifier, challenge)),
    "An exception is raised for letters outside ASCII, as `.encode('ascii')` does, and the verifier comes"
    " from a stranger. Use `.encode()`.": _pkce_by(
        lambda verifier, challenge: b64u_encode(hashlib.sha256(verifier.encode("ascii")).digest()) == challenge
    ),
}

MISTAKES: Mistakes = {
    **shared.of_all(CODE, tuple(rule for rule in RULES if rule != "8")),
    **shared.of_form(CODE),
    "3": {
        **shared.of_form(CODE)["3"],
        "The verifier is checked only if there is one. A thief just leaves it out.": replace(
            CODE.asking(pkce=_optional), needs=NEEDS[:-1]
        ),
    },
    "4": {
        **shared.of_unknown(CODE, "code"),
        "An unknown code is answered with invalid_request. The form of the request is fine: invalid_grant.": replace(
            CODE, unknown=shared.INVALID_REQUEST
        ),
    },
    "5 client": {
        "Another client redeems a code that was not given to it. client_id is exactly the grant's.": CODE.without(
            "client"
        ),
        "Another client's code is answered with invalid_client. That word is for failed client authentication; this "
        "is invalid_grant (RFC 6749 §5.2).": replace(CODE, words={"client": {"error": "invalid_client"}}),
    },
    "5 redirect": {
        "Any redirect_uri will do. It is the one that the login began with (RFC 6749 §4.1.3).": CODE.without(
            "redirect"
        ),
        "redirect_uri only has to begin in the same way. It is the same text, or it is another address.": _redirect_by(
            lambda shown, ours: shown.startswith(ours)
        ),
        "A part of the redirect_uri is enough. It is the same text, or it is another address.": _redirect_by(
            lambda shown, ours: ours.startswith(shown)
        ),
        "A slash at the end of redirect_uri is forgiven. It is compared as text (RFC 6749 §4.1.3).": _redirect_by(
            lambda shown, ours: shown.rstrip("/") == ours
        ),
    },
    "5 verifier": _VERIFIER,
    ("5 client", "5 redirect", "5 verifier", "6"): {
        "A used code ends the family even in a request that is wrong otherwise. Then an old code out of a log is "
        "enough to log Ada out; rule 6 comes after rule 5.": replace(
            CODE, order=("used", "client", "redirect", "pkce", "expired")
        ),
    },
    "6": {
        "The code is marked as used, and works all the same when it comes again.": CODE.without("used"),
        "A used code is refused, but what was issued from it lives on. One of the two who had the code is a thief: "
        "remove the family's refresh tokens.": replace(CODE, replayed=lambda state, record: state),
        **shared.of_replay(CODE),
    },
    ("6", "7"): {
        "A code that was used and has expired is only refused. A replay after the end is a replay: rule 6"
        " comes before rule 7.": replace(CODE, order=("client", "redirect", "pkce", "expired", "used")),
    },
    "7": {
        "A code never expires. Compare now with its `expires`.": CODE.without("expired"),
        "In the second in which it expires the code still works. It has expired when now >= expires, like exp.": (
            CODE.asking(expired=lambda request, grant, now: now > grant["expires"])
        ),
    },
}
MISTAKES = {**MISTAKES, RETURNS: {**MISTAKES[RETURNS], **_GOOD}}
_OF_GOOD, _OF_BAD = shared.wants(CODE)

token_endpoint = Exercise(
    name="token_endpoint",
    points=10,
    spec="RFC 6749 §4.1.2, §4.1.3, §5.2; RFC 7636 §4.6; RFC 9700 §2.1.1, §4.5; OpenID Connect Core §3.1.3",
    may_change=shared.STATE,
    hints=(
        "Eight rules, in the docstring's order, and each of the first seven is an `if` that returns "
        "`({'error': …}, state)`. Only rule 6 also changes the state. What is left at the end is the good case.",
        "`request.get(name)` is None or empty when a parameter is missing, and both count as missing. Look the code "
        "up: `grant = state['codes'].get(request['code'])`. For rule 5 hash the verifier as in pkce_pair and compare "
        "with `grant['code_challenge']`. For rule 6 build a dict of those refresh tokens whose family is another one.",
        "You may change `state` itself. `needed = ('code', 'client_id', "
        "'redirect_uri', 'code_verifier')`; `if not all(request.get(name) for name in needed)`. Rule 6: "
        "`state['refresh_tokens'] = {t: r for t, r in state['refresh_tokens'].items() if r['family'] != "
        "grant['family']}`. Rule 8: `grant['used'] = True`, `token = state['fresh'].pop(0)`, store the record, return "
        "the response and the state.",
    ),
    rules=RULES,
    source=from_aspects(shared.world, aspects, build, oracle, wants_of_good=_OF_GOOD, wants_of_bad=_OF_BAD),
    mistakes=MISTAKES,
)
