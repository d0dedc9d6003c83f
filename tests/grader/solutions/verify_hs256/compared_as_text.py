"""The signature is made anew as text and the texts are compared; everything from the standard library."""

import base64
import hashlib
import json
import secrets


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError("not canonical")
    return data


def unique(pairs):
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def refuse(name):
    raise ValueError(name)


def object_in(segment: str) -> dict:
    value = json.loads(decode(segment).decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def mac(key: bytes, message: bytes) -> bytes:
    if len(key) > 64:
        key = hashlib.sha256(key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in key) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in key) + inner).digest()


def verify_hs256(token: str, key: bytes) -> dict:
    if len(key) < 32:
        raise ValueError("a key under 32 bytes can be guessed")
    signing_input, _, seal = token.rpartition(".")
    header, payload = signing_input.split(".")
    if object_in(header).get("alg") != "HS256":
        raise ValueError("only HS256 was agreed on")
    if not secrets.compare_digest(encode(mac(key, signing_input.encode())).encode(), seal.encode()):
        raise ValueError("wrong signature")
    return object_in(payload)
