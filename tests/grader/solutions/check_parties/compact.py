"""As few lines as will do."""


def check_parties(claims: dict, issuer: str, audience: str) -> None:
    iss, aud = claims.get("iss"), claims.get("aud")
    if type(iss) is not str or iss != issuer:
        raise ValueError(f"iss: {iss!r}"[:60])
    names = [aud] if type(aud) is str else aud
    if type(names) is not list or {type(name) for name in names} != {str} or audience not in set(names):
        raise ValueError(f"aud: {aud!r}"[:60])
