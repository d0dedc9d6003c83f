"""A loop with `continue`, as the docstring says it."""


def find_key(jwks, header):
    try:
        keys = jwks["keys"]
    except (TypeError, KeyError, IndexError):
        raise ValueError("no keys") from None
    if type(keys) is not list or type(jwks) is not dict:
        raise ValueError("keys is no list")
    alg = header.get("alg")
    if type(alg) is not str:
        raise ValueError("no alg")
    wants_kid = "kid" in header
    if wants_kid and type(header["kid"]) is not str:
        raise ValueError("kid is no text")
    result = None
    for jwk in keys:
        if type(jwk) is not dict:
            continue
        if jwk.get("alg") != alg:
            continue
        if "use" in jwk and jwk["use"] != "sig":
            continue
        if "key_ops" in jwk and (type(jwk["key_ops"]) is not list or "verify" not in jwk["key_ops"]):
            continue
        if wants_kid and jwk.get("kid") != header["kid"]:
            continue
        if result is not None:
            raise ValueError("two keys fit")
        result = jwk
    if result is None:
        raise ValueError("no key fits")
    return result
