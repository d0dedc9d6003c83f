"""Structural matching; the claims come back."""


class Refused(ValueError):
    pass


def audiences(aud) -> list[str]:
    match aud:
        case str():
            return [aud]
        case [_, *_] if all(type(one) is str for one in aud):
            return aud
    raise Refused(f"the claim aud has the wrong form: {type(aud).__name__}")


def check_parties(claims, issuer, audience):
    match claims:
        case {"iss": str(iss)} if iss == issuer:
            pass
        case _:
            raise Refused("the claim iss is not the issuer that we trust")
    if audiences(claims.get("aud")).count(audience) == 0:
        raise Refused("the claim aud does not hold our name")
    return claims
