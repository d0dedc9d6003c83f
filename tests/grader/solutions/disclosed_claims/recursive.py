"""A table of disclosures, and one function that calls itself."""

import hashlib

from jwt_from_scratch import Key
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict


def verify(token, key):
    claims = json_loads_strict(verify_signature(token, Key.from_jwk(key)).payload)
    if not isinstance(claims, dict):
        raise ValueError("no object")
    return claims


def disclosed_claims(sd_jwt: str, issuer_key: dict) -> dict:
    if len(sd_jwt) > 16_384 or not sd_jwt.endswith("~"):
        raise ValueError("form")
    token, *shown = sd_jwt[:-1].split("~")
    payload = verify(token, issuer_key)
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise ValueError("_sd_alg")
    if len(shown) != len(set(shown)):
        raise ValueError("one disclosure twice")
    table = {}
    for text in shown:
        parts = json_loads_strict(b64u_decode(text))
        if not isinstance(parts, list) or len(parts) not in (2, 3):
            raise ValueError("not a disclosure")
        if not all(isinstance(part, str) for part in parts[:-1]):
            raise ValueError("salt or name")
        table[b64u_encode(hashlib.sha256(text.encode()).digest())] = parts
    met = []

    def whole(value):
        if isinstance(value, list):
            made = []
            for one in value:
                if not isinstance(one, dict) or "..." not in one:
                    made.append(whole(one))
                    continue
                digest = one["..."]
                if len(one) != 1 or not isinstance(digest, str):
                    raise ValueError("...")
                met.append(digest)
                if digest in table:
                    _, hidden = table[digest]
                    made.append(whole(hidden))
            return made
        if not isinstance(value, dict):
            return value
        digests = value.get("_sd", [])
        if "..." in value or not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
            raise ValueError("_sd or ...")
        made = {name: whole(one) for name, one in value.items() if name != "_sd"}
        for digest in digests:
            met.append(digest)
            if digest in table:
                _, name, hidden = table[digest]
                if name in ("_sd", "...") or name in made:
                    raise ValueError("name")
                made[name] = whole(hidden)
        return made

    claims = whole(payload)
    if len(met) != len(set(met)) or not table.keys() <= set(met):
        raise ValueError("digests")
    claims.pop("_sd_alg", None)
    return claims
