import json

from authlib.jose import JsonWebKey, JsonWebSignature, JsonWebToken
from driver import Beyond, claims, expected, kty, only, pick, serve


def key_of(case):
    form, key = pick(case, "jwk", "secret", "pem", "jwks")
    if form == "jwks":
        return JsonWebKey.import_key_set(key)
    return JsonWebKey.import_key(key, None if form == "jwk" else {"kty": kty(case)})


def read(case):
    if case["alg"] not in JsonWebSignature.ALGORITHMS_REGISTRY:
        raise Beyond("alg " + case["alg"])
    key = key_of(case)
    if case["form"] in ("flat", "general"):
        return JsonWebSignature(["ES256", "RS256", "HS256"]).deserialize_json(json.loads(case["token"]), key).payload
    only(case, "compact")
    if case["kind"] == "jws":
        return JsonWebSignature([case["alg"]]).deserialize_compact(case["token"], key).payload
    wanted = {name: {"essential": True, "value": value} for name, value in expected(case).items()}
    found = JsonWebToken([case["alg"]]).decode(case["token"], key, claims_options=wanted)
    found.validate()
    return dict(found)


def mint(case):
    return JsonWebToken([case["alg"]]).encode({"alg": case["alg"]}, claims(case), key_of(case))


serve(read, mint)
