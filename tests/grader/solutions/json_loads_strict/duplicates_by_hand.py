"""A loop over the pairs, and a decoder object made once."""

import json


def no_twins(pairs):
    members = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"{name!r} occurs twice")
        members[name] = value
    return members


def no_constants(name):
    raise ValueError(name)


DECODER = json.JSONDecoder(object_pairs_hook=no_twins, parse_constant=no_constants)


def json_loads_strict(data: bytes):
    text = data.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("byte order mark")
    return DECODER.decode(text)
