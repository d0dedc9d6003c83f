import json

from driver import Beyond, expected, pick, serve, unb64
from jwcrypto import jwk, jws, jwt

KNOWN = {*jws.default_allowed_algs, "ES256K", "EdDSA"}


def key_of(case):
    form, key = pick(case, "jwk", "pem", "jwks")
    if form == "jwks":
        return jwk.JWKSet.from_json(json.dumps(key))
    return jwk.JWK(**key) if form == "jwk" else jwk.JWK.from_pem(key.encode())


def read(case):
    if case["alg"] not in KNOWN:
        raise Beyond("alg " + case["alg"])
    key = key_of(case)
    if case["kind"] == "jws":
        signed = jws.JWS()
        signed.allowed_algs = ["ES256", "RS256", "HS256"] if case["form"] == "general" else [case["alg"]]
        signed.deserialize(case["token"])
        if "detached" in case["form"]:
            signed.verify(key, detached_payload=unb64(case["payload"]))
            return unb64(case["payload"])
        signed.verify(key)
        return signed.payload
    token = jwt.JWT(jwt=case["token"], key=key, algs=[case["alg"]], check_claims=expected(case) or None)
    return json.loads(token.claims)


def mint(case):
    if case["date"] is not None:
        raise Beyond("a date type")
    token = jwt.JWT(header={"alg": case["alg"]}, claims=case["mint"])
    token.make_signed_token(key_of(case))
    return token.serialize()


serve(read, mint)
