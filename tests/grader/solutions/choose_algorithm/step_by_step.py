"""One `if` after the other, as the docstring says it."""


def fits(name, scenario):
    if name not in ["HS256", "Ed25519", "EdDSA", "ES256", "PS256", "RS256"]:
        return False
    if name not in scenario["verifiers_know"]:
        return False
    if name == "HS256":
        size = 32
        if not scenario["verifiers_may_mint"]:
            return False
    elif name == "PS256" or name == "RS256":
        size = 256
    else:
        size = 64
    if name == "ES256" and not scenario["good_nonces"]:
        return False
    return not (scenario["max_signature"] is not None and size > scenario["max_signature"])


def choose_algorithm(scenario):
    fields = ["verifiers_may_mint", "verifiers_know", "good_nonces", "max_signature", "key_alg"]
    for field in fields:
        if field not in scenario:
            raise ValueError(field + " is missing")
    for field in scenario:
        if field not in fields:
            raise ValueError(field + " is unknown")
    if not isinstance(scenario["verifiers_know"], list):
        raise ValueError("a list, please")
    if scenario["key_alg"] is not None:
        if fits(scenario["key_alg"], scenario):
            return scenario["key_alg"]
        raise ValueError("make a new key")
    for name in ["HS256", "Ed25519", "EdDSA", "ES256", "PS256", "RS256"]:
        if fits(name, scenario):
            return name
    raise ValueError("nothing is allowed")
