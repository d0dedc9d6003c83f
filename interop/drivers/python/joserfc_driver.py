import json

from driver import Beyond, claims, expected, kty, pick, serve, unb64
from joserfc import jwk, jws, jwt


def key_of(case):
    form, key = pick(case, "jwk", "secret", "pem", "jwks")
    if form == "jwks":
        return jwk.KeySet.import_key_set(key)
    return jwk.import_key(key) if form == "jwk" else jwk.import_key(key, kty(case))


def read(case):
    if case["alg"] not in jws.JWSRegistry.algorithms:
        raise Beyond("alg " + case["alg"])
    key = key_of(case)
    if case["form"] in ("flat", "general"):
        return jws.deserialize_json(json.loads(case["token"]), key, algorithms=["ES256", "RS256", "HS256"]).payload
    if case["kind"] == "jws":
        apart = {"payload": unb64(case["payload"])} if "detached" in case["form"] else {}
        return jws.deserialize_compact(case["token"], key, algorithms=[case["alg"]], **apart).payload
    token = jwt.decode(case["token"], key, algorithms=[case["alg"]])
    wanted = {name: {"essential": True, "value": value} for name, value in expected(case).items()}
    jwt.JWTClaimsRegistry(**wanted).validate(token.claims)
    return token.claims


def mint(case):
    return jwt.encode({"alg": case["alg"]}, claims(case), key_of(case), algorithms=[case["alg"]])


serve(read, mint)
