"""Chapter 03: what a valid token asserts: until when, from whom, for whom."""

import math
import time
from collections.abc import Callable
from typing import Any

from ..inside.values import pack
from ..judging.legacy.case import Case, Predicate, exercise

_LIBRARIES = ("jwt", "joserfc", "jwt_from_scratch")
_TIMES = ("exp", "nbf", "iat")
_NAN, _INFINITY = float("nan"), float("inf")
_HUGE = 10**400
"""A whole number that no float can hold. JSON may have it, and Python's ints go on for ever."""

_BLANKET = "The exception's text names claims that are not at fault. Name the one that is, and no other."
_SILENT = (
    "Bad claims come back as None. The callers below do not look at the result, so they would let everyone in. Raise "
    "ValueError."
)


def _passes(claims: dict[str, Any]) -> Predicate:
    """Good claims give None; handing the claims back is no error either."""
    before = pack(claims)

    def predicate(answer: Any) -> bool | str:
        return answer is None or pack(answer) == before or "these claims are good, so it must return None"

    return predicate


@exercise(
    "check_times",
    points=10,
    spec="RFC 7519 §2, §4.1.4 to §4.1.6",
    forbids=_LIBRARIES,
    hints=(
        "Two questions for each of the three claims, in this order: is it a number at all, and does the clock agree? "
        "And exp has a third: is it there?",
        "`True` is a kind of int in Python, so ask `type(value) in (int, float)`. NaN and infinity are floats; "
        "`-math.inf < value < math.inf` is false for both. Then compare as the docstring says, and put the claim's "
        "name into each ValueError.",
        'If `"exp" not in claims`, raise `ValueError("exp: missing")`. Then `for name in ("exp", "nbf", "iat")`: if '
        "`name in claims` and the value is not a finite number, raise `ValueError(f'{name}: not a number')`. Then "
        "three comparisons: `now - leeway >= claims['exp']`; `'nbf' in claims and now + leeway < claims['nbf']`; "
        "`'iat' in claims and claims['iat'] > now + leeway`.",
    ),
)
def check_times(case: Case) -> None:
    """Claims, the time and a leeway in; ValueError that names the claim, or None."""
    now = 1_000_000_000 + case.random.randrange(500_000_000)  # in the past: the real clock is no help
    leeway = 30 + case.random.randrange(200)
    _good_times(case, now, leeway)
    _bad_times(case, now, leeway)
    _bad_numbers(case, now, leeway)
    _time_mistakes(case)


def _good_times(case: Case, now: int, leeway: int) -> None:
    def good(claims: dict[str, Any], now: float, leeway: float, why: str) -> None:
        case.satisfies((claims, now, leeway), _passes(claims), "return None", why=why)

    absent = "Only exp is required. nbf and iat may be absent."
    life = 60 + case.random.randrange(900)
    good({"exp": now + life}, now, 0, absent)
    good({"exp": now + life, "nbf": now - life, "iat": now - life}, now, leeway, absent)
    other = "Other claims are not its business."
    good({"exp": now + life, "iat": now - 5, "jti": "exp", "expires": "soon"}, now, 0, other)
    good({"exp": now + 315_360_000, "nbf": 0}, now, 0, "A date far away is a date, and so is 0.")
    good({"exp": 1, "iat": -1}, 0, 0, "1 is a number like any other, and so is a time before 1970.")
    good({"exp": now + 0.5, "iat": now - 0.5}, now, 0, "A NumericDate may have a fraction (RFC 7519 §2).")
    good({"exp": now + 60}, now + 0.25, 0, "The time may have a fraction.")
    rare = (
        ({"exp": now + 1}, now + 0.6, "The time is compared as it is. Rounding it takes half a second away."),
        ({"exp": now + 60, "nbf": now + 0.5}, now + 0.75, "The time is compared as it is, with its fraction."),
        ({"exp": (now + 60) * 1000}, now, "A number of milliseconds is a date like any other, only far away."),
        ({"exp": _HUGE}, now, "10**400 is a finite int. No float can hold it, so ask only floats whether they are."),
    )
    for claims, moment, why in rare:
        case.satisfies((claims, moment, 0), _passes(claims), "return None", why=why, rare=True)
    edge = "With leeway, a token is good a little longer: until now - leeway reaches exp."
    good({"exp": now - leeway + 1}, now, leeway, edge)
    good({"exp": now - leeway + 0.25}, now, leeway, edge)
    for name, rule in (("nbf", "nbf itself is the first good second"), ("iat", "A token may be issued this second")):
        good({"exp": now + 9999, name: now}, now, 0, f"{rule} (RFC 7519 §4.1).")
        good({"exp": now + 9999, name: now + leeway}, now, leeway, f"With leeway, {name} may lie that far ahead.")


