"""One list comprehension and a count."""


def find_key(jwks: dict, header: dict) -> dict:
    if not isinstance(jwks, dict) or not isinstance(jwks.get("keys"), list):
        raise ValueError("not a key set")
    if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid", ""), str):
        raise ValueError("alg and kid are texts")
    found = [
        jwk
        for jwk in jwks["keys"]
        if isinstance(jwk, dict)
        and jwk.get("alg") == header["alg"]
        and jwk.get("use", "sig") == "sig"
        and isinstance(jwk.get("key_ops", ["verify"]), list)
        and "verify" in jwk.get("key_ops", ["verify"])
        and ("kid" not in header or jwk.get("kid") == header["kid"])
    ]
    if len(found) != 1:
        raise ValueError(f"{len(found)} keys fit, not one")
    return found[0]
