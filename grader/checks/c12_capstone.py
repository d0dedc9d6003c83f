"""Chapter 12: everything at once. The tokens, the keys and the policies are those of the lesson's own corpus."""

import math
import random
import time
from collections.abc import Callable
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services.corpus import World
from jwt_from_scratch.services.defences import Decode, decoder

from ..judging.legacy.case import Case, exercise
from .rsa_pool import RSAKey, rsa_key

_ANSWERS = (
    "jwt",
    "joserfc",
    "jwt_from_scratch.jwt",
    "jwt_from_scratch.jws",
    "jwt_from_scratch.keys",
    "jwt_from_scratch.algorithms",
    "jwt_from_scratch.claims",
    "jwt_from_scratch.services",
)

# PUBLIC, like the pool's: two primes of 512 bits for the one key that is too short.
_SMALL = RSAKey(
    int(
        "d10d9721f0d39b45a3d43a1921668e867b56dbcee965a44352f9e918ce040df7"
        "d28103d1edf0b996672bbeb45a8abdbd39678e7ba7a7051724adad2f5871a363",
        16,
    ),
    int(
        "cda2ce17e65e74c1f1b45bc17f53240caa3cca55c926e12be0bf40f8c8a4b7dc"
        "97908080811aebec064a362ec3c096bc7381c2c7766adec1a6909cf71d985269",
        16,
    ),
    65537,
)


def world(source: random.Random) -> World:
    """A world whose keys and time follow from the seed."""
    now = 1_000_000_000 + source.randrange(500_000_000)  # in the past: the real clock is no help
    return World(now, source, rsa_key(source).private(), _SMALL.private())


@exercise(
    "decode_securely",
    points=30,
    spec="RFC 8725 §3; RFC 7515 §5.2; RFC 7519 §7.2",
    forbids=_ANSWERS,
    seconds=5.0,
    hints=(
        "Write one small function for each question: what is the token's form? which key? does the signature fit? is "
        "it of our kind? what do the claims say? Everything that comes out of the token may have any type until you "
        "have looked.",
        "Read header and claims strictly, and see that both are dicts. iss must be a *string* before you look it up in "
        "`keys`. Of the list `keys[iss]['keys']` exactly one may have the header's alg, its kid if there is one, and "
        "be for verifying: your `find_key` of lesson 08. Then `signature_fits`. Then typ, then each claim's type, then "
        "require, the times and aud. Both audience and typ may be None in the policy.",
        '`head, body, seal = token.split(".")`; `header, claims = (json_loads_strict(b64u_decode(part)) for part in '
        "(head, body))`. Refuse crit and b64, and a header whose alg, or kid if it has one, is no str. `jwks = "
        "keys[iss]` if iss is a str and in keys. `found = [k for k in jwks['keys'] if k.get('alg') == header['alg'] "
        "and ('kid' not in header or k.get('kid') == header['kid']) and k.get('use', 'sig') == 'sig' and "
        "meant(k.get('key_ops', ['verify']))]`, of which there must be one; `meant(ops)` is `isinstance(ops, list) "
        "and 'verify' in ops`. `signature_fits(found[0], f'{head}.{body}'.encode(), b64u_decode(seal))`. typ: if it "
        "is a str, both sides `.lower().removeprefix('application/')`. Types: `name in claims and not "
        "isinstance(claims[name], str)`; for times `type(value) in (int, float) and -math.inf < value < math.inf`; "
        "for aud a list with a string in it is a list of strings. require: `name in claims`. Times: the three "
        "comparisons of lesson 03 for those that are there. aud: `policy['audience']` is in the list, or with None "
        "there is no aud at all.",
    ),
)
def decode_securely(case: Case) -> None:
    """A token, the issuers' keys and a policy in; claims, or ValueError."""
    made = world(case.random)
    for good in [*made.good(), *made.random_good(8)]:
        why = f"This token is good and must be accepted: {good.name}."
        case.equal((good.token, good.keys, good.policy), good.claims, why=why, named=good.name)
    for attack in made.attacks():
        why = f"This token: {attack.name} ({attack.rule}). {attack.lets_in}"
        given = (attack.token, attack.keys, attack.policy)
        case.raises(given, ValueError, why=why, vital=attack.vital, grave=attack.grave, named=attack.name)
    _without_a_defence(case)
    _what_beginners_write(case)


