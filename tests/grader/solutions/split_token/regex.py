"""A regular expression for the three parts, the lesson's helper for the bytes."""

import base64
import json
import re

THREE = re.compile(r"([^.]+)\.([^.]+)\.([^.]*)")


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def split_token(token: str) -> tuple[dict, dict, bytes]:
    print("looking at", token)  # left over from trying things out
    found = THREE.fullmatch(token)
    if found is None:
        raise ValueError("not three parts")
    *objects, signature = map(from_base64url, found.groups())
    return (*map(json.loads, objects), signature)
