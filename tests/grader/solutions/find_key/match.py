"""Patterns for the shapes, unpacking for the count."""


def may_verify(jwk: dict) -> bool:
    match jwk:
        case {"use": use} if use != "sig":
            return False
        case {"key_ops": list() as key_ops}:
            return "verify" in key_ops
        case {"key_ops": _}:
            return False
    return True


def find_key(jwks: dict, header: dict) -> dict:
    match jwks, header:
        case {"keys": list() as keys}, {"alg": str() as alg, "kid": str() as kid}:
            wanted = {"alg": alg, "kid": kid}
        case {"keys": list()}, {"kid": _}:
            raise ValueError("kid is no text, or alg is missing")
        case {"keys": list() as keys}, {"alg": str() as alg}:
            wanted = {"alg": alg}
        case _:
            raise ValueError("not a key set, or no alg")
    (found,) = (jwk for jwk in keys if isinstance(jwk, dict) and wanted.items() <= texts(jwk) and may_verify(jwk))
    return found


def texts(jwk: dict) -> set:
    return {(name, value) for name, value in jwk.items() if isinstance(value, str)}
