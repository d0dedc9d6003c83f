"""First collect all digests, wherever they stand, and check them; then put in what is shown."""

import hashlib

from jwt_from_scratch import Key
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict


def sha256(text):
    return b64u_encode(hashlib.sha256(text.encode()).digest())


def collect(value, table, inside_list=False):
    """All digests, in order, each with the number of parts that its disclosure must have."""
    if isinstance(value, list):
        for one in value:
            yield from collect(one, table, inside_list=True)
    if isinstance(value, dict):
        if "..." in value:
            if not inside_list or list(value) != ["..."] or not isinstance(value["..."], str):
                raise ValueError("...")
            yield value["..."], 2
            if value["..."] in table:
                yield from collect(table[value["..."]][-1], table)
            return
        own = value.get("_sd", [])
        if not isinstance(own, list):
            raise ValueError("_sd")
        for digest in own:
            if not isinstance(digest, str):
                raise ValueError("_sd")
            yield digest, 3
            if digest in table:
                yield from collect(table[digest][-1], table)
        for name in value:
            if name != "_sd":
                yield from collect(value[name], table)


def fill(value, table):
    if isinstance(value, list):
        kept = [one for one in value if not (isinstance(one, dict) and "..." in one and one["..."] not in table)]
        return [fill(table[one["..."]][1] if isinstance(one, dict) and "..." in one else one, table) for one in kept]
    if isinstance(value, dict):
        filled = {}
        for name, one in value.items():
            if name != "_sd":
                filled[name] = fill(one, table)
        for digest in value.get("_sd", []):
            if digest in table:
                _, name, hidden = table[digest]
                if name in filled or name == "_sd" or name == "...":
                    raise ValueError("name")
                filled[name] = fill(hidden, table)
        return filled
    return value


def disclosed_claims(sd_jwt, issuer_key):
    if len(sd_jwt) > 16384:
        raise ValueError("too long")
    token, tilde, rest = sd_jwt.partition("~")
    if not tilde or (rest and not rest.endswith("~")):
        raise ValueError("no ~ at the end")
    texts = rest.split("~")[:-1]
    payload = json_loads_strict(verify_signature(token, Key.from_jwk(issuer_key)).payload)
    if type(payload) is not dict or payload.pop("_sd_alg", "sha-256") != "sha-256":
        raise ValueError("payload")
    table = {sha256(text): json_loads_strict(b64u_decode(text)) for text in texts}
    if len(table) < len(texts):
        raise ValueError("twice")
    for parts in table.values():
        if type(parts) is not list or not 2 <= len(parts) <= 3 or {type(part) for part in parts[:-1]} != {str}:
            raise ValueError("disclosure")
    places = list(collect(payload, table))
    digests = [digest for digest, _ in places]
    if sorted(set(digests)) != sorted(digests) or set(table) - set(digests):
        raise ValueError("digests")
    if any(len(table[digest]) != parts for digest, parts in places if digest in table):
        raise ValueError("place")
    return fill(payload, table)
