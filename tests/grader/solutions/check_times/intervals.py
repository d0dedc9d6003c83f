"""A table of half-open intervals; an exception class of its own; the claims come back."""

import json
from math import inf, nextafter


class ClaimError(ValueError):
    def __init__(self, claim, found):
        super().__init__(f"claim {claim!r} refuses the token: {json.dumps(found, default=str)}")


MISSING = object()


def check_times(claims, now, leeway):
    early, late = now - leeway, now + leeway
    allowed = {"exp": (nextafter(early, inf), inf), "nbf": (-inf, late), "iat": (-inf, late)}
    for claim, (low, high) in allowed.items():
        value = claims.get(claim, MISSING)
        if value is MISSING and claim != "exp":
            continue
        if value is MISSING or type(value) not in {int, float}:
            raise ClaimError(claim, None if value is MISSING else value)
        if value in (inf, -inf) or not low <= value <= high:
            raise ClaimError(claim, value)
    return claims
