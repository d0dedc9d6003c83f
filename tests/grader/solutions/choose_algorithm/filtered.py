"""A table, one filter, the first that is left."""

SIZES = {"HS256": 32, "Ed25519": 64, "EdDSA": 64, "ES256": 64, "PS256": 256, "RS256": 256}
FIELDS = {"verifiers_may_mint", "verifiers_know", "good_nonces", "max_signature", "key_alg"}


def choose_algorithm(scenario: dict) -> str:
    if set(scenario) != FIELDS:
        raise ValueError("exactly five facts are needed")
    know, limit, key_alg = (scenario[name] for name in ("verifiers_know", "max_signature", "key_alg"))
    if type(know) is not list:
        raise ValueError("verifiers_know is a list of names")
    allowed = [
        name
        for name, size in SIZES.items()
        if name in know
        and (limit is None or size <= limit)
        and (name != "HS256" or scenario["verifiers_may_mint"])
        and (name != "ES256" or scenario["good_nonces"])
        and (key_alg is None or name == key_alg)
    ]
    if not allowed:
        raise ValueError("nothing is allowed")
    return allowed[0]
