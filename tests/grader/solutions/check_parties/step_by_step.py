"""One question after the other."""


def check_parties(claims: dict, issuer: str, audience: str) -> None:
    if "iss" not in claims:
        raise ValueError("iss is missing")
    if claims["iss"] != issuer:
        raise ValueError("iss is another issuer")

    if "aud" not in claims:
        raise ValueError("aud is missing")
    aud = claims["aud"]
    if isinstance(aud, str):
        if aud != audience:
            raise ValueError("aud is someone else")
        return
    if not isinstance(aud, list):
        raise ValueError("aud is neither a string nor a list")
    found = False
    for one in aud:
        if not isinstance(one, str):
            raise ValueError("aud holds something that is not a string")
        if one == audience:
            found = True
    if not found:
        raise ValueError("aud does not name us")
