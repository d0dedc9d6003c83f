"""Candidates as a set that shrinks, then the best rank."""

from dataclasses import dataclass

RANK = ("HS256", "Ed25519", "EdDSA", "ES256", "PS256", "RS256")
SIZE = dict(zip(RANK, (32, 64, 64, 64, 256, 256)))


@dataclass(frozen=True, kw_only=True)
class Facts:
    verifiers_may_mint: bool
    verifiers_know: list
    good_nonces: bool
    max_signature: int | None
    key_alg: str | None


def choose_algorithm(scenario: dict) -> str:
    try:
        facts = Facts(**scenario)
    except TypeError as error:
        raise ValueError(str(error)) from None
    if not isinstance(facts.verifiers_know, list):
        raise ValueError("neither a text nor a tuple is a list")
    left = set(RANK) & set(facts.verifiers_know)
    if not facts.verifiers_may_mint:
        left.discard("HS256")
    if not facts.good_nonces:
        left.discard("ES256")
    if facts.max_signature is not None:
        left = {name for name in left if SIZE[name] <= facts.max_signature}
    if facts.key_alg is not None:
        left &= {facts.key_alg}
    return min(left, key=RANK.index)  # of nothing: ValueError
