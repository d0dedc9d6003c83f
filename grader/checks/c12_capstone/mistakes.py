"""What people get wrong in decode_securely, rule by rule.

Most of it is the lesson's own decoder with a defence taken away. The rest is a right decoder that stumbles before, or
after: over a header, a claim, a key or the policy that it does not take as it comes.
"""

import math
import time
from collections.abc import Callable
from typing import Any

from jwt_from_scratch.encoding import b64u_decode
from jwt_from_scratch.services.defences import Decode, decoder

from ...judging.exercise import RETURNS, Mistakes
from ..compact import object_in
from .token import bare
from .world import RULES

RIGHT = decoder()
Look = Callable[[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]], Any]
"""A look at header, claims, keys and policy; what it raises is how the decoder stumbles."""
BAD = tuple(rule for rule in RULES if rule != "1 others")
TIMES = ("exp", "nbf", "iat")


def _first(look: Look) -> Decode:
    """A right decoder that looks at header, claims, keys and policy before, and stumbles there."""

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        header, claims = _read(token)
        if header is not None and claims is not None:
            look(header, claims, keys, policy)
        return RIGHT(token, keys, policy)

    return wrong


def _read(token: str) -> list[dict[str, Any] | None]:
    try:
        first, second, _ = (object_in(b64u_decode(part)) if n < 2 else None for n, part in enumerate(token.split(".")))
    except ValueError:
        return [None, None]
    return [first, second]


def _with_keys(change: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]) -> Decode:
    """A right decoder that is given other keys, made of the header and the keys."""

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        header, claims = _read(token)
        both = header is not None and claims is not None
        return RIGHT(token, change(header, keys) if both and header is not None else keys, policy)

    return wrong


def _with_policy(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Decode:
    """A right decoder under another policy."""
    return lambda token, keys, policy: RIGHT(token, keys, {**policy, **change(policy)})


def _after(look: Callable[[dict[str, Any], dict[str, Any]], None], *without: str) -> Decode:
    """Some defences left out, and something else looked at in their place."""
    decode = decoder(*without)

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        claims = decode(token, keys, policy)
        look(claims, policy)
        return claims

    return wrong


def _forgiving(when: Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], bool], *without: str) -> Decode:
    """Some defences left out, but only for a header and claims of some form."""
    decode = decoder(*without)

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        header, claims = _read(token)
        both = header is not None and claims is not None
        forgives = both and header is not None and claims is not None and when(header, claims, policy)
        return (decode if forgives else RIGHT)(token, keys, policy)

    return wrong


def _answering(answer: Any) -> Decode:
    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> Any:
        try:
            return RIGHT(token, keys, policy)
        except ValueError:
            return answer

    return wrong


def _refuse_if(wrong: bool, error: type[Exception] = ValueError) -> None:
    if wrong:
        raise error("refused")


def _letters_off(typ: Any) -> Any:
    return typ.lower().lstrip("application/") if isinstance(typ, str) else object()  # noqa: B005 - the mistake


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float))


# -- keys -------------------------------------------------------------------------------------------------------------


def _pool(keys: dict[str, Any]) -> list[dict[str, Any]]:
    return [jwk for jwks in keys.values() for jwk in jwks["keys"]]


