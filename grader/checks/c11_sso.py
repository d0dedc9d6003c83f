"""Chapter 11: one login for many services: PKCE, the token endpoint's two grants, and what must be refused there."""

import base64
import copy
import hashlib
from collections.abc import Callable
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode

from ..judging.legacy.case import Case, exercise

# -- pkce_pair --------------------------------------------------------------------------------------------------------

_APPENDIX_B = b64u_decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
"""The octets of RFC 7636, Appendix B, whose challenge the oracle must compute by itself."""


@exercise(
    "pkce_pair",
    points=5,
    spec="RFC 7636 §4.1, §4.2",
    hints=(
        "Two steps with what lesson 01 gave you: the verifier is the random bytes as text, the challenge is the hash "
        "of that *text*, as text again.",
        "`b64u_encode` turns bytes into text both times. Between them stands `hashlib.sha256(…).digest()`, and what "
        "goes in there is the verifier's characters as ASCII bytes. Before all this, count the random bytes.",
        "`if not 32 <= len(random) <= 96: raise ValueError(…)`, `verifier = b64u_encode(random)`, "
        "`challenge = b64u_encode(hashlib.sha256(verifier.encode('ascii')).digest())`, "
        "`return verifier, challenge`.",
    ),
)
def pkce_pair(case: Case) -> None:
    """Random bytes in, verifier and challenge out."""
    case.equal(_APPENDIX_B, _pair(_APPENDIX_B), why="This is the example of RFC 7636, Appendix B.")
    text = "The challenge is the hash of the verifier's characters (RFC 7636 §4.2)."
    for size in (32, 33, 34, 48, 64, 95, 96):
        random = case.random.randbytes(size)
        case.equal(random, _pair(random), why=text)
    for random in (b"\xfb" * 32, b"\xff" * 96):
        case.equal(random, _pair(random), why="The alphabet is that of base64url: `-` and `_`, and no `=`.")
    for size in (0, 1, 16, 24, 31):
        case.raises(
            case.random.randbytes(size),
            ValueError,
            why=f"{size} bytes are less than the 32 that RFC 7636 §4.1 recommends; somebody might guess them.",
        )
    for size in (97, 98, 128, 1000):
        case.raises(
            case.random.randbytes(size),
            ValueError,
            why="A verifier has 128 characters at most (RFC 7636 §4.1), and that is 96 bytes.",
        )
    _pkce_mistakes(case)


def _pair(
    random: bytes,
    least: int = 32,
    most: int = 96,
    verify: Callable[[bytes], str] = b64u_encode,
    hashed: Callable[[str, bytes], bytes] = lambda verifier, random: hashlib.sha256(verifier.encode()).digest(),
    written: Callable[[bytes], str] = b64u_encode,
) -> tuple[str, str]:
    """The rules; a mistake changes one of them."""
    if not least <= len(random) <= most:
        raise ValueError("32 to 96 random bytes")
    verifier = verify(random)
    return verifier, written(hashed(verifier, random))


def _pkce_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[[bytes], Any]:
        return lambda random: _pair(random, **changes)

    case.mistake(
        wrong(hashed=lambda verifier, random: hashlib.sha256(random).digest()),
        "The random bytes are hashed. The issuer never sees those; it hashes the verifier's characters.",
    )
    case.mistake(
        wrong(written=bytes.hex),
        "The challenge is written in hexadecimal. It is base64url of the 32 bytes that `.digest()` gives.",
    )
    case.mistake(
        wrong(written=lambda data: data),
        "The challenge is bytes; it must be text. `b64u_encode` writes it, as it wrote the verifier.",
    )
    case.mistake(
        lambda random: tuple(text.encode() for text in _pair(random)),
        "Verifier and challenge are bytes; they must be text. `b64u_encode` gives text, and so does `.decode()`.",
    )
    case.mistake(
        wrong(hashed=lambda verifier, random: hashlib.sha256(verifier.encode()).hexdigest().encode()),
        "`.hexdigest()` is 64 characters of text, and it is these that are encoded. Take `.digest()`, 32 bytes.",
    )
    case.mistake(
        wrong(written=lambda data: base64.urlsafe_b64encode(data).decode()),
        "The challenge ends with `=`. Base64url without padding, as in lesson 01 (RFC 7636 §3).",
    )
    case.mistake(
        wrong(
            verify=lambda data: base64.urlsafe_b64encode(data).decode(),
            written=lambda data: base64.urlsafe_b64encode(data).decode(),
        ),
        "Verifier and challenge have the padding `=` left in. A verifier may not even contain it (RFC 7636 §4.1).",
    )
    case.mistake(
        wrong(
            verify=lambda data: base64.b64encode(data).decode().rstrip("="),
            written=lambda data: base64.b64encode(data).decode().rstrip("="),
        ),
        "This is plain base64, with `+` and `/`. In an address these mean something else; take base64url.",
    )
    case.mistake(
        lambda random: (_pair(random)[0],) * 2,
        "The challenge is the verifier itself. That is the method `plain`, and whoever reads the first address then "
        "knows the verifier.",
    )
    case.mistake(lambda random: _pair(random)[::-1], "The two are the wrong way round: first the verifier.")
    case.mistake(lambda random: list(_pair(random)), "It returns a list. `return verifier, challenge` is a tuple.")
    case.mistake(
        wrong(verify=bytes.hex),
        "The verifier is written in hexadecimal. From 65 bytes on that is longer than 128 characters; take base64url.",
    )
    case.mistake(
        wrong(least=43, most=128),
        "43 and 128 count the verifier's *characters*. In bytes that is 32 to 96.",
    )
    case.mistake(
        wrong(least=0),
        "Fewer than 32 random bytes are taken. A verifier that can be guessed protects nothing.",
    )
    case.mistake(
        wrong(least=1),
        "Only empty input is refused. Fewer than 32 random bytes give fewer than 43 characters.",
    )
    case.mistake(
        wrong(most=10**6),
        "More than 96 bytes are taken. They give a verifier of more than 128 characters, which issuers refuse.",
    )
    case.mistake(
        wrong(least=0, most=10**6),
        "The length is never looked at. 32 to 96 bytes, so that the verifier has 43 to 128 characters.",
    )
    case.mistake(
        lambda random: _pair((random + bytes(32))[: max(32, min(len(random), 96))]),
        "Input that is too short or too long is made to fit. Bytes of zero add nothing to guess; raise ValueError.",
    )
    case.mistake(
        wrong(least=33),
        "32 bytes are refused. They are just enough: 43 characters.",
    )


# -- what the two grants share ----------------------------------------------------------------------------------------

Values = dict[str, Any]
Rules = dict[str, Any]
Answer = tuple[Values, Values]

