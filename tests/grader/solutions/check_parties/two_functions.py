"""A function for each claim, called through a table; bytes are compared."""

import secrets


def same(a: str, b: str) -> bool:
    return secrets.compare_digest(a.encode("utf-8", "surrogatepass"), b.encode("utf-8", "surrogatepass"))


def good_issuer(value, expected):
    return isinstance(value, str) and same(value, expected)


def good_audience(value, expected):
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or any(not isinstance(one, str) for one in value):
        return False
    return any(same(one, expected) for one in value)


def check_parties(claims: dict, issuer: str, audience: str) -> None:
    for name, good, expected in (("iss", good_issuer, issuer), ("aud", good_audience, audience)):
        if name not in claims or not good(claims[name], expected):
            raise ValueError(f"the claim '{name}' is missing or wrong")