def _changed(keys: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return {iss: {"keys": [change(jwk) for jwk in jwks["keys"]]} for iss, jwks in keys.items()}


def _no_empty_kid(header: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
    return _changed(keys, lambda jwk: {**jwk, "kid": ""}) if header.get("kid") == "" else keys


def _null_is_absent(name: str) -> Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]:
    def change(header: dict[str, Any], keys: dict[str, Any]) -> dict[str, Any]:
        return _changed(keys, lambda jwk: {n: v for n, v in jwk.items() if n != name or v is not None})

    return change


# -- claims -----------------------------------------------------------------------------------------------------------


def _compare_times(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    """As lesson 03 compares, without a look at the types."""
    _refuse_if("exp" in claims and policy["now"] - policy["leeway"] >= claims["exp"])
    _refuse_if(any(claims[name] > policy["now"] + policy["leeway"] for name in ("nbf", "iat") if name in claims))


def _only(*names: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda claims, policy: _compare_times({name: claims[name] for name in names if name in claims}, policy)


def _look_at_aud(claims: dict[str, Any]) -> None:
    aud = claims.get("aud", "")
    _refuse_if(
        not isinstance(aud, (str, list)) or (not aud and aud != "") or not all(isinstance(one, str) for one in aud)
    )


def _let_booleans_pass(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    kinds = {"sub": str, "jti": str, "exp": int | float, "nbf": int | float, "iat": int | float}
    _refuse_if(any(name in claims and not isinstance(claims[name], kind) for name, kind in kinds.items()))
    _look_at_aud(claims)


def _let_falsy_pass(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    _refuse_if(any(claims.get(name) and not isinstance(claims[name], str) for name in ("sub", "jti")))
    _refuse_if(any(type(claims.get(name, 0)) not in (int, float) for name in TIMES))
    _look_at_aud(claims)


_OF_KEYS: Mistakes = {
    "2 iss": {
        "An iss that is missing or unknown ends in a KeyError, as in `keys[claims['iss']]`, and one that "
        "is a list in a TypeError. See that it is a string and in keys; then ValueError.": _first(
            lambda header, claims, keys, _: keys[claims["iss"]]
        ),
        "It looks up whatever iss is, and a list can't be looked up in a dict: that is a TypeError. See that it is "
        "a string first.": _first(lambda header, claims, keys, _: claims.get("iss") in keys),
        "A token without iss ends in a KeyError. Use `.get`, and raise ValueError.": _first(
            lambda header, claims, keys, _: claims["iss"]
        ),
    },
    ("2 iss", "2 one key"): {
        "Another issuer's key is taken, as when all lie in one pool. Take `keys[iss]['keys']` and no "
        "others (RFC 8725 §3.8).": _with_keys(lambda header, keys: {iss: {"keys": _pool(keys)} for iss in keys}),
    },
    "2 kid": {
        "A token without kid is refused. kid is optional: one key with that alg is then the one.": _first(
            lambda header, claims, keys, policy: _refuse_if("kid" not in header)
        ),
        'An empty kid counts as none. Ask `"kid" in header`, and not whether it is true.': _with_keys(_no_empty_kid),
    },
    ("2 use", "2 key_ops"): {
        "It takes a key although its `use` or `key_ops` says no: a key for encryption verifies nothing (RFC 7517 §4.2, "
        "§4.3).": decoder("use"),
    },
    "2 use": {
        "null is taken for a missing use. A use that is there must be 'sig'.": _with_keys(_null_is_absent("use")),
    },
    "2 key_ops": {
        "null is taken for missing key_ops. They must be a list where they are there.": _with_keys(
            _null_is_absent("key_ops")
        ),
    },
    "3": {
        "A token gets in whose signature does not fit, so anybody can write one. Only True from "
        "`signature_fits` lets it in.": decoder("signature"),
    },
}

_OF_FORM: Mistakes = {
    RETURNS: {
        "It refuses good tokens, all of them. Which rule says no? Usual slips: the system clock in place "
        "of policy['now'], or a comparison the wrong way round.": _with_policy(lambda policy: {"now": time.time()}),
    },
    BAD: {
        "A bad token gives None. The caller who forgets to look lets it in; raise ValueError.": _answering(None),
        "A bad token gives False. The caller who forgets to look lets it in; raise ValueError.": _answering(False),
    },
    ("1 spelling", "1 header", "1 claims"): {
        "The token is read forgivingly: base64 with skipped letters, JSON in UTF-16, names twice. Use b64u_decode and "
        "json_loads_strict for all of it.": decoder("one spelling", "strict JSON"),
    },
    "1 spelling": {
        "base64url is decoded forgivingly, so one token has many spellings. Use b64u_decode.": decoder("one spelling"),
    },
    ("1 header", "1 claims"): {
        "It reads JSON as `json.loads` does, which takes UTF-16 and keeps the last of two equal names. "
        "Use json_loads_strict (RFC 8725 §3.7).": decoder("strict JSON"),
    },
    "1 extensions": {
        "It accepts a header with crit or b64. Refuse it (RFC 7515 §4.1.11).": decoder("crit"),
    },
    "4": {
        "policy['typ'] may be None: then any typ will do, and none.": _first(
            lambda header, claims, keys, policy: _refuse_if(policy["typ"] is None)
        ),
        "It accepts any typ, so an ID token passes for an access token (RFC 8725 §3.11).": decoder("typ"),
        "A typ in capitals is refused, or one with `application/` in front. Neither makes a difference "
        "(RFC 7515 §4.1.9).": _first(
            lambda header, claims, keys, policy: _refuse_if(policy["typ"] not in (None, header.get("typ")))
        ),
        "The policy's own typ may have capitals, or `application/` in front: bring both sides into one shape.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                policy["typ"] is not None and bare(str(header.get("typ"))) != policy["typ"]
            )
        ),
        "It accepts a typ that has other letters in front, or lacks some, as `lstrip` and `strip` cut "
        "letters and no beginning: `at+jwt` loses its a. Use `.removeprefix(...)`.": (
            _forgiving(
                lambda header, claims, policy: _letters_off(header.get("typ")) == _letters_off(policy["typ"]), "typ"
            )
        ),
        "`application/` may be in capitals, too: first `.lower()`, then `.removeprefix(...)`.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                policy["typ"] is not None and str(header.get("typ", "")).startswith("APPLICATION/")
            )
        ),
    },
}

_OF_CLAIMS: Mistakes = {
    ("4", "5 sub", "5 jti", "5 exp", "5 nbf", "5 iat", "5 aud", "6", "7 exp", "7 nbf", "7 iat", "8"): {
        "Rules 4 to 8 refuse nothing yet: of which kind the token is, what its claims say, until when, "
        "for whom (lesson 03).": decoder("types", "times", "required", "audience", "typ"),
    },
    ("5 sub", "5 jti", "5 exp", "5 nbf", "5 iat", "5 aud", "6", "7 exp", "7 nbf", "7 iat", "8"): {
        "Rules 5 to 8 refuse nothing yet: of what type the claims are, what must be there, until when, "
        "for whom.": decoder("types", "times", "required", "audience"),
    },
    ("6", "7 exp", "7 nbf", "7 iat", "8"): {
        "Rules 6 to 8 refuse nothing yet: what must be there, until when, for whom.": decoder(
            "times", "required", "audience"
        ),
    },
    ("7 exp", "7 nbf", "7 iat", "8"): {
        "Rules 7 and 8 refuse nothing yet: until when, and for whom.": decoder("times", "audience"),
    },
    ("5 sub", "5 jti", "5 exp", "5 nbf", "5 iat"): {
        "Claims are compared before their types are known: text and null end in TypeError, and true counts as 1.": (
            _after(_compare_times, "types", "times")
        ),
    },
    ("5 sub", "5 jti"): {
        "A sub or jti passes that is null, 0 or an empty list. Ask `name in claims`, and not whether it "
        "is true.": _after(_let_falsy_pass, "types"),
    },
    ("5 exp", "5 nbf", "5 iat"): {
        "True is an int in Python, so it passes for a time. Ask for `type(value)`, or refuse a bool first.": _after(
            _let_booleans_pass, "types"
        ),
    },
    "5 iat": {
        "A time of 400 digits ends in an OverflowError, as in `math.isfinite` and `float()`. Compare "
        "instead: `-math.inf < value < math.inf`.": _first(
            lambda header, claims, keys, policy: math.isfinite(claims["iat"]) if _is_time(claims.get("iat")) else None
        ),
    },
    "5 aud": {
        "An aud that is null passes for none. Ask `'aud' in claims`: null is there, and is no audience.": _forgiving(
            lambda header, claims, policy: policy["audience"] is None and claims.get("aud", "") is None,
            "types",
            "audience",
        ),
        "It accepts a list with anything in it, such as a number beside our name. Each member must be a str.": _after(
            lambda claims, policy: _refuse_if(
                bool(claims.get("aud")) and (policy["audience"] is None or not isinstance(claims["aud"], (str, list)))
            ),
            "types",
        ),
    },
    "6": {
        "It accepts a token in which a claim is missing that policy['require'] names.": decoder("required"),
        "exp is always demanded. It must be there only if policy['require'] names it: a receipt has none.": _first(
            lambda header, claims, keys, policy: _refuse_if("exp" not in claims)
        ),
        "A required claim that is null counts as missing. It is there: ask `name in claims`.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                any(name in claims and claims[name] is None for name in policy["require"])
            )
        ),
        "A required claim must be there; its value may be 0 or an empty text. Ask `name in claims`.": _first(
            lambda header, claims, keys, policy: _refuse_if(not all(claims.get(name) for name in policy["require"]))
        ),
    },
    ("7 exp", "7 nbf", "7 iat"): {
        "It accepts a token that has expired, and one from the future. Hold exp, nbf and iat against "
        "policy['now'] (lesson 03).": decoder("times"),
        "Leeway is not granted. It makes each limit milder: `now - leeway >= exp`, `now + leeway < nbf`.": _with_policy(
            lambda policy: {"leeway": 0}
        ),
        "Leeway makes the token's life shorter here. It must make each limit milder (lesson 03).": _with_policy(
            lambda policy: {"leeway": -policy["leeway"]}
        ),
    },
    "7 exp": {
        "It accepts a token that has expired, however long ago. Hold exp against policy['now'], whatever "
        "nbf and iat say.": _after(_only("nbf", "iat"), "times"),
        "A token with a fraction in its exp dies early. A time may have one (RFC 7519 §2): compare exp as"
        " it came.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                _is_time(claims.get("exp"))
                and abs(claims["exp"]) < 1e15
                and policy["now"] - policy["leeway"] >= int(claims["exp"])
            )
        ),
        "Leeway is not granted for exp: refuse only when `now - leeway >= exp`.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                _is_time(claims.get("exp")) and policy["now"] >= claims["exp"]
            )
        ),
        "Leeway makes exp come sooner here. It must come later: refuse only when `now - leeway >= exp`.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                _is_time(claims.get("exp")) and policy["now"] + policy["leeway"] >= claims["exp"]
            )
        ),
    },
    ("7 nbf", "7 iat"): {
        "It accepts nbf and iat in the future. Such a token has a wrong clock, or a wrong author.": _after(
            _only("exp"), "times"
        ),
        "Leeway is not granted for nbf and iat: refuse only what is later than `now + leeway`.": _first(
            lambda header, claims, keys, policy: _refuse_if(
                any(_is_time(claims.get(name)) and claims[name] > policy["now"] for name in ("nbf", "iat"))
            )
        ),
    },
    "8": {
        "policy['audience'] may be None: then the token must not have an aud. That is no reason to refuse every "
        "token.": _first(lambda header, claims, keys, policy: _refuse_if(policy["audience"] is None)),
        "A token for another service opens this one: aud must be ours (RFC 8725 §3.9).": decoder("audience"),
        "aud may be a list of strings, one of which must be ours (RFC 7519 §4.1.3).": _first(
            lambda header, claims, keys, policy: _refuse_if(isinstance(claims.get("aud"), list))
        ),
    },
}

MISTAKES: Mistakes = {**_OF_FORM, **_OF_KEYS, **_OF_CLAIMS}