def _without_a_defence(case: Case) -> None:
    """The decoder of the lesson's grid, with one defence or several taken away."""
    for defences, sentence in {
        ("signature",): "The signature is never checked, so anybody can write a token.",
        ("algorithm",): "The header's alg decides how to verify. The key's alg must decide, and the header's must "
        "equal it, exactly (RFC 8725 §3.1).",
        ("key material",): "The key itself is not looked at: too short, e = 1, or a point of small order. Use "
        "signature_fits as it was given; it refuses them (RFC 8725 §3.4, §3.5).",
        ("own keys",): "A key that stands in the token's own header is used. Mallory put it there. Only `keys` counts "
        "(RFC 8725 §3.10).",
        ("issuer's keys",): "The keys of all issuers are tried, whatever iss says. Each issuer may sign for itself "
        "alone: `keys[claims['iss']]` (RFC 8725 §3.8).",
        ("one key",): "When kid fits no key, or several, one after the other is tried. Exactly one key must be left.",
        ("use",): "`use` and `key_ops` of the key are not looked at: a key for encryption verifies nothing (RFC 7517 "
        "§4.2, §4.3).",
        ("one spelling",): "base64url is decoded forgivingly, so one token has many spellings. Use b64u_decode.",
        ("strict JSON",): "`json.loads` takes UTF-16 and keeps the last of two equal names. Use json_loads_strict "
        "(RFC 8725 §3.7).",
        ("crit",): "crit and b64 are not looked at. Refuse a header that has either (RFC 7515 §4.1.11).",
        ("types",): "Claims of the wrong type pass: text for exp, null, true, a number for sub. Look at the type "
        "first, and remember that `isinstance(True, int)` is true (RFC 7519 §4.1).",
        ("times",): "exp, nbf and iat are not held against policy['now'] (lesson 03).",
        ("required",): "policy['require'] is not looked at: a claim that is named there may be missing.",
        ("audience",): "aud is not looked at, so a token for another service opens this one (RFC 8725 §3.9).",
        ("typ",): "typ is not looked at, so an ID token passes for an access token (RFC 8725 §3.11).",
        ("types", "times", "required", "audience", "typ"): "Rules 4 to 8 are missing: of which kind the token is, what "
        "its claims say, until when, for whom. Nobody asks yet (lesson 03).",
        ("types", "times", "required", "audience"): "Rules 5 to 8 are missing: of what type the claims are, what must "
        "be there, until when, for whom.",
        ("times", "required", "audience"): "Rules 6 to 8 are missing: what must be there, until when, for whom.",
        ("times", "audience"): "Rules 7 and 8 are missing: until when, and for whom.",
        ("audience", "typ"): "It takes tokens of any kind for anybody. Look at aud and at typ.",
        ("times", "types", "required"): "The times are not looked at: neither their types, nor whether exp is there "
        "when the policy requires it, nor the clock.",
        ("one spelling", "strict JSON"): "The token is read forgivingly: base64 with skipped letters, JSON in UTF-16, "
        "names twice. Use b64u_decode and json_loads_strict for all of it.",
    }.items():
        case.mistake(decoder(*defences), sentence)


_Look = Callable[[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]], Any]


def _first(look: _Look) -> Decode:
    """A right decoder that looks at header, claims, keys and policy before, and stumbles there."""
    right = decoder()

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        try:
            header, claims = (json_loads_strict(b64u_decode(part)) for part in token.split(".")[:2])
        except ValueError:
            return right(token, keys, policy)
        if isinstance(header, dict) and isinstance(claims, dict):
            look(header, claims, keys, policy)
        return right(token, keys, policy)

    return wrong