def _bad_times(case: Case, now: int, leeway: int) -> None:
    def bad(claims: dict[str, Any], now: float, leeway: float, name: str, why: str, only: bool = False) -> None:
        absent = tuple(other for other in _TIMES if other not in claims) if only else ()
        case.raises((claims, now, leeway), ValueError, why=why, naming=name, sparing=absent)

    late = "The token has expired: exp is the moment on or after which it must be refused (RFC 7519 §4.1.4)."
    early = "The token is not good before nbf (RFC 7519 §4.1.5)."
    future = "A token from the future has a wrong clock or a wrong author; the docstring refuses it."
    # Whoever takes one of these does not check that claim at all; naming it is another matter.
    day = 86_400
    case.raises(({"exp": now - day}, now, 0), ValueError, why=late, vital=True)
    case.raises(({"exp": now - day - leeway, "nbf": now - 2 * day}, now, leeway), ValueError, why=late, vital=True)
    case.raises(({"exp": now + 2 * day, "nbf": now + day}, now, leeway), ValueError, why=early, vital=True)
    case.raises(({"exp": now + 2 * day, "iat": now + day}, now, leeway), ValueError, why=future, vital=True)
    bad({"exp": now - 1}, now, 0, "exp", late, only=True)
    bad(
        {"exp": now + 0.5}, now + 0.9, 0, "exp", "The time is compared as it is: cut to whole seconds, it is too early."
    )
    bad({"exp": now}, now, 0, "exp", late)
    bad({"exp": 0}, now, 0, "exp", "0 is a time like any other, and long past.")
    bad({"exp": now - leeway}, now, leeway, "exp", late)
    bad({"exp": now - leeway - 0.5, "iat": now - day}, now, leeway, "exp", late)
    for name, why in (("nbf", early), ("iat", future)):
        bad({"exp": now + day, name: now + 1}, now, 0, name, why, only=True)
        bad({"exp": now + day, name: _HUGE}, now, 0, name, why)
        bad({"exp": now + day, name: now + leeway + 0.5}, now, leeway, name, why)
    bad({"exp": (now + day) * 1000, "iat": now * 1000}, now, leeway, "iat", "Milliseconds put iat into the future.")
    missing = "Without exp a token is good for ever; the docstring requires one."
    case.raises(({}, now, 0), ValueError, why=missing, naming="exp", grave=True)
    bad({"sub": "ada", "iat": now - 5}, now, leeway, "exp", missing)


def _bad_numbers(case: Case, now: int, leeway: int) -> None:
    why = "exp, nbf and iat are numbers (RFC 7519 §2): never text, not even of digits, nor true, false, null or a list."
    finite = "NaN makes every comparison false, and infinity is never reached. Neither is a time."
    # Values that would pass if they were taken for numbers or for nothing.
    value: Any
    for value in (str(now + 900), "never", None, [now + 900], {}):
        case.raises(({"exp": value}, now, leeway), ValueError, why=why, naming="exp")
    case.raises(({"exp": True}, 0, 0), ValueError, why=why, naming="exp")
    for name in ("nbf", "iat"):
        for value in (str(now - 900), "", None, True, False, []):
            case.raises(({"exp": now + 900, name: value}, now, leeway), ValueError, why=why, naming=name)
    for name, value in (("exp", _NAN), ("exp", _INFINITY), ("nbf", _NAN), ("nbf", -_INFINITY), ("iat", _NAN)):
        case.raises(({"exp": now + 900, name: value}, now, leeway), ValueError, why=finite, naming=name)


