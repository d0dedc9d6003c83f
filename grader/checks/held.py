"""What is in tokens that nobody can read as they are, in words for a check's table."""

from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

from ..inside.values import show, sketch

LONGEST = 20
"""Characters of each value in a JSON text."""


def segment(text: str) -> str:
    """The JSON of a segment or a disclosure; what is no JSON as bytes, what is no base64url as it is."""
    if not text:
        return "nothing"
    try:
        data = b64u_decode(text)
    except ValueError:
        return show(text, 40)
    try:
        return sketch(json_loads_strict(data), LONGEST)
    except ValueError:
        return show(data, 60)


def signed(token: str) -> str:
    """Header and payload of a signed token, and what stands behind them if that is no signature's form."""
    header, payload, signature = (*token.split(".", 2), "", "")[:3]
    try:
        b64u_decode(signature)
        odd = ""
    except ValueError:
        odd = f", signature ...{signature[-20:]!a}"
    return f"header {segment(header)}, payload {segment(payload)}{odd}"
