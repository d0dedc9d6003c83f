"""One question after the other."""

import math


def is_time(value) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int)


def check_times(claims: dict, now: float, leeway: float) -> None:
    if "exp" not in claims:
        raise ValueError("the token has no exp")
    if not is_time(claims["exp"]):
        raise ValueError("exp is not a number")
    if now - leeway >= claims["exp"]:
        raise ValueError("exp has passed")

    if "nbf" in claims:
        if not is_time(claims["nbf"]):
            raise ValueError("nbf is not a number")
        if now + leeway < claims["nbf"]:
            raise ValueError("nbf has not come yet")

    if "iat" in claims:
        if not is_time(claims["iat"]):
            raise ValueError("iat is not a number")
        if claims["iat"] > now + leeway:
            raise ValueError("iat lies in the future")
