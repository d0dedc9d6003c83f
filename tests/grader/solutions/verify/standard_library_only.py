"""A regular expression for the form, and everything else from the standard library."""

import base64
import json
import re
import secrets
from hashlib import sha256

FORM = re.compile(r"([\w-]+)\.([\w-]*)\.([\w-]{43})", re.ASCII)


class BadToken(ValueError):
    pass


def decode(text):
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=") != text.encode():
        raise BadToken("not canonical")
    return data


def no_twins(pairs):
    found = {}
    for name, value in pairs:
        if name in found:
            raise BadToken(f"{name} twice")
        found[name] = value
    return found


def no_constant(name):
    raise BadToken(name)


def json_object(segment):
    value = json.loads(str(decode(segment), "utf-8"), object_pairs_hook=no_twins, parse_constant=no_constant)
    if type(value) is not dict:
        raise BadToken("not an object")
    return value


def mac(secret, message):
    if len(secret) > 64:
        secret = sha256(secret).digest()
    secret += bytes(64 - len(secret))
    inner = sha256(bytes(b ^ 0x36 for b in secret) + message).digest()
    return sha256(bytes(b ^ 0x5C for b in secret) + inner).digest()


def secret_in(key):
    if (key.get("kty"), key.get("alg")) != ("oct", "HS256") or "k" not in key:
        raise BadToken("this key is not for HS256")
    try:
        secret = decode(key["k"])
    except TypeError:
        raise BadToken("k must be text") from None
    if len(secret) * 8 < 256:
        raise BadToken("a weak key")
    return secret


def verify(token, key):
    secret = secret_in(key)
    found = FORM.fullmatch(token)
    if found is None:
        raise BadToken("not a compact token with a signature of 32 bytes")
    header = json_object(found[1])
    if header.get("alg") != key["alg"]:
        raise BadToken("alg")
    if {"crit", "b64"} & header.keys():
        raise BadToken("extension")
    if not secrets.compare_digest(mac(secret, token[: found.end(2)].encode()), decode(found[3])):
        raise BadToken("signature")
    return json_object(found[2])