def _time_mistakes(case: Case) -> None:
    case.mistake(
        _times_with(late=lambda exp, now, leeway: now - leeway > exp),
        "A token is taken at the very second of exp. It is refused on or after exp: `>=` (RFC 7519 §4.1.4).",
    )
    case.mistake(
        _times_with(late=lambda exp, now, leeway: now >= exp),
        "Leeway is not granted for exp: a token that expired less than leeway ago still passes.",
    )
    case.mistake(
        _times_with(late=lambda exp, now, leeway: now + leeway >= exp),
        "Leeway makes the token's life shorter here. It must make it longer: `now - leeway >= exp`.",
    )
    case.mistake(
        _times_with(late=lambda exp, now, leeway: False),
        "exp is never compared with the time, so an expired token is good for ever.",
    )
    case.mistake(
        _times_with(early=lambda nbf, now, leeway: now + leeway <= nbf),
        "A token is good from nbf on, that second included: refuse only `now + leeway < nbf`.",
    )
    case.mistake(
        _times_with(early=lambda nbf, now, leeway: now < nbf),
        "Leeway is not granted for nbf: `now + leeway < nbf`.",
    )
    case.mistake(
        _times_with(early=lambda nbf, now, leeway: now - leeway < nbf),
        "Leeway makes nbf stricter here. It must make it milder: `now + leeway < nbf`.",
    )
    case.mistake(
        _times_with(early=lambda nbf, now, leeway: False),
        "nbf is never compared with the time, so a token is good before its time.",
    )
    case.mistake(
        _times_with(future=lambda iat, now, leeway: iat > now),
        "Leeway is not granted for iat: `iat > now + leeway`. Two clocks differ for iat as they do for exp.",
    )
    case.mistake(
        _times_with(future=lambda iat, now, leeway: iat >= now + leeway),
        "A token may be used in the second in which it was issued: refuse only `iat > now + leeway`.",
    )
    case.mistake(
        _times_with(future=lambda iat, now, leeway: False),
        "iat is never compared with the time, so a token from the future gets in.",
    )
    case.mistake(
        _times_with(late=lambda exp, now, leeway: now > exp),
        "exp is compared with `now > exp`: no leeway, and a token still passes at the very second of exp. Refuse "
        "`now - leeway >= exp`.",
    )
    case.mistake(
        _times_with(present=lambda claims, name: name == "exp" and name in claims),
        "Only exp is looked at. nbf and iat, where present, need the same two questions: a number? and then the clock.",
    )
    case.mistake(
        _times_with(is_time=lambda value: isinstance(value, (int, float)) and _finite(value)),
        "`isinstance(True, int)` is true in Python, so true and false pass as times. Ask for `type(value)`.",
    )
    case.mistake(
        _times_with(is_time=lambda value: type(value) in (int, float)),
        "NaN and infinity are floats. Every comparison with NaN is false, so such a token never expires. Refuse both.",
    )
    case.mistake(
        _times_with(is_time=lambda value: type(value) is int),
        "It takes whole numbers only. A NumericDate may have a fraction (RFC 7519 §2), so allow float.",
    )
    case.mistake(
        _times_with(is_time=lambda value: True),
        "A claim that is not a number reaches the comparison: text and null end in a TypeError, true counts as 1. "
        "Look at the type first.",
    )
    case.mistake(
        _times_with(convert=float),
        "`float(...)` turns text into numbers. exp must be a number already (RFC 7519 §4.1.4): two readers of the same "
        "token must not differ.",
    )
    case.mistake(
        _times_with(convert=_finite_float),
        "`float(...)` turns text and True into numbers. Ask for the type first.",
    )
    case.mistake(
        _times_with(convert=int),
        "`int(...)` turns text into numbers and cuts fractions off. exp must be a number already (RFC 7519 §4.1.4).",
    )
    case.mistake(
        _times_with(present=lambda claims, name: claims.get(name) is not None),
        "null is taken for a missing claim. A claim that is there must be a number: ask `name in claims`.",
    )
    case.mistake(
        _times_with(present=lambda claims, name: bool(claims.get(name)), required=False),
        "`if claims.get(...)` skips every claim that counts as false: null, '', False, and a missing exp. Ask "
        "`name in claims`, and refuse when exp is missing.",
    )
    case.mistake(
        _times_with(required=False),
        "A token without exp is taken, and it is good for ever. Here exp is required.",
    )
    case.mistake(
        _times_with(present=lambda claims, name: name == "exp" or name in claims, required=False),
        "A missing exp ends in a KeyError. Refuse it with a ValueError that names exp.",
    )
    case.mistake(
        _times_with(present=lambda claims, name: True),
        "nbf and iat may be absent; `claims['nbf']` is then a KeyError. Ask `\"nbf\" in claims` first.",
    )
    case.mistake(
        _times_with(late=lambda exp, now, leeway: now - leeway >= exp or exp > now + 10**9),
        "A far exp is refused. A number of milliseconds is a date like any other, so it must pass; what tells of the "
        "mistake is iat.",
    )
    case.mistake(
        _times_with(is_time=lambda value: type(value) in (int, float) and math.isfinite(value)),
        "`math.isfinite`, `isnan` and `isinf` make a float of an int first, and 10**400 fits into none: OverflowError. "
        "Compare instead: `-math.inf < value < math.inf`.",
    )
    case.mistake(
        _times_with(clock=int),
        "`int(now)` cuts the fraction off, so a token lives on for part of a second. Compare with now as it is.",
    )
    case.mistake(
        _times_with(late=lambda exp, now, leeway: round(now - leeway) >= exp),
        "The time is rounded, so a token dies up to half a second early. Compare with now as it is.",
    )
    case.mistake(
        _times_with(clock=lambda now: time.time()),
        "It asks the system clock. The time to go by is the argument `now`.",
    )
    case.mistake(
        _times_with(text=lambda name: {"exp": "expired", "nbf": "too early", "iat": "issued in the future"}[name]),
        "The exception's text does not name the claim. Begin it with the name, such as `exp: expired`: whoever reads "
        "the log must learn which of the three it was.",
    )
    case.mistake(_times_with(text=lambda name: "bad exp, nbf or iat"), _BLANKET)
    case.mistake(
        _times_with(accept=True),
        "It returns True or False. An answer that can be overlooked will be: raise ValueError for bad claims, and "
        "return nothing for good ones.",
    )
    case.mistake(
        _times_with(error=AssertionError),
        "`assert` is not a refusal: Python leaves it out when it runs with -O. Raise ValueError.",
    )
    case.mistake(
        _times_with(refuse=lambda: False),
        "Bad claims give False. The caller who forgets to look lets the token in; raise ValueError.",
    )
    case.mistake(_times_with(refuse=lambda: None), _SILENT, silent=True)


