"""verify_hs256: a token and a key in, the claims out, or ValueError."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from jwt_from_scratch.encoding import b64u_encode

from ...judging.aspects import Aspect, bad, from_aspects, good, joined, named, rare, written
from ...judging.exercise import Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL
from .. import compact, kit

RULES = {"1": "A key under 32 bytes can be guessed (RFC 7518 §3.2).", **compact.RULES}


def aspects(w: Any) -> list[Aspect]:
    """The key, and all of the token."""
    return [_key(w), *compact.token_aspects(w, [], [])]


def _key(w: Any) -> Aspect:
    return Aspect(
        "key",
        good(named("32 bytes", w.key), named("64 bytes", w.key + w.far[:32]), rule="1"),
        good(
            named("33 bytes", w.key + b"k"), named("65 bytes", w.far[:64] + b"\n"), named("200 bytes", w.far), rule="1"
        ),
        rare(named("32 zero bytes", bytes(32)), named("line breaks", b"\n" * 40), rule="1"),
        rare(named("letters and digits", b"Correct4Horse2Battery9" * 2), rule="1"),
        rare(named("a zero byte behind 70", w.far[:70] + b"\0"), rule="1"),
        bad("1", named("empty", b""), stake=ALL),
        bad("1", named("a word", b"secret"), *(named(f"{n} bytes", w.far[:n]) for n in (1, 16, 24, 31))),
        bad("1", named("31 zero bytes", bytes(31)), named("31 bytes of ones", b"\xff" * 31)),
    )


def _again(w: Any) -> Iterator[Trial]:
    return compact.asked_again(w, w.key, {"another key": w.other})


def build(e: Any) -> Args:
    """A token, and the key that it is verified with."""
    return compact.token_of(e), e.key


def oracle(token: str, key: bytes) -> tuple[Any, set[str]]:
    """The claims, and all rules that are broken; crit and b64 are not this exercise's business."""
    claims, broken = compact.broken_by(token, key, "HS256")
    return claims, (broken - {"3 extensions"}) | ({"1"} if len(key) < 32 else set())


MISTAKES: Mistakes = {
    "1": {
        "A key of exactly 32 bytes is long enough; only fewer are refused (RFC 7518 §3.2).": replace(
            compact.VERIFY, minimum=33
        ),
        "No key is refused, not even an empty one. Below 32 bytes: ValueError (RFC 7518 §3.2).": replace(
            compact.VERIFY, minimum=0
        ),
        "It refuses only the empty key. Below 32 bytes: ValueError (RFC 7518 §3.2).": replace(
            compact.VERIFY, minimum=1
        ),
    },
    **compact.MISTAKES,
}

_EXAMPLE = b"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEifQ"

verify_hs256 = Exercise(
    name="verify_hs256",
    points=10,
    spec="RFC 7515 §5.2, RFC 7518 §3.2",
    forbids=kit.TOKEN_LIBRARIES,
    hints=(
        "The order matters: look at nothing in the payload before the signature is known to fit. And who decides which "
        "algorithm it is: the token, or you?",
        "Split (exactly three), decode the header, refuse unless its alg is exactly `'HS256'`, compute the HMAC of "
        "`header.payload` again and compare with `hmac.compare_digest`. Only then read the claims.",
        "`header, payload, signature = token.split('.')`; `json_loads_strict(b64u_decode(header))` must be a dict with "
        "alg `'HS256'`; `expected = hmac_sha256(key, f'{header}.{payload}'.encode())`; unless "
        "`hmac.compare_digest(expected, b64u_decode(signature))`, raise ValueError. A short key and claims that are "
        "not a dict are ValueErrors too.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            compact.world,
            aspects,
            build,
            oracle,
            crowded=True,
            examples=((f"{_EXAMPLE.decode()}.{b64u_encode(kit.mac(bytes(32), _EXAMPLE))}", bytes(32)),),
        ),
        written(lambda source: _again(compact.world(source))),
    ),
    mistakes=MISTAKES,
)