INVALID_GRANT, INVALID_REQUEST = {"error": "invalid_grant"}, {"error": "invalid_request"}
UNSUPPORTED = {"error": "unsupported_grant_type"}
NAMES = ("response", "state")
WORKDAY = 28_800
"""Seconds that a family of refresh tokens lives."""


def _fits(verifier: str, challenge: str) -> bool:
    return b64u_encode(hashlib.sha256(verifier.encode()).digest()) == challenge


def _differs(name: str) -> Callable[[Values, Values, int], bool]:
    return lambda request, record, now: request.get(name) != record[name]


def _revoked(state: Values, record: Values, same: tuple[str, ...] = ("family",)) -> Values:
    """The state without the refresh tokens that agree with the record in these entries."""
    kept = {
        token: one for token, one in state["refresh_tokens"].items() if any(one[name] != record[name] for name in same)
    }
    return {**state, "refresh_tokens": kept}


def _absent(request: Values, name: str) -> bool:
    return not request.get(name)  # sent without a value counts as not sent (RFC 6749 §3.2)


def _answer(rules: Rules, request: Values, state: Values, now: int) -> Answer:
    """What a token endpoint answers, by these rules. A mistake changes one of them."""
    if problem := rules["form"](rules, request):
        return problem, state
    record = state[rules["table"]].get(request.get(rules["shows"]))
    if record is None:
        return rules["unknown"], state
    for question in rules["order"]:
        if rules["refuses"][question](request, record, now):
            named = rules["names"].get(question, INVALID_GRANT)
            return named, rules["replayed"](state, record) if question == "used" else state
    return rules["issues"](request, state, now)  # type: ignore[no-any-return]


def _form(rules: Rules, request: Values) -> Values | None:
    absent: Callable[[Values, str], bool] = rules["absent"]
    if absent(request, "grant_type"):
        return INVALID_REQUEST
    if request.get("grant_type") != rules["grant_type"]:
        return UNSUPPORTED
    return INVALID_REQUEST if any(absent(request, name) for name in rules["needs"]) else None


def _wrong(rules: Rules, **changes: Any) -> Callable[[Values, Values, int], Any]:
    """An endpoint by changed rules; `refuses` is merged."""
    changed = {**rules, **changes, "refuses": {**rules["refuses"], **changes.get("refuses", {})}}
    return lambda request, state, now: _answer(changed, request, state, now)


def _without(rules: Rules, *questions: str) -> tuple[str, ...]:
    return tuple(one for one in rules["order"] if one not in questions)


_IN_THE_LOOP = (
    "Tokens are deleted while a loop runs over the same dict, and Python stops that with a RuntimeError. Build a new "
    "dict of those that stay."
)


def _deleted_in_the_loop(state: Values, record: Values) -> Values:
    tokens = dict(state["refresh_tokens"])
    for token in tokens:
        if tokens[token]["family"] == record["family"]:
            del tokens[token]
    return {**state, "refresh_tokens": tokens}


def _unknown_raises(rules: Rules, error: type[Exception]) -> Callable[[Values, Values, int], Any]:
    """An endpoint where all is right, but that a code or token which nobody knows raises this."""

    def endpoint(request: Values, state: Values, now: int) -> Answer:
        if not rules["form"](rules, request) and request[rules["shows"]] not in state[rules["table"]]:
            raise error
        return _answer(rules, request, state, now)

    return endpoint


def _about_the_unknown(case: Case, rules: Rules, what: str) -> None:
    """The mistakes of either grant where nobody knows what is shown."""
    case.mistake(
        _unknown_raises(rules, KeyError),
        f"An unknown {what} raises KeyError. Look it up with `.get`, and answer invalid_grant if that gives None.",
    )
    case.mistake(
        _unknown_raises(rules, TypeError),
        f"An unknown {what} raises TypeError: `.get` gives None, and None has no entries. Ask for None first.",
    )
    case.mistake(
        _unknown_raises(rules, ValueError),
        f"An unknown {what} raises an exception on purpose. That is no answer and costs all points; return the error.",
    )


# -- token_endpoint ---------------------------------------------------------------------------------------------------


def _issue(
    request: Values,
    state: Values,
    now: int,
    lifetime: Callable[[Values, int], int] = lambda grant, now: now + WORKDAY,
    used: bool = True,
    taken: bool = True,
    kept: bool = True,
    last: bool = False,
    copied: tuple[str, ...] = (),
    born_used: bool = False,
) -> Answer:
    """Redeem a code that passed. The flags leave a step out or do it wrongly."""
    grant = state["codes"][request["code"]]
    token, fresh = _taken(state, last)
    response = {
        "access_token": {"sub": grant["sub"], "aud": grant["aud"], "client_id": grant["client_id"]},
        "id_token": {"sub": grant["sub"], "aud": grant["client_id"], "nonce": grant["nonce"]},
        "refresh_token": token,
    }
    record = {name: grant[name] for name in ("client_id", "sub", "aud", "family", *copied)}
    record |= {"expires": lifetime(grant, now), "used": born_used}
    codes = {**state["codes"], request["code"]: {**grant, "used": grant["used"] or used}}
    return response, {
        "codes": codes,
        "refresh_tokens": {**state["refresh_tokens"], token: record} if kept else state["refresh_tokens"],
        "fresh": fresh if taken else state["fresh"],
    }


def _taken(state: Values, last: bool) -> tuple[str, list[str]]:
    """A text of fresh, the first or the last, and what is left."""
    fresh = state["fresh"]
    return (fresh[-1], fresh[:-1]) if last else (fresh[0], fresh[1:])


_CODE: Rules = {
    "grant_type": "authorization_code",
    "needs": ("code", "client_id", "redirect_uri", "code_verifier"),
    "absent": _absent,
    "form": _form,
    "table": "codes",
    "shows": "code",
    "unknown": INVALID_GRANT,
    "order": ("client", "redirect", "pkce", "used", "expired"),
    "refuses": {
        "client": _differs("client_id"),
        "redirect": _differs("redirect_uri"),
        "pkce": lambda request, grant, now: not _fits(request["code_verifier"], grant["code_challenge"]),
        "used": lambda request, grant, now: grant["used"],
        "expired": lambda request, grant, now: now >= grant["expires"],
    },
    "names": {},
    "replayed": _revoked,
    "issues": _issue,
}


@exercise(
    "token_endpoint",
    points=10,
    spec="RFC 6749 §4.1.2, §4.1.3, §5.2; RFC 7636 §4.6; RFC 9700 §2.1.1, §4.5; OpenID Connect Core §3.1.3",
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
)
def token_endpoint(case: Case) -> None:
    """A code in, tokens' claims out, or the error's name."""
    scene = _Scene(case)
    _good_codes(case, scene)
    _bad_verifiers(case, scene)
    _bad_codes(case, scene)
    _used_codes(case, scene)
    _bad_code_forms(case, scene)
    _token_mistakes(case)


