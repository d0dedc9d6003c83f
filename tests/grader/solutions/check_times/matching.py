"""Structural matching, and the leeway moved to the claim's side."""

import math
from numbers import Real


def number(name: str, value: object) -> Real:
    match value:
        case bool():
            raise ValueError(f"{name}: true and false are not times")
        case int():
            return value
        case float() if not (math.isnan(value) or math.isinf(value)):
            return value
    raise ValueError(f"{name}: {type(value).__name__} is not a time")


def check_times(claims: dict, now: float, leeway: float) -> None:
    times = {name: number(name, claims[name]) for name in claims.keys() & {"exp", "nbf", "iat"}}
    try:
        exp = times.pop("exp")
    except KeyError:
        raise ValueError("exp: required") from None
    if not exp + leeway > now:
        raise ValueError("exp: too late")
    for name, value in times.items():
        if value - leeway > now:
            raise ValueError(f"{name}: too early")