def _finite(value: Any) -> bool:
    return bool(-math.inf < value < math.inf)


def _finite_float(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


Compare = Callable[[Any, float, float], bool]


def _times_with(
    late: Compare = lambda exp, now, leeway: now - leeway >= exp,
    early: Compare = lambda nbf, now, leeway: now + leeway < nbf,
    future: Compare = lambda iat, now, leeway: iat > now + leeway,
    is_time: Callable[[Any], bool] = lambda value: type(value) in (int, float) and _finite(value),
    convert: Callable[[Any], Any] | None = None,
    present: Callable[[dict[str, Any], str], bool] = lambda claims, name: name in claims,
    required: bool = True,
    clock: Callable[[float], float] = lambda now: now,
    text: Callable[[str], str] = lambda name: f"{name}: refused",
    refuse: Callable[[], Any] | None = None,
    accept: bool | None = None,
    error: type[Exception] = ValueError,
) -> Callable[[dict[str, Any], float, float], Any]:
    """check_times with one part to be got wrong."""
    faults = {"exp": late, "nbf": early, "iat": future}

    def fault(claims: dict[str, Any], now: float, leeway: float) -> str:
        if required and "exp" not in claims:
            return "exp"
        for name in _TIMES:
            if not present(claims, name):
                continue
            value = claims[name]
            if convert is not None:
                try:
                    value = convert(value)
                except (TypeError, ValueError, OverflowError):
                    return name
            elif not is_time(value):
                return name
            if faults[name](value, now, leeway):
                return name
        return ""

    def wrong(claims: dict[str, Any], now: float, leeway: float) -> Any:
        name = fault(claims, clock(now), leeway)
        if name and refuse is not None:
            return refuse()
        if name:
            raise error(text(name))
        return accept

    return wrong


@exercise(
    "check_parties",
    points=10,
    spec="RFC 7519 §4.1.1, §4.1.3",
    forbids=_LIBRARIES,
    hints=(
        "Two claims, two questions each: does it have the type that it must have, and is it *equal* to what we expect? "
        "Not similar: equal.",
        "`in` asks different things of a string, a list and a dict, so settle the type first. One way: if aud is a "
        "string, go on with a list that holds it. Then: a list, not empty, strings only; and only now `in`.",
        '`if claims.get("iss") != issuer: raise ValueError("iss: …")`. Then `aud = claims.get("aud")`; '
        "`if isinstance(aud, str): aud = [aud]`; unless `isinstance(aud, list)` and "
        "`all(isinstance(one, str) for one in aud)` and `audience in aud`, raise a ValueError that names aud.",
    ),
)
def check_parties(case: Case) -> None:
    """Claims, the issuer and our own name in; ValueError that names the claim, or None."""
    number = case.random.randrange(100, 1000)
    issuer, audience = f"https://id.example/t{number}", f"pay-{case.random.randrange(100, 1000)}"
    _good_parties(case, issuer, audience)
    _bad_issuers(case, issuer, audience)
    _bad_audiences(case, issuer, audience)
    _party_mistakes(case)


def _good_parties(case: Case, issuer: str, audience: str) -> None:
    def good(claims: dict[str, Any], issuer: str, audience: str, why: str) -> None:
        case.satisfies((claims, issuer, audience), _passes(claims), "return None", why=why)

    several = "aud may be a list of strings (RFC 7519 §4.1.3); one of them must be our name, wherever it stands."
    good({"iss": issuer, "aud": audience}, issuer, audience, "aud may be a single string.")
    for aud in ([audience], [audience, "coat"], ["coat", audience], ["a", "b", audience, "c"]):
        good({"iss": issuer, "aud": aud}, issuer, audience, several)
    good({"iss": issuer, "aud": [audience, audience]}, issuer, audience, several)
    good(
        {"iss": "joe", "aud": "https://API.example/v1/", "sub": "ada", "exp": 1, "role": None},
        "joe",
        "https://API.example/v1/",
        "It looks at iss and aud alone: times and other claims are not its business.",
    )


def _bad_issuers(case: Case, issuer: str, audience: str) -> None:
    why = "iss must be equal to the issuer that we trust, character by character (RFC 7519 §2, StringOrURI)."
    other = f"https://id.example/cinema-{case.random.randrange(100)}"
    case.raises(({"iss": other, "aud": audience}, issuer, audience), ValueError, why=why, vital=True)
    longer = f"{issuer}-{case.random.randrange(100)}"
    case.raises(({"iss": longer, "aud": audience}, issuer, audience), ValueError, why=why, vital=True)
    case.raises(({"iss": "https", "aud": audience}, issuer, audience), ValueError, why=why, vital=True)
    swapped = "iss and aud are compared with the wrong one of the two."
    case.raises(({"iss": audience, "aud": issuer}, issuer, audience), ValueError, why=swapped, vital=True)
    near = (other, longer, f"{issuer}.evil.example", f"https://evil.example/?{issuer}", issuer[:-1], issuer[8:], "")
    spelled = (f"{issuer}/", issuer.upper(), issuer.replace("id", "Id"), f" {issuer}", f"{issuer}\n")
    case.raises(
        ({"iss": f"{other}/2", "aud": audience}, issuer, audience), ValueError, why=why, naming="iss", sparing=("aud",)
    )
    for iss in (*near, *spelled):
        case.raises(({"iss": iss, "aud": audience}, issuer, audience), ValueError, why=why, naming="iss")
    kind = "iss is a string (RFC 7519 §4.1.1)."
    for value in (None, True, 7, [issuer], {issuer: True}):
        case.raises(({"iss": value, "aud": audience}, issuer, audience), ValueError, why=kind, naming="iss")
    missing = "Without iss nobody can tell who made the token; the docstring requires one."
    case.raises(({"aud": audience}, issuer, audience), ValueError, why=missing, naming="iss")


def _bad_audiences(case: Case, issuer: str, audience: str) -> None:
    why = "The token is meant for someone else: no value of aud is equal to our name (RFC 7519 §4.1.3)."
    case.raises(({"iss": issuer, "aud": "coat"}, issuer, audience), ValueError, why=why, vital=True)
    case.raises(({"iss": issuer, "aud": ["coat", "shop"]}, issuer, audience), ValueError, why=why, vital=True)
    longer = f"{audience}-test"
    case.raises(({"iss": issuer, "aud": longer}, issuer, audience), ValueError, why=why, vital=True)
    case.raises(({"iss": issuer, "aud": "bar"}, issuer, audience), ValueError, why=why, naming="aud", sparing=("iss",))
    near: list[Any] = ["coat", longer, f"my-{audience}", audience[:-1], "", [longer], ["coat", audience[:-1]]]
    spelled: list[Any] = [audience.upper(), f"{audience} ", [f" {audience}"], f"coat {audience}", f"a,{audience}"]
    for aud in near + spelled:
        case.raises(({"iss": issuer, "aud": aud}, issuer, audience), ValueError, why=why, naming="aud")
    kind = "aud is a string or a list of strings, and nothing else (RFC 7519 §4.1.3)."
    mixed = [[audience, 7], [None, audience], [[audience]], [audience, [audience]], [audience, {}]]
    for value in (None, True, 7, {audience: True}, *mixed):
        case.raises(({"iss": issuer, "aud": value}, issuer, audience), ValueError, why=kind, naming="aud")
    empty = "An empty list names nobody."
    case.raises(({"iss": issuer, "aud": []}, issuer, audience), ValueError, why=empty, naming="aud")
    missing = "Without aud nobody can tell whom the token is for; the docstring requires one."
    case.raises(({"iss": issuer}, issuer, audience), ValueError, why=missing, naming="aud", grave=True)
    case.raises(({"iss": issuer, "sub": audience}, issuer, audience), ValueError, why=missing, naming="aud")


def _party_mistakes(case: Case) -> None:
    case.mistake(
        _parties_with(iss_is=lambda iss, issuer: isinstance(iss, str) and iss.startswith(issuer)),
        "`startswith` takes every issuer whose name begins like ours, such as `…/theatre-2`. Compare with `==`.",
    )
    case.mistake(
        _parties_with(iss_is=lambda iss, issuer: isinstance(iss, str) and iss in issuer),
        "`iss in issuer` on two strings looks for a part: `https` passes, and so does the empty string "
        "(CVE-2024-53861). Compare with `==`.",
    )
    case.mistake(
        _parties_with(iss_is=lambda iss, issuer: isinstance(iss, str) and issuer in iss),
        "`issuer in iss` on two strings looks for a part, so every longer name with ours in it passes. Compare with "
        "`==`.",
    )
    case.mistake(
        _parties_with(iss_is=lambda iss, issuer: iss == issuer or (isinstance(iss, (list, dict)) and issuer in iss)),
        "iss is one string. A list or an object with the right name in it is not (RFC 7519 §4.1.1).",
    )
    case.mistake(
        _parties_with(iss_is=lambda iss, issuer: iss is None or iss == issuer),
        "A token without iss, or with null in its place, is taken. `claims.get` gives None for both; refuse it.",
    )
    case.mistake(
        _parties_with(iss_is=lambda iss, issuer: True),
        "iss is never looked at. Nobody else does it: a signature that fits does not say which issuer it was.",
    )
    case.mistake(
        _parties_with(normal=str.lower),
        "Upper and lower case are treated alike. StringOrURI values are compared exactly (RFC 7519 §2).",
    )
    case.mistake(
        _parties_with(normal=lambda text: text.strip().rstrip("/")),
        "Spaces or a slash at the end are cut off before comparing. StringOrURI values are compared as they are "
        "(RFC 7519 §2).",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: isinstance(aud, (str, list)) and audience in aud),
        "`audience in aud` looks for a part when aud is a string, so `payroll-test` passes for `payroll`; and a list "
        "with other things than strings in it must be refused.",
    )
    case.mistake(
        _parties_with(
            aud_has=lambda aud, audience: (isinstance(aud, str) and audience in aud) or _strings_with(aud, audience)
        ),
        "`audience in aud` looks for a part when aud is a string, so `payroll-test` passes for `payroll`. Put a string "
        "into a list first, or compare it with `==`.",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: aud == audience),
        "aud may also be a list of strings, one of which must be equal to our name (RFC 7519 §4.1.3).",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: isinstance(aud, list) and _strings_with(aud, audience)),
        "aud may also be a single string (RFC 7519 §4.1.3).",
    )
    case.mistake(
        _parties_with(
            aud_has=lambda aud, audience: aud == audience or (_strings(aud) and bool(aud) and aud[0] == audience)
        ),
        "Only the first name in the list is looked at. Ours may stand anywhere in it.",
    )
    case.mistake(
        _parties_with(
            aud_has=lambda aud, audience: (
                aud == audience or (_strings(aud) and bool(aud) and all(one == audience for one in aud))
            )
        ),
        "A token may be meant for several; it is enough that one name in the list is ours.",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: aud == audience or (isinstance(aud, list) and audience in aud)),
        "A list with other things than strings in it is taken. Such a token is not well formed; refuse it.",
    )
    case.mistake(
        _parties_with(
            aud_has=lambda aud, audience: aud == audience or (isinstance(aud, (list, dict)) and audience in aud)
        ),
        "`in` also works on a dict, where it looks at the names of the members, and on a list of anything. aud is a "
        "string or a list of strings, and nothing else.",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: audience in ([aud] if isinstance(aud, str) else aud)),
        "aud may be any JSON: `in` on a number or null is a TypeError, on a dict it looks at the names. First see that "
        "it is a list of strings.",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: isinstance(aud, str) and audience in aud.replace(",", " ").split()),
        "aud is not a text with several names in it; several audiences are a JSON list (RFC 7519 §4.1.3).",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: aud is None or _strings_with(aud, audience)),
        "A token without aud, or with null in its place, is taken, so it opens every API. Here aud is required.",
    )
    case.mistake(
        _parties_with(aud_has=lambda aud, audience: True),
        "aud is never looked at, so a token for the cloakroom opens payroll.",
    )
    case.mistake(
        _parties_with(get=lambda claims, name: claims[name]),
        "A missing claim ends in a KeyError. Refuse it with a ValueError that names the claim.",
    )
    case.mistake(
        _parties_with(text=lambda name: {"iss": "wrong issuer", "aud": "wrong audience"}[name]),
        "The exception's text must hold the claim's own name, `iss` or `aud`; the words issuer and audience do not. "
        "Begin it with the name, such as `aud: not for us`.",
    )
    case.mistake(
        _parties_with(text=lambda name: {"iss": "wrong issuer", "aud": "aud"}[name]),
        "When iss is at fault, the exception's text must hold `iss`, the claim's own name; the word issuer does not.",
    )
    case.mistake(_parties_with(text=lambda name: "iss or aud is wrong"), _BLANKET)
    case.mistake(
        _parties_with(accept=True),
        "It returns True or False. An answer that can be overlooked will be: raise ValueError for bad claims, and "
        "return nothing for good ones.",
    )
    case.mistake(
        _parties_with(error=AssertionError),
        "`assert` is not a refusal: Python leaves it out when it runs with -O. Raise ValueError.",
    )
    case.mistake(
        _parties_with(refuse=lambda: False),
        "Bad claims give False. The caller who forgets to look lets the token in; raise ValueError.",
    )
    case.mistake(_parties_with(refuse=lambda: None), _SILENT, silent=True)


