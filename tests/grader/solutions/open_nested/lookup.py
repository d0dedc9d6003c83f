"""All that can be wrong in one condition, and a key that is looked up with get."""

from jwt_from_scratch import Key, peek
from jwt_from_scratch.encoding import b64u_decode, json_loads_strict
from jwt_from_scratch.services.sealed import unseal


def open_nested(token, key, issuers):
    inner = unseal(token, key, ["dir", "A256GCM"]).decode("utf-8")
    cty = json_loads_strict(b64u_decode(token.split(".")[0])).get("cty")
    said = peek(inner).unverified_claims.get("iss")
    if cty != "JWT" or type(said) is not str:
        raise ValueError("cty or iss")
    jwk = issuers.get(said)
    if jwk is None:
        raise ValueError("iss")
    from jwt_from_scratch import verify

    return json_loads_strict(verify(inner, Key.from_jwk(jwk)).payload)