class _Scene:
    """Two clients, two people and what the issuer remembers of them, with fresh names."""

    def __init__(self, case: Case) -> None:
        self._random = case.random
        self.number = case.random.randrange(100, 1000)
        self.now = 1_800_000_000 + case.random.randrange(10**6)
        self.verifier, self.challenge = _pair(case.random.randbytes(32))
        self.other_verifier, self.other_challenge = _pair(case.random.randbytes(32))
        self.code, self.other_code = self.text(), self.text()
        self.family, self.other_family, self.third_family = self.text(), self.text(), self.text()
        self.redirect = f"https://rota-{self.number}.example/callback"

    def text(self) -> str:
        """A random text, as servers draw them."""
        return b64u_encode(self._random.randbytes(12))

    def grant(self, **changes: Any) -> Values:
        """What stands behind a code of Ada's at the rota."""
        return {
            "client_id": "rota",
            "redirect_uri": self.redirect,
            "code_challenge": self.challenge,
            "nonce": f"n-{self.number}",
            "sub": "ada",
            "aud": f"https://api-{self.number}.example",
            "family": self.family,
            "expires": self.now + 60,
            "used": False,
            **changes,
        }

    def other_grant(self) -> Values:
        """What stands behind a code of Bob's at the depot."""
        return self.grant(
            client_id="depot",
            redirect_uri=f"https://depot-{self.number}.example/callback",
            code_challenge=self.other_challenge,
            nonce=f"n-{self.number + 1}",
            sub="bob",
            family=self.other_family,
        )

    def record(self, **changes: Any) -> Values:
        """What stands behind a refresh token of Ada's at the rota."""
        return {
            "client_id": "rota",
            "sub": "ada",
            "aud": f"https://api-{self.number}.example",
            "family": self.family,
            "expires": self.now + 600,
            "used": False,
            **changes,
        }

    def state(self, refresh_tokens: Values | None = None, **grant: Any) -> Values:
        """The issuer's memory: this grant behind the code, another one, and these refresh tokens."""
        return {
            "codes": {self.other_code: self.other_grant(), self.code: self.grant(**grant)},
            "refresh_tokens": refresh_tokens or {},
            "fresh": [self.text(), self.text()],
        }

    def bystanders(self) -> Values:
        """Refresh tokens that no replay of this code concerns: Ada's elsewhere, Ada's earlier login here, Bob's."""
        return {
            self.text(): self.record(family=self.third_family, client_id="depot"),
            self.text(): self.record(family=self.third_family + "2"),
            self.text(): self.record(family=self.other_family, sub="bob"),
        }

    def request(self, **changes: str | None) -> Values:
        """The rota's token request, what is special about it first; None leaves a parameter out."""
        usual = {
            "grant_type": "authorization_code",
            "code": self.code,
            "client_id": "rota",
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
        }
        return {name: value for name, value in {**changes, **usual, **changes}.items() if value is not None}


_ALL_RIGHT = "In this request everything is right, so it must succeed. "


def _good_codes(case: Case, scene: _Scene) -> None:
    def good(request: Values, state: Values, why: str, now: int = scene.now) -> None:
        case.answers((request, state, now), _answer(_CODE, request, state, now), NAMES, why=why)

    good(scene.request(), scene.state(), _ALL_RIGHT + "Compare the claims of both tokens, and each entry of state.")
    good(
        scene.request(),
        scene.state(scene.bystanders()),
        "Others have refresh tokens, too. They stay as they are.",
    )
    good(
        scene.request(),
        scene.state(expires=scene.now + 1),
        "A second is left; the code is good until its time.",
    )
    good(
        scene.request(scope="openid", resource="https://elsewhere.example"),
        scene.state(),
        "A parameter that this endpoint does not know is ignored (RFC 6749 §3.2).",
    )
    other = scene.other_grant()
    good(
        scene.request(
            code=scene.other_code,
            client_id="depot",
            redirect_uri=other["redirect_uri"],
            code_verifier=scene.other_verifier,
        ),
        scene.state(scene.bystanders()),
        "Bob's code at the other client: its own grant decides about everything.",
    )
    redirect = scene.redirect + "?from=stage"
    good(
        scene.request(redirect_uri=redirect),
        scene.state(redirect_uri=redirect, nonce=""),
        "A redirect_uri may have a query of its own. It is compared as text.",
    )


def _refused(
    case: Case, request: Values, state: Values, now: int, error: Values, why: str, vital: bool = False
) -> None:
    case.answers((request, state, now), (error, state), NAMES, why=why, bad=True, vital=vital)


def _missing(name: str) -> str:
    return f"{name} is missing in this request: invalid_request (RFC 6749 §5.2)."


_EMPTY = "A parameter without a value counts as missing (RFC 6749 §3.2)."


def _bad_verifiers(case: Case, scene: _Scene) -> None:
    def bad(verifier: str, why: str, vital: bool = False, **grant: Any) -> None:
        _refused(
            case,
            scene.request(code_verifier=verifier),
            scene.state(**grant),
            scene.now,
            INVALID_GRANT,
            why,
            vital,
        )

    wrong = "This verifier does not give the challenge of the grant (RFC 7636 §4.6)."
    bad(_pair(case.random.randbytes(32))[0], wrong, vital=True)
    bad(scene.other_verifier, "This is the verifier of somebody else's login.", vital=True)
    bad(scene.verifier.swapcase(), wrong)
    bad(scene.verifier + "=", wrong)
    bad(scene.verifier + " ", wrong)
    bad(scene.verifier[:-1], wrong)
    bad(
        scene.challenge,
        "The challenge is shown for the verifier, and it stood in an address. That is the method `plain`.",
        vital=True,
    )
    bad("é" * 43, "The verifier comes from a stranger; letters that are not ASCII are just wrong.")
    none = "This login began without a challenge, so no verifier fits (RFC 9700 §4.8.2, the downgrade attack)."
    bad(scene.verifier, none, vital=True, code_challenge="")
    bad("x", none, code_challenge="")
    bad(scene.verifier, "This challenge is `plain`: the verifier itself.", code_challenge=scene.verifier)
    written = "This challenge is the right hash in hexadecimal, and S256 is base64url."
    bad(scene.verifier, written, code_challenge=hashlib.sha256(scene.verifier.encode()).hexdigest())
    twice = "This is the challenge of another text: of the verifier, encoded once more."
    bad(scene.verifier, twice, code_challenge=_pair(scene.verifier.encode())[1])


