"""A pattern."""


def is_bound(claims: dict, thumbprint: str) -> bool:
    match claims:
        case {"cnf": {"jkt": str(jkt)}}:
            return jkt == thumbprint
    return False