def _strings(aud: Any) -> bool:
    return isinstance(aud, list) and all(isinstance(one, str) for one in aud)


def _strings_with(aud: Any, audience: str) -> bool:
    return aud == audience or (_strings(aud) and audience in aud)


def _parties_with(
    iss_is: Callable[[Any, str], bool] = lambda iss, issuer: iss == issuer,
    aud_has: Callable[[Any, str], bool] = _strings_with,
    get: Callable[[dict[str, Any], str], Any] = lambda claims, name: claims.get(name),
    normal: Callable[[str], str] | None = None,
    text: Callable[[str], str] = lambda name: f"{name}: refused",
    refuse: Callable[[], Any] | None = None,
    accept: bool | None = None,
    error: type[Exception] = ValueError,
) -> Callable[[dict[str, Any], str, str], Any]:
    """check_parties with one part to be got wrong."""

    def normalised(value: Any) -> Any:
        if normal is not None and isinstance(value, str):
            return normal(value)
        return [normalised(one) for one in value] if isinstance(value, list) else value

    def wrong(claims: dict[str, Any], issuer: str, audience: str) -> Any:
        name = ""
        if not iss_is(normalised(get(claims, "iss")), normalised(issuer)):
            name = "iss"
        elif not aud_has(normalised(get(claims, "aud")), normalised(audience)):
            name = "aud"
        if name and refuse is not None:
            return refuse()
        if name:
            raise error(text(name))
        return accept

    return wrong
