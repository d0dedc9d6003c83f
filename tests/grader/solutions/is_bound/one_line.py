"""Ask whether it is a dict, then compare."""


def is_bound(claims: dict, thumbprint: str) -> bool:
    cnf = claims.get("cnf")
    return isinstance(cnf, dict) and cnf.get("jkt") == thumbprint
