"""decode_securely: a token, the issuers' keys and a policy in; the claims, or ValueError."""

import random
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.aspects import ABSENT, Aspect, from_aspects, joined, written
from ...judging.exercise import Exercise
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF, PART
from ...judging.wants import InTurn, Raises, Returns
from .. import kit
from .claims import claims_aspects, policy_aspects
from .keys import key_aspects, seal_aspect
from .mistakes import MISTAKES
from .oracle import oracle
from .token import header_aspects, segments_aspect, spelling_aspects
from .world import CLAIMS, ISS, RULES, US, dumps, world

FORBIDS = (
    *kit.TOKEN_LIBRARIES,
    "jwt_from_scratch.algorithms",
    "jwt_from_scratch.claims",
    "jwt_from_scratch.services",
)


def aspects(w: Any) -> list[Aspect]:
    """The policy, the keys, the claims, the header, the form."""
    return [
        *policy_aspects(w),
        *key_aspects(w),
        *claims_aspects(w),
        *header_aspects(w),
        *spelling_aspects(),
        seal_aspect(w),
        segments_aspect(),
    ]


def build(e: Any) -> Args:
    """A token, the keys and the policy."""
    home = {e.home: {"keys": e.jwks}} if isinstance(e.home, str) else {}
    head = {name: what for name, what in (("alg", e.alg), ("kid", e.kid), ("typ", e.typ)) if what is not ABSENT}
    body = {name: getattr(e, name) for name in CLAIMS if getattr(e, name) is not ABSENT}
    header, claims = e.header({**head, **e.members}), e.claims({**e.other, **body})
    spells = [getattr(e, f"spelling of {name}") for name in ("header", "claims", "signature")]
    for spaces in range(40):  # white space in the JSON, until each spelling that should be another one is one
        first, second = b64u_encode(header + b" " * (spaces % 3)), b64u_encode(claims + b" " * spaces)
        third = b64u_encode(e.seal(f"{spells[0](first)}.{spells[1](second)}".encode()))
        if all(map(kit.respelled, spells, (first, second, third))):
            break
    token = e.segments(*(spell(one) for spell, one in zip(spells, (first, second, third), strict=True)))
    policy = {"audience": e.audience, "typ": e.wanted_typ, "require": e.require, "leeway": e.leeway, "now": e.now}
    return token, {**e.issuers, **home}, policy


def remembered(source: random.Random) -> list[Trial]:
    """A good token, and then the same one under other keys, or under another policy: no verdict may be kept."""
    w = world(source)
    claims = {"iss": ISS, "aud": US, "exp": w.now + 600}
    token = w.elliptic.seal(dumps({"alg": "ES256"}), dumps(claims))
    keys = {ISS: {"keys": [w.elliptic.jwk]}}
    policy = {"audience": US, "typ": None, "require": [], "leeway": 0, "now": w.now}
    strangers = {ISS: {"keys": [w.stranger.jwk]}}
    later = {
        "with another key under its name": ("3", ALL, (token, strangers, policy)),
        "a day later": ("7 exp", HALF, (token, keys, {**policy, "now": w.now + 86_400})),
        "by another service": ("8", HALF, (token, keys, {**policy, "audience": "maps"})),
        "where more is required": ("6", PART, (token, keys, {**policy, "require": ["jti"]})),
    }
    want = InTurn((Returns(claims), Raises()))
    return [
        Trial((token, keys, policy), want, frozenset([rule]), True, stake, f"a good token again, {text}", more=(more,))
        for text, (rule, stake, more) in later.items()
    ]


decode_securely = Exercise(
    name="decode_securely",
    points=30,
    spec="RFC 8725 §3; RFC 7515 §5.2; RFC 7519 §7.2",
    forbids=FORBIDS,
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
        "for aud a string becomes a list with it alone, and any other must be a list, not empty, of strings alone. "
        "require: `name in claims`. Times: the three comparisons of lesson 03 for those that are there. aud: "
        "`policy['audience']` is in the list, or with None there is no aud at all.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            crowded=True,
            examples=(("e30.e30.", {}, {"audience": None, "typ": None, "require": [], "leeway": 0, "now": 0}),),
        ),
        written(remembered),
    ),
    mistakes=MISTAKES,
)
