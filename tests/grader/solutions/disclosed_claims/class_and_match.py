"""A class that keeps what is left to be used, and patterns."""

import hashlib
from collections import Counter

from jwt_from_scratch import Key, verify
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_loads_strict

LIMIT = 2**14


class Reader:
    def __init__(self, disclosures):
        self.left = {}
        self.counts = Counter()
        for text in disclosures:
            digest = b64u_encode(hashlib.sha256(text.encode("ascii")).digest())
            if digest in self.left:
                raise ValueError("twice")
            match json_loads_strict(b64u_decode(text)):
                case [str(), str(), _] | [str(), _] as parts:
                    self.left[digest] = parts[1:]
                case _:
                    raise ValueError("no disclosure")

    def take(self, digest, parts):
        self.counts[digest] += 1
        found = self.left.pop(digest, None)
        if found is not None and len(found) != parts:
            raise ValueError("in the wrong place")
        return found

    def read(self, value):
        match value:
            case dict():
                return self.read_object(dict(value))
            case list():
                return [one for element in value for one in self.read_element(element)]
        return value

    def read_object(self, value):
        digests = value.pop("_sd", [])
        if type(digests) is not list or any(type(one) is not str for one in digests) or "..." in value:
            raise ValueError("_sd")
        value = {name: self.read(one) for name, one in value.items()}
        for digest in digests:
            match self.take(digest, 2):
                case [name, _] if name in value or name in {"_sd", "..."}:
                    raise ValueError("name")
                case [name, hidden]:
                    value[name] = self.read(hidden)
        return value

    def read_element(self, element):
        match element:
            case {"...": str(digest), **others} if not others:
                return [self.read(one) for one in self.take(digest, 1) or []]
            case {"...": _}:
                raise ValueError("...")
        return [self.read(element)]


def disclosed_claims(sd_jwt, issuer_key):
    *parts, last = sd_jwt.split("~")
    if last != "" or not parts or len(sd_jwt) > LIMIT:
        raise ValueError("form")
    payload = json_loads_strict(verify(parts[0], Key.from_jwk(issuer_key)).payload)
    match payload:
        case {"_sd_alg": alg} if alg != "sha-256":
            raise ValueError("hash")
        case dict():
            pass
        case _:
            raise ValueError("no object")
    reader = Reader(parts[1:])
    claims = reader.read(payload)
    claims.pop("_sd_alg", None)
    if reader.left or max(reader.counts.values(), default=1) > 1:
        raise ValueError("a digest twice, or a disclosure that nobody signed")
    return claims