def _bad_codes(case: Case, scene: _Scene) -> None:
    def bad(why: str, vital: bool = False, now: int = scene.now, state: Values | None = None, **request: Any) -> None:
        _refused(
            case,
            scene.request(**request),
            state or scene.state(scene.bystanders()),
            now,
            INVALID_GRANT,
            why,
            vital,
        )

    bad("Nobody was given this code.", vital=True, code=scene.text())
    bad("Codes are compared exactly.", code=scene.code + "=")
    bad("The family's name is no code.", code=scene.family)
    bad("The code was given to another client.", vital=True, client_id="depot")
    bad("A client's name is compared exactly.", client_id="Rota")
    bad("Nobody knows this client.", client_id="mallory")
    exact = "redirect_uri is not the one that the login began with; it is compared as text (RFC 9700 §2.1)."
    bad(exact, vital=True, redirect_uri="https://mallory.example/callback")
    bad(exact, redirect_uri=scene.redirect + "/")
    bad(exact, redirect_uri=scene.redirect + "?x=1")
    bad(exact, redirect_uri=scene.redirect.removesuffix("/callback"))
    bad(exact, redirect_uri=scene.redirect.replace("https", "http"))
    late = "The code has expired: now has reached `expires`."
    bad("The code has expired in this very second: now is its `expires`.", now=scene.now + 60)
    bad(late, now=scene.now + 61)
    bad(late, now=scene.now + 10**6)


def _used_codes(case: Case, scene: _Scene) -> None:
    def again(
        tokens: Values, why: str, revoked: bool, vital: bool = False, now: int = scene.now, **request: Any
    ) -> None:
        state = scene.state({**scene.bystanders(), **tokens}, used=True)
        after = _revoked(state, scene.grant()) if revoked else state
        asked = (scene.request(**request), state, now)
        case.answers(asked, (INVALID_GRANT, after), NAMES, why=why, bad=True, vital=vital)

    alive = {scene.text(): scene.record()}
    again({}, "This code has been used (RFC 6749 §4.1.2).", True, vital=True)
    both = "A used code comes again: what was issued from it ends, the whole family and nothing else (RFC 6749 §4.1.2)."
    again(alive, both, True)
    rotated = {scene.text(): scene.record(used=True), scene.text(): scene.record(used=True), **alive}
    again(rotated, both, True)
    again(alive, "Used and expired: it is still a replay, so the family ends.", True, now=scene.now + 3600)
    unfit = "This request is not even a good one. An old code out of a log must not be enough to end Ada's login."
    again(alive, unfit, False, code_verifier=scene.other_verifier)
    again(alive, unfit, False, client_id="depot")
    again(alive, unfit, False, redirect_uri="https://mallory.example/callback")


def _bad_code_forms(case: Case, scene: _Scene) -> None:
    def bad(error: Values, why: str, **request: str | None) -> None:
        vital = not request.get("code_verifier", "x")  # tokens without a verifier: the code would be a bearer token
        _refused(case, scene.request(**request), scene.state(), scene.now, error, why, vital)

    for name in ("code_verifier", "code", "client_id", "redirect_uri", "grant_type"):
        bad(INVALID_REQUEST, _missing(name), **{name: None})
    for name in ("code", "code_verifier", "grant_type"):
        bad(INVALID_REQUEST, _EMPTY, **{name: ""})
    other = "This function serves the grant type authorization_code alone, and says unsupported_grant_type to others."
    for name in ("refresh_token", "password", "Authorization_Code"):
        bad(UNSUPPORTED, other, grant_type=name)
    bad(UNSUPPORTED, "The grant type is asked before the other parameters.", grant_type="implicit", code=None)