def _with_keys(change: Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], dict[str, Any]]) -> Decode:
    """A right decoder that is given other keys, after a look at header and claims."""
    right = decoder()

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        try:
            header, claims = (json_loads_strict(b64u_decode(part)) for part in token.split(".")[:2])
        except ValueError:
            return right(token, keys, policy)
        both = isinstance(header, dict) and isinstance(claims, dict)
        return right(token, change(header, claims, keys) if both else keys, policy)

    return wrong


def _pool(keys: dict[str, Any]) -> list[dict[str, Any]]:
    return [jwk for jwks in keys.values() for jwk in jwks["keys"]]


def _last_of_each_kid(keys: dict[str, Any]) -> list[dict[str, Any]]:
    return list({jwk.get("kid"): jwk for jwk in _pool(keys)}.values())


def _changed(keys: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return {iss: {"keys": [change(jwk) for jwk in jwks["keys"]]} for iss, jwks in keys.items()}


def _ops_as_text(jwk: dict[str, Any]) -> dict[str, Any]:
    """A key whose key_ops is a text with verify in it, as one who does not ask for a list sees it."""
    return {**jwk, "key_ops": ["verify"]} if "verify" in str(jwk.get("key_ops", "")) else jwk


def _kid_alone(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
    """The key is found by kid, and verifies by its own alg, whatever the header calls that."""
    try:
        header, claims = (json_loads_strict(b64u_decode(part)) for part in token.split(".")[:2])
        named = [jwk for jwk in keys[claims["iss"]]["keys"] if jwk.get("use", "sig") == "sig"]
        (jwk,) = (jwk for jwk in named if header.get("kid", jwk.get("kid")) == jwk.get("kid"))
    except (KeyError, TypeError, AttributeError):
        return decoder()(token, keys, policy)
    alg, said = str(jwk.get("alg")), str(header.get("alg"))
    misspelt = (
        isinstance(header.get("alg"), str)
        and said != alg
        and (alg.lower() in said.lower() or {said, alg} == {"EdDSA", "Ed25519"})
    )
    return decoder(*(["algorithm"] if misspelt else []))(token, {claims["iss"]: {"keys": [jwk]}}, policy)


def _after(look: Callable[[dict[str, Any], dict[str, Any]], None], *without: str) -> Decode:
    """Some defences left out, and something else looked at in their place."""
    decode = decoder(*without)

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
        claims = decode(token, keys, policy)
        look(claims, policy)
        return claims

    return wrong


def _compare_times(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    """As lesson 03 compares, without a look at the types."""
    _refuse_if("exp" in claims and policy["now"] - policy["leeway"] >= claims["exp"])
    _refuse_if(any(claims[name] > policy["now"] + policy["leeway"] for name in ("nbf", "iat") if name in claims))


def _only_nbf_and_iat(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    _compare_times({name: claims[name] for name in ("nbf", "iat") if name in claims}, policy)


def _only_exp(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    _compare_times({"exp": claims["exp"]} if "exp" in claims else {}, policy)


def _let_booleans_pass(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    kinds = {"sub": str, "jti": str, "exp": int | float, "nbf": int | float, "iat": int | float}
    _refuse_if(any(name in claims and not isinstance(claims[name], kind) for name, kind in kinds.items()))
    _look_at_aud(claims)


def _let_falsy_pass(claims: dict[str, Any], policy: dict[str, Any]) -> None:
    _refuse_if(any(claims.get(name) and not isinstance(claims[name], str) for name in ("sub", "jti")))
    _refuse_if(any(type(claims.get(name, 0)) not in (int, float) for name in ("exp", "nbf", "iat")))
    _look_at_aud(claims)


def _look_at_aud(claims: dict[str, Any]) -> None:
    aud = claims.get("aud", "")
    _refuse_if(not isinstance(aud, (str, list)) or not all(isinstance(one, str) for one in aud))


def _no_dict(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
    if token.count(".") == 2 and token.isascii():
        for part in token.split(".")[:2]:
            json_loads_strict(b64u_decode(part)).get("iss")
    return decoder()(token, keys, policy)


def _bare(typ: Any) -> Any:
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else typ


def _with_policy(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Decode:
    right = decoder()
    return lambda token, keys, policy: right(token, keys, {**policy, **change(policy)})


def _answering(answer: Any) -> Callable[..., Any]:
    right = decoder()

    def wrong(token: str, keys: dict[str, Any], policy: dict[str, Any]) -> Any:
        try:
            return right(token, keys, policy)
        except ValueError:
            return answer

    return wrong


def _refuse_if(wrong: bool, error: type[Exception] = ValueError) -> None:
    if wrong:
        raise error("refused")


def _is_time(value: Any) -> bool:
    return isinstance(value, (int, float))


def _what_beginners_write(case: Case) -> None:
    right = decoder()
    case.mistake(
        _answering(None), "A bad token gives None. The caller who forgets to look lets it in; raise ValueError."
    )
    case.mistake(
        _answering(False), "A bad token gives False. The caller who forgets to look lets it in; raise ValueError."
    )
    case.mistake(
        lambda token, keys, policy: (right(token, keys, policy), "ok"),
        "It returns more than the claims. The answer is the dict of claims, as it stood in the token.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: keys[claims["iss"]]),
        "`keys[claims['iss']]` is a KeyError when iss is missing or unknown, and a TypeError when it is a list. See "
        "that it is a string and in keys; then ValueError.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: claims.get("iss") in keys),
        "iss may be a list, and looking a list up in a dict is a TypeError. See that it is a string first.",
    )
    case.mistake(
        _kid_alone,
        "The header's alg is not compared with the key's. They must be equal; so alg alone finds the key of a token "
        "without kid (rule 2).",
    )
    case.mistake(
        _with_keys(lambda header, claims, keys: {iss: {"keys": _pool(keys)} for iss in keys}),
        "The keys of all issuers lie in one pool. Take `keys[iss]['keys']` and no others (RFC 8725 §3.8).",
    )
    case.mistake(
        _with_keys(lambda header, claims, keys: {iss: {"keys": _last_of_each_kid(keys)} for iss in keys}),
        "All keys are in one dict by kid. Two issuers may use the same kid: look only among `keys[iss]['keys']`.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: header["kid"]),
        "`header['kid']` is a KeyError where there is none. It is optional: without it, alg alone must leave one key.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if("kid" not in header)),
        "A token without kid is refused. kid is optional: one key with that alg is then the one.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: claims["exp"]),
        "`claims['exp']` is a KeyError when there is no exp. It may be absent, unless the policy requires it.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if("exp" not in claims)),
        "exp is always demanded. It must be there only if policy['require'] names it: a receipt has none.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                not all(_is_time(claims.get(name, 0)) for name in ("exp", "nbf", "iat")), TypeError
            )
        ),
        "A time that is text or null reaches the comparison, a TypeError. Look at the type first; then ValueError.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                policy["typ"] is not None and header.get("typ") != policy["typ"]
            )
        ),
        "typ is compared letter by letter. Upper and lower case, and `application/` in front, make no difference (RFC "
        "7515 §4.1.9).",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if(str(header.get("typ", "")).lower() != policy["typ"])),
        "policy['typ'] may be None: then any typ will do, and none. And `application/` in front makes no difference.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if(policy["typ"] is None)),
        "policy['typ'] may be None: then any typ will do, and none.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if(policy["audience"] is None)),
        "policy['audience'] may be None: then the token must not have an aud. That is no reason to refuse every token.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if(isinstance(claims.get("aud"), list))),
        "aud may be a list of strings, one of which must be ours (RFC 7519 §4.1.3).",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if(not set(header) <= {"alg", "typ", "kid", "jwk", "jku"})),
        "Header members that nobody knows are refused. They are ignored, as long as crit does not name them (RFC 7515 "
        "§4).",
    )
    case.mistake(
        _with_policy(lambda policy: {"now": time.time()}),
        "It asks the system clock. The time to go by is policy['now'].",
    )
    case.mistake(
        _with_policy(lambda policy: {"leeway": 0}),
        "Leeway is not granted. It makes each limit milder: `now - leeway >= exp`, `now + leeway < nbf`.",
    )
    case.mistake(
        _with_policy(lambda policy: {"leeway": -policy["leeway"]}),
        "Leeway makes the token's life shorter here. It must make each limit milder (lesson 03).",
    )
    case.mistake(
        _with_policy(lambda policy: {"require": ["exp"]}),
        "It requires exp and nothing else, whatever the policy says. `policy['require']` has the names.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                "exp" in claims and _is_time(claims["exp"]) and policy["now"] >= claims["exp"]
            )
        ),
        "Leeway is not granted for exp: refuse only when `now - leeway >= exp`.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                _is_time(claims.get("exp")) and policy["now"] + policy["leeway"] >= claims["exp"]
            )
        ),
        "Leeway makes exp come sooner here. It must come later: refuse only when `now - leeway >= exp`.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                any(_is_time(claims.get(name)) and claims[name] > policy["now"] for name in ("nbf", "iat"))
            )
        ),
        "Leeway is not granted for nbf and iat: refuse only what is later than `now + leeway`.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: claims["iss"]),
        "`claims['iss']` is a KeyError when there is none. Use `.get`, and raise ValueError.",
    )
    case.mistake(
        _no_dict,
        "Header and claims may be any JSON, and a list has no `get`. See that both are dicts first, then ValueError.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: header.get("typ", "").lower()),
        "typ may be a number, and `.lower()` of it is an AttributeError. See that it is a string first.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(policy["typ"] is not None and claims.get("typ") is None)
        ),
        "typ is looked for in the claims. It stands in the header (RFC 7515 §4.1.9).",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                policy["typ"] is not None and _bare(header.get("typ")) != policy["typ"]
            )
        ),
        "The policy's own typ may have capitals, or `application/` in front: bring both sides into one shape.",
    )
    case.mistake(
        _first(lambda header, claims, keys, policy: _refuse_if(str(header.get("typ", "")).startswith("APPLICATION/"))),
        "`application/` may be in capitals, too: first `.lower()`, then `.removeprefix(...)`.",
    )
    case.mistake(
        _with_keys(lambda header, claims, keys: _changed(keys, _ops_as_text)),
        "`'verify' in jwk['key_ops']` is true of a text, too. See that key_ops is a list (RFC 7517 §4.3).",
    )
    case.mistake(
        _with_keys(
            lambda header, claims, keys: (
                _changed(keys, lambda jwk: {**jwk, "kid": ""}) if header.get("kid") == "" else keys
            )
        ),
        'An empty kid counts as none. Ask `"kid" in header`, and not whether it is true.',
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(not all(claims.get(name, 1) for name in policy["require"]))
        ),
        "A required claim must be there; its value may be 0 or an empty text. Ask `name in claims`.",
    )
    case.mistake(
        _after(_only_nbf_and_iat, "times"),
        "exp is not held against policy['now'], so a token lives for ever.",
    )
    case.mistake(
        _after(_only_exp, "times"),
        "nbf and iat are not held against policy['now']. A token from the future has a wrong clock, or a wrong author.",
    )
    case.mistake(
        _after(_let_falsy_pass, "types"),
        "sub and jti are looked at only if they are true, so null and 0 pass. Ask `name in claims` first.",
    )
    case.mistake(
        _after(_let_booleans_pass, "types"),
        "True is an int in Python, so it passes for a time. Ask for `type(value)`, or refuse a bool first.",
    )
    case.mistake(
        _after(_compare_times, "types", "times"),
        "Claims are compared before their types are known: text and null end in TypeError, and true counts as 1.",
    )
    case.mistake(
        _first(
            lambda header, claims, keys, policy: _refuse_if(
                not all(math.isfinite(value) for name, value in claims.items() if name == "iat" and _is_time(value))
            )
        ),
        "`math.isfinite` of 400 digits is an OverflowError, and so is `float()`. Compare instead: "
        "`-math.inf < value < math.inf`.",
    )