def _token_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[[Values, Values, int], Any]:
        return _wrong(_CODE, **changes)

    def refusing(**questions: Any) -> Callable[[Values, Values, int], Any]:
        return wrong(refuses=questions)

    def issuing(**options: Any) -> Callable[[Values, Values, int], Any]:
        return wrong(issues=lambda request, state, now: _issue(request, state, now, **options))

    def answering(change: Callable[[Values], None]) -> Callable[[Values, Values, int], Any]:
        def endpoint(request: Values, state: Values, now: int) -> Answer:
            response, after = copy.deepcopy(_answer(_CODE, request, state, now))
            if "error" not in response:
                change(response)
            return response, after

        return endpoint

    needs: tuple[str, ...] = _CODE["needs"]
    no_verifier = needs[:-1]
    case.mistake(
        wrong(order=_without(_CODE, "pkce"), needs=no_verifier),
        "The verifier is never looked at. Then whoever has the code has the tokens.",
    )
    case.mistake(
        wrong(order=_without(_CODE, "pkce")),
        "It asks that there is a verifier, and does not compare it. Hash it and compare with the challenge.",
    )
    case.mistake(
        wrong(
            needs=no_verifier,
            refuses={
                "pkce": lambda r, g, now: (
                    bool(r.get("code_verifier")) and not _fits(r["code_verifier"], g["code_challenge"])
                )
            },
        ),
        "The verifier is checked only if there is one. A thief just leaves it out.",
    )
    case.mistake(
        refusing(
            pkce=lambda r, g, now: bool(g["code_challenge"]) and not _fits(r["code_verifier"], g["code_challenge"])
        ),
        "Where the grant has no challenge, nothing is compared. A thief begins such a login himself: refuse it (RFC "
        "9700 §4.8.2).",
    )
    case.mistake(
        refusing(
            pkce=lambda r, g, now: (
                not _fits(r["code_verifier"], g["code_challenge"]) and r["code_verifier"] != g["code_challenge"]
            )
        ),
        "The challenge itself is taken for a verifier (`plain`). The challenge stood in an address; only its original "
        "proves anything.",
    )
    case.mistake(
        refusing(pkce=lambda r, g, now: r["code_verifier"] != g["code_challenge"]),
        "The verifier is compared with the challenge without hashing it first. Hash, base64url, then compare.",
    )
    case.mistake(
        refusing(pkce=lambda r, g, now: hashlib.sha256(r["code_verifier"].encode()).hexdigest() != g["code_challenge"]),
        "The hash is compared in hexadecimal. The challenge is base64url, as pkce_pair writes it.",
    )
    case.mistake(
        refusing(pkce=lambda r, g, now: _pair(r["code_verifier"].encode(), 0, 1000)[1] != g["code_challenge"]),
        "The verifier is encoded once more before it is hashed. pkce_pair begins with random bytes; a verifier is text "
        "already. Hash that text.",
    )
    case.mistake(
        refusing(pkce=lambda r, g, now: True),
        "Nothing gets past rule 5. Print both sides of its comparisons; the challenge is base64url of the 32 bytes "
        "that `.digest()` gives for the verifier's text.",
    )
    case.mistake(
        refusing(pkce=lambda r, g, now: not _fits(r["code_verifier"].strip("= "), g["code_challenge"])),
        "The verifier is tidied up before it is hashed. It fits as it came, or it does not.",
    )
    case.mistake(
        refusing(
            pkce=lambda r, g, now: (
                b64u_encode(hashlib.sha256(r["code_verifier"].encode("ascii")).digest()) != g["code_challenge"]
            )
        ),
        "`.encode('ascii')` raises an exception for other letters, and the verifier comes from a stranger. Use "
        "`.encode()`.",
    )
    case.mistake(
        wrong(order=_without(_CODE, "used"), issues=lambda r, s, now: _issue(r, s, now, used=False)),
        "A code works again and again: it is neither marked as used nor asked whether it is (RFC 6749 §4.1.2).",
    )
    case.mistake(
        wrong(order=_without(_CODE, "used")),
        "The code is marked as used, but nobody looks at the mark when it comes again.",
    )
    case.mistake(
        issuing(used=False),
        "The code is not marked as used in the new state, so it works a second time.",
    )
    case.mistake(
        wrong(issues=_deleting),
        "The code is deleted from the state. Then its second use looks like any unknown code, and nobody learns that "
        "somebody else has it. Keep it, with `used` True.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: state),
        "A used code is refused, but what was issued from it lives on. One of the two who had the code is a thief: "
        "remove the family's refresh tokens.",
    )
    case.mistake(wrong(replayed=_deleted_in_the_loop), _IN_THE_LOOP)
    case.mistake(
        wrong(replayed=lambda state, record: {**state, "refresh_tokens": {}}),
        "A replay ends everybody's refresh tokens. Only those of the same family were issued from this code.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: _revoked(state, record, ("sub",))),
        "A replay ends all of this person's refresh tokens, and one at another client, too. Compare `family`.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: _revoked(state, record, ("sub", "client_id"))),
        "A replay also ends another login of the same person at the same client. Compare `family`.",
    )
    case.mistake(
        wrong(replayed=_only_live_revoked),
        "A replay removes the family's live refresh tokens and leaves the used ones. The whole family goes.",
    )
    case.mistake(
        wrong(order=("client", "redirect", "pkce", "expired", "used")),
        "Whether the code has expired is asked before whether it was used. A replay after the end is a replay: rule 6 "
        "comes before rule 7.",
    )
    case.mistake(
        wrong(order=("used", "client", "redirect", "pkce", "expired")),
        "A used code ends the family even in a request that is wrong otherwise. Then an old code out of a log is "
        "enough to log Ada out; rule 6 comes after rule 5.",
    )
    case.mistake(wrong(order=_without(_CODE, "expired")), "A code never expires. Compare now with its `expires`.")
    case.mistake(
        refusing(expired=lambda r, g, now: now > g["expires"]),
        "In the second in which it expires the code still works. It has expired when now >= expires, like exp.",
    )
    case.mistake(
        wrong(order=_without(_CODE, "client")),
        "client_id is not compared. Another client redeems a code that was not given to it.",
    )
    case.mistake(
        wrong(names={"client": {"error": "invalid_client"}}),
        "Another client's code is answered with invalid_client. That word is for failed client authentication; this "
        "is invalid_grant (RFC 6749 §5.2).",
    )
    case.mistake(
        wrong(order=_without(_CODE, "redirect")),
        "redirect_uri is not compared with the one that the login began with (RFC 6749 §4.1.3).",
    )
    case.mistake(
        refusing(redirect=lambda r, g, now: not r["redirect_uri"].startswith(g["redirect_uri"])),
        "redirect_uri only has to begin in the same way. It is the same text, or it is another address.",
    )
    case.mistake(
        refusing(redirect=lambda r, g, now: not g["redirect_uri"].startswith(r["redirect_uri"])),
        "A part of the redirect_uri is enough. It is the same text, or it is another address.",
    )
    case.mistake(
        refusing(redirect=lambda r, g, now: r["redirect_uri"].rstrip("/") != g["redirect_uri"]),
        "A slash at the end of redirect_uri is forgiven. It is compared as text (RFC 9700 §2.1).",
    )
    _about_the_unknown(case, _CODE, "code")
    case.mistake(
        wrong(unknown=INVALID_REQUEST),
        "An unknown code is answered with invalid_request. The form of the request is fine: invalid_grant.",
    )
    case.mistake(
        wrong(unknown={"error": "invalid_code"}),
        "There is no error called invalid_code. RFC 6749 §5.2 has a short list; this one is invalid_grant.",
    )
    case.mistake(
        wrong(form=lambda rules, r: UNSUPPORTED if r.get("grant_type") != rules["grant_type"] else _form(rules, r)),
        "A missing grant_type is answered with unsupported_grant_type. What is missing can't be unsupported: "
        "invalid_request.",
    )
    case.mistake(
        wrong(form=_needs_first),
        "The other parameters are asked for before the grant type. Which ones are needed depends on it.",
    )
    case.mistake(
        wrong(form=lambda rules, r: None if r.get("grant_type") else INVALID_REQUEST),
        "The grant type is not compared, or a missing parameter is not noticed. Rules 1 to 3 see to the form first.",
    )
    case.mistake(
        wrong(absent=lambda request, name: name not in request),
        "A parameter with an empty value is taken as there. RFC 6749 §3.2: it counts as left out.",
    )
    case.mistake(
        _keyed(_CODE),
        "A missing parameter raises KeyError, and the client gets an error page of the server. Use `request.get` and "
        "return invalid_request.",
    )
    case.mistake(
        _keyed(_CODE, empty=False),
        "A missing parameter raises KeyError, and an empty one is taken as there. `request.get(name)` is None or empty "
        "in both cases: return invalid_request.",
    )
    case.mistake(
        _raising(_CODE),
        "It raises an exception where it should answer. An error is a response here: return ({'error': …}, state).",
    )
    case.mistake(
        answering(lambda response: response["id_token"].update(aud=response["access_token"]["aud"])),
        "The ID token's aud is the API. It is for the client: aud is the client_id (OpenID Connect Core §2).",
    )
    case.mistake(
        answering(lambda response: response["access_token"].update(aud=response["access_token"]["client_id"])),
        "The access token's aud is the client. It is for the API: aud is the grant's aud (RFC 9068 §2.2).",
    )
    case.mistake(_swapped, "The two tokens' aud are swapped. ID token: the client. Access token: the API.")
    case.mistake(
        answering(lambda response: response["id_token"].pop("nonce")),
        "The ID token has no nonce. Without it the client can't tell this login from another one.",
    )
    case.mistake(
        answering(lambda response: response["access_token"].update(nonce=response["id_token"]["nonce"])),
        "The nonce is in the access token, too. It is the client's, and only the ID token goes to the client.",
    )
    case.mistake(
        answering(lambda response: response["access_token"].pop("client_id")),
        "The access token does not say which client it was issued to: `client_id` (RFC 9068 §2.2).",
    )
    case.mistake(
        answering(lambda response: response.update(access_token=response["id_token"])),
        "One token is returned under both names. They have different readers, so they have different claims.",
    )
    case.mistake(
        issuing(taken=False),
        "The refresh token is not taken out of `fresh`. The next login would get the same one.",
    )
    case.mistake(issuing(last=True), "The last text of `fresh` is taken away. Take the first: `.pop(0)`.")
    case.mistake(
        issuing(born_used=True),
        "`used` is True in the refresh token's record. The code is used now; the new refresh token is not.",
    )
    whole = ("redirect_uri", "code_challenge", "nonce")
    case.mistake(
        issuing(copied=whole),
        "The whole grant is copied into the refresh token's record. Rule 8 names the entries that it has.",
    )
    case.mistake(
        issuing(copied=whole, born_used=True),
        "The whole grant is copied into the refresh token's record, after it was marked as used. Rule 8 names the "
        "entries that it has.",
    )
    case.mistake(
        issuing(kept=False),
        "The refresh token is handed out, but not remembered in `refresh_tokens`. Nobody could use it.",
    )
    case.mistake(
        issuing(lifetime=lambda grant, now: grant["expires"]),
        "The refresh token expires with the code, in a minute. It has eight hours: now + 28_800.",
    )
    case.mistake(
        issuing(lifetime=lambda grant, now: now + 86_400),
        "The refresh token lives for a day. The docstring says now + 28_800, eight hours.",
    )
    case.mistake(
        lambda request, state, now: _answer(_CODE, request, state, now)[0],
        "It returns the response alone. The new state goes with it: `return response, state`.",
    )
    case.mistake(
        lambda request, state, now: (_answer(_CODE, request, state, now)[0], state),
        "The state that comes back is the old one. Whoever changes a copy must return the copy.",
    )
    case.mistake(
        wrong(issues=lambda r, s, now: _issue(r, s, now, used=False, taken=False, kept=False)),
        "Nothing is remembered: code, refresh token and `fresh` are as before.",
    )
    for question, name in {"pkce": "code_verifier", "client": "client_id", "redirect": "redirect_uri"}.items():
        case.mistake(
            wrong(order=_without(_CODE, question), replayed=lambda state, record: state),
            f"{name} is not compared with the grant's, and a used code is refused without ending what was issued "
            "from it.",
        )
    case.mistake(
        lambda request, state, now: (INVALID_GRANT, state),
        "It says invalid_grant whatever comes. Either the good case is not reached, or it is not there yet.",
    )
    case.mistake(
        _burning,
        "A failed attempt uses the code up. Then whoever has seen a code can spoil the login; leave the state as it "
        "is.",
    )


def _deleting(request: Values, state: Values, now: int) -> Answer:
    response, after = _issue(request, state, now)
    codes = {code: grant for code, grant in after["codes"].items() if code != request["code"]}
    return response, {**after, "codes": codes}


def _only_live_revoked(state: Values, record: Values) -> Values:
    kept = {
        token: one for token, one in state["refresh_tokens"].items() if one["family"] != record["family"] or one["used"]
    }
    return {**state, "refresh_tokens": kept}


def _needs_first(rules: Rules, request: Values) -> Values | None:
    if any(_absent(request, name) for name in ("grant_type", *rules["needs"])):
        return INVALID_REQUEST
    return _form(rules, request)


def _keyed(rules: Rules, empty: bool = True) -> Callable[[Values, Values, int], Any]:
    """As it is with `request[name]` everywhere; empty: and empty values are noticed."""
    changed = rules if empty else {**rules, "absent": lambda request, name: name not in request}

    def endpoint(request: Values, state: Values, now: int) -> Answer:
        if request["grant_type"] == rules["grant_type"]:
            assert [request[name] for name in rules["needs"]]
        return _answer(changed, request, state, now)

    return endpoint


def _raising(rules: Rules) -> Callable[[Values, Values, int], Any]:
    def endpoint(request: Values, state: Values, now: int) -> Answer:
        response, after = _answer(rules, request, state, now)
        if "error" in response:
            raise ValueError(response["error"])
        return response, after

    return endpoint


def _swapped(request: Values, state: Values, now: int) -> Answer:
    response, after = copy.deepcopy(_answer(_CODE, request, state, now))
    if "error" not in response:
        access, identity = response["access_token"], response["id_token"]
        access["aud"], identity["aud"] = identity["aud"], access["aud"]
    return response, after


def _burning(request: Values, state: Values, now: int) -> Answer:
    response, after = copy.deepcopy(_answer(_CODE, request, state, now))
    if response == INVALID_GRANT and request["code"] in after["codes"]:
        after["codes"][request["code"]]["used"] = True
    return response, after


# -- refresh ----------------------------------------------------------------------------------------------------------


def _rotate(
    request: Values,
    state: Values,
    now: int,
    marked: bool = True,
    taken: bool = True,
    kept: bool = True,
    last: bool = False,
    **changes: Callable[[Values, Values, int], Any],
) -> Answer:
    """Answer a refresh token that passed. The flags leave a step out, the changes make the new record another one."""
    shown, record = request["refresh_token"], state["refresh_tokens"][request["refresh_token"]]
    token, fresh = _taken(state, last)
    tokens = {**state["refresh_tokens"], shown: {**record, "used": marked}}
    if kept:
        tokens[token] = {**record, **{name: change(request, record, now) for name, change in changes.items()}}
    response = {
        "access_token": {"sub": record["sub"], "aud": record["aud"], "client_id": record["client_id"]},
        "refresh_token": token,
    }
    return response, {**state, "refresh_tokens": tokens, "fresh": fresh if taken else state["fresh"]}


_REFRESH: Rules = {
    "grant_type": "refresh_token",
    "needs": ("refresh_token", "client_id"),
    "absent": _absent,
    "form": _form,
    "table": "refresh_tokens",
    "shows": "refresh_token",
    "unknown": INVALID_GRANT,
    "order": ("client", "used", "expired"),
    "refuses": {
        "client": _differs("client_id"),
        "used": lambda request, record, now: record["used"],
        "expired": lambda request, record, now: now >= record["expires"],
    },
    "names": {},
    "replayed": _revoked,
    "issues": _rotate,
}


@exercise(
    "refresh",
    points=8,
    spec="RFC 6749 §6, §5.2; RFC 9700 §2.2.2, §4.14.2",
    hints=(
        "It is token_endpoint once more, with another table: `state['refresh_tokens']`. What is new is what happens "
        "in the good case: the old token is marked, and a new one takes its place.",
        "The new token's record is a copy of the old one's: same client, same family, same `expires`. Copy it "
        "*before* you set `used` in the old one. Rule 5 removes the family, as a used code did.",
        "`record = state['refresh_tokens'].get(request['refresh_token'])`; the rules; then "
        "`token = state['fresh'].pop(0)`, `state['refresh_tokens'][token] = dict(record)`, `record['used'] = True`, "
        "and the response has `access_token` and `refresh_token` and no `id_token`.",
    ),
)
def refresh(case: Case) -> None:
    """A refresh token in, an access token's claims and the next refresh token out."""
    scene = _Scene(case)
    _good_refreshes(case, scene)
    _bad_refreshes(case, scene)
    _reuse(case, scene)
    _refresh_mistakes(case)


def _asking(token: str | None, **changes: str | None) -> Values:
    """The rota's request, what is special about it first; None leaves a parameter out."""
    usual = {"grant_type": "refresh_token", "refresh_token": token, "client_id": "rota"}
    return {name: value for name, value in {**changes, **usual, **changes}.items() if value is not None}


def _good_refreshes(case: Case, scene: _Scene) -> None:
    def good(tokens: Values, token: str, why: str, **request: Any) -> None:
        state = scene.state(tokens, used=True)
        asked = _asking(token, **request)
        case.answers((asked, state, scene.now), _answer(_REFRESH, asked, state, scene.now), NAMES, why=why)

    one, two, three = scene.text(), scene.text(), scene.text()
    good({one: scene.record()}, one, _ALL_RIGHT + "Compare each entry of the new state.")
    good({**scene.bystanders(), one: scene.record()}, one, "Other refresh tokens stay as they are.")
    good({one: scene.record(expires=scene.now + 1)}, one, "A second is left.")
    good(
        {one: scene.record(used=True), two: scene.record(used=True), three: scene.record()},
        three,
        "The third of its family. The used ones before it stay, so that their reuse is noticed.",
    )
    good(
        {one: scene.record(client_id="depot", sub="bob", aud=f"https://other-{scene.number}.example")},
        one,
        "Another client, with its own token, for another API.",
        client_id="depot",
    )
    good({one: scene.record()}, one, "Unknown parameters are ignored (RFC 6749 §3.2).", scope="openid", code="x")


def _bad_refreshes(case: Case, scene: _Scene) -> None:
    one = scene.text()

    def bad(
        error: Values, why: str, token: str | None = one, vital: bool = False, now: int = scene.now, **request: Any
    ) -> None:
        state = scene.state({**scene.bystanders(), one: scene.record()}, used=True)
        _refused(case, _asking(token, **request), state, now, error, why, vital)

    bad(INVALID_GRANT, "Nobody was given this refresh token.", scene.text(), vital=True)
    bad(INVALID_GRANT, "Refresh tokens are compared exactly.", one.swapcase())
    bad(INVALID_GRANT, "A code is no refresh token.", scene.code)
    bad(INVALID_GRANT, "A refresh token belongs to one client (RFC 6749 §6).", vital=True, client_id="depot")
    bad(INVALID_GRANT, "A client's name is compared exactly.", client_id="ROTA")
    bad(INVALID_REQUEST, _missing("refresh_token"), None)
    bad(INVALID_REQUEST, _missing("client_id"), client_id=None)
    bad(INVALID_REQUEST, _missing("grant_type"), grant_type=None)
    bad(INVALID_REQUEST, _EMPTY, "")
    bad(INVALID_REQUEST, _EMPTY, client_id="")
    other = "This function serves the grant type refresh_token alone."
    bad(UNSUPPORTED, other, grant_type="authorization_code")
    bad(UNSUPPORTED, other, grant_type="refresh")
    bad(UNSUPPORTED, "The grant type is asked before the other parameters.", None, grant_type="client_credentials")
    bad(INVALID_GRANT, "It has expired in this very second: now is its `expires`.", now=scene.now + 600)
    late = "The refresh token has expired: now has reached `expires`."
    for seconds in (601, 10**6):
        bad(INVALID_GRANT, late, now=scene.now + seconds)


def _reuse(case: Case, scene: _Scene) -> None:
    one, two, three = scene.text(), scene.text(), scene.text()

    def again(tokens: Values, why: str, revoked: bool, vital: bool = False, now: int = scene.now, **asked: Any) -> None:
        state = scene.state({**scene.bystanders(), **tokens}, used=True)
        after = _revoked(state, scene.record()) if revoked else state
        request = (_asking(one, **asked), state, now)
        case.answers(request, (INVALID_GRANT, after), NAMES, why=why, bad=True, vital=vital)

    old = {one: scene.record(used=True)}
    reused = "A used refresh token comes again: somebody has a copy. The whole family ends (RFC 9700 §4.14.2)."
    again(old, "This refresh token has been used.", True, vital=True)
    again({**old, two: scene.record()}, reused, True)
    again({**old, two: scene.record(used=True), three: scene.record()}, reused, True)
    again({three: scene.record(used=True), **old, two: scene.record()}, reused, True)
    again(
        {**old, two: scene.record()},
        "Used and expired: it is still a copy that somebody has.",
        True,
        now=scene.now + 3600,
    )
    again({**old, two: scene.record()}, "It is not even this client's; nothing is revoked.", False, client_id="depot")


def _refresh_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[[Values, Values, int], Any]:
        return _wrong(_REFRESH, **changes)

    def rotating(**options: Any) -> Callable[[Values, Values, int], Any]:
        return wrong(issues=lambda request, state, now: _rotate(request, state, now, **options))

    def answering(change: Callable[[Values], None]) -> Callable[[Values, Values, int], Any]:
        def endpoint(request: Values, state: Values, now: int) -> Answer:
            response, after = copy.deepcopy(_answer(_REFRESH, request, state, now))
            if "error" not in response:
                change(response)
            return response, after

        return endpoint

    case.mistake(
        wrong(issues=_not_rotating, order=_without(_REFRESH, "used")),
        "The same refresh token comes back. Nothing rotates, so a thief's copy works as long as Ada's.",
    )
    case.mistake(
        wrong(order=_without(_REFRESH, "used")),
        "The old token is marked as used, but nobody looks at the mark when it comes again.",
    )
    case.mistake(
        rotating(marked=False),
        "The old refresh token is not marked as used. Now there are two that work.",
    )
    case.mistake(
        wrong(issues=_forgetting),
        "The old refresh token is deleted. Its reuse then looks like any unknown token, and the thief keeps the "
        "new one. Keep it, with `used` True.",
    )
    case.mistake(
        rotating(used=lambda r, record, now: True),
        "`used` of the new token is True: its record was copied after the old one's had been marked.",
    )
    case.mistake(
        rotating(kept=False),
        "The new refresh token is handed out and not remembered, so it will be unknown when it comes.",
    )
    case.mistake(rotating(last=True), "The last text of `fresh` is taken away. Take the first: `.pop(0)`.")
    case.mistake(rotating(taken=False), "The new token is not taken out of `fresh`, so the next one will be the same.")
    case.mistake(
        rotating(expires=lambda r, record, now: now + WORKDAY),
        "Each rotation gives another eight hours. Then a login never ends; `expires` is that of the old token.",
    )
    case.mistake(
        rotating(family=lambda r, record, now: r["refresh_token"]),
        "The new token gets a family of its own. Then a reuse can't find its descendants: the family stays.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: state),
        "Reuse is refused, and nothing else happens. If the thief was first, he goes on with the new token: remove the "
        "whole family.",
    )
    case.mistake(
        wrong(order=_without(_REFRESH, "client"), replayed=lambda state, record: state),
        "client_id is not compared with the record's, and a reuse is refused without ending the family.",
    )
    case.mistake(
        wrong(order=_without(_REFRESH, "client"), replayed=_only_this_revoked),
        "client_id is not compared with the record's, and a reuse removes only the token that was shown.",
    )
    case.mistake(
        wrong(replayed=_only_this_revoked),
        "Reuse removes the token that was shown. It was of no use any more; its descendants are: remove the family.",
    )
    case.mistake(
        lambda request, state, now: (INVALID_GRANT, state),
        "It says invalid_grant whatever comes. Either the good case is not reached, or it is not there yet.",
    )
    case.mistake(
        wrong(replayed=_all_but_this_revoked),
        "The token that came again is left where it was. The whole family is removed, itself too.",
    )
    case.mistake(wrong(replayed=_deleted_in_the_loop), _IN_THE_LOOP)
    case.mistake(
        wrong(replayed=_only_used_revoked),
        "Reuse removes the used tokens and leaves the live one, and that may be the thief's.",
    )
    case.mistake(
        wrong(replayed=_only_live_revoked),
        "Reuse removes the live token and leaves the used ones. The whole family goes.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: {**state, "refresh_tokens": {}}),
        "Reuse ends everybody's refresh tokens. Only the family has a thief in it.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: _revoked(state, record, ("sub",))),
        "Reuse ends all of this person's logins, also at other clients. Compare `family`.",
    )
    case.mistake(
        wrong(replayed=lambda state, record: _revoked(state, record, ("sub", "client_id"))),
        "Reuse also ends another login of the same person at the same client. Compare `family`.",
    )
    case.mistake(
        wrong(order=("client", "expired", "used")),
        "Whether the token has expired is asked before whether it was used. A copy is a copy: rule 5 before rule 6.",
    )
    case.mistake(
        wrong(order=("used", "client", "expired")),
        "A used token ends the family even when another client shows it. Rule 4 comes before rule 5.",
    )
    case.mistake(
        wrong(order=_without(_REFRESH, "expired")), "A refresh token never expires. Compare now with `expires`."
    )
    case.mistake(
        wrong(refuses={"expired": lambda r, record, now: now > record["expires"]}),
        "In the second in which it expires the token still works. It has expired when now >= expires.",
    )
    case.mistake(
        wrong(order=_without(_REFRESH, "client")),
        "client_id is not compared. A refresh token works for the client that it was issued to (RFC 6749 §6).",
    )
    case.mistake(
        wrong(names={"client": {"error": "invalid_client"}}),
        "Another client's token is answered with invalid_client. That word is for failed client authentication; this "
        "is invalid_grant (RFC 6749 §5.2).",
    )
    case.mistake(
        wrong(names={"used": {"error": "token_reused"}}),
        "The error says that the token was reused. RFC 6749 §5.2 has no such word, and a thief need not learn it: "
        "invalid_grant.",
    )
    _about_the_unknown(case, _REFRESH, "refresh token")
    case.mistake(
        wrong(unknown={"error": "invalid_token"}),
        "invalid_token is what an API says (RFC 6750 §3.1). The token endpoint says invalid_grant.",
    )
    case.mistake(
        wrong(form=lambda rules, r: UNSUPPORTED if r.get("grant_type") != rules["grant_type"] else _form(rules, r)),
        "A missing grant_type is answered with unsupported_grant_type. It is missing: invalid_request.",
    )
    case.mistake(
        wrong(form=_needs_first),
        "The other parameters are asked for before the grant type. Which ones are needed depends on it.",
    )
    case.mistake(
        wrong(absent=lambda request, name: name not in request),
        "A parameter with an empty value is taken as there. RFC 6749 §3.2: it counts as left out.",
    )
    case.mistake(
        _keyed(_REFRESH),
        "A missing parameter raises KeyError. Use `request.get` and return invalid_request.",
    )
    case.mistake(
        _keyed(_REFRESH, empty=False),
        "A missing parameter raises KeyError, and an empty one is taken as there. `request.get(name)` is None or empty "
        "in both cases: return invalid_request.",
    )
    case.mistake(
        _raising(_REFRESH),
        "It raises an exception where it should answer. An error is a response here: return ({'error': …}, state).",
    )
    case.mistake(
        answering(lambda response: response.update(id_token=response["access_token"])),
        "An id_token comes along. Nobody has logged in just now, so there is nothing to say about a login.",
    )
    case.mistake(
        answering(lambda response: response["access_token"].update(aud=response["access_token"]["client_id"])),
        "The access token's aud is the client. It is for the API: the record's aud (RFC 9068 §2.2).",
    )
    case.mistake(
        answering(lambda response: response.pop("refresh_token")),
        "The response has no refresh_token. The old one no longer works, so the client is left with nothing.",
    )
    case.mistake(
        lambda request, state, now: _answer(_REFRESH, request, state, now)[0],
        "It returns the response alone. The new state goes with it: `return response, state`.",
    )
    case.mistake(
        lambda request, state, now: (_answer(_REFRESH, request, state, now)[0], state),
        "The state that comes back is the old one. Whoever changes a copy must return the copy.",
    )


def _not_rotating(request: Values, state: Values, now: int) -> Answer:
    response, _ = _rotate(request, state, now)
    return {**response, "refresh_token": request["refresh_token"]}, state


def _forgetting(request: Values, state: Values, now: int) -> Answer:
    response, after = _rotate(request, state, now)
    tokens = {token: one for token, one in after["refresh_tokens"].items() if token != request["refresh_token"]}
    return response, {**after, "refresh_tokens": tokens}


def _only_used_revoked(state: Values, record: Values) -> Values:
    kept = {
        token: one
        for token, one in state["refresh_tokens"].items()
        if one["family"] != record["family"] or not one["used"]
    }
    return {**state, "refresh_tokens": kept}


def _only_this_revoked(state: Values, record: Values) -> Values:
    kept = {token: one for token, one in state["refresh_tokens"].items() if one is not record}
    return {**state, "refresh_tokens": kept}


def _all_but_this_revoked(state: Values, record: Values) -> Values:
    kept = {
        token: one
        for token, one in state["refresh_tokens"].items()
        if one["family"] != record["family"] or one is record
    }
    return {**state, "refresh_tokens": kept}
