import json

from driver import Beyond, claims, kty, only, pick, serve, unb64
from jwt import JWT
from jwt.jwa import supported_signing_algorithms
from jwt.jwk import OctetJWK, jwk_from_dict, jwk_from_pem
from jwt.jwkset import JWKSet
from jwt.jws import JWS
from jwt.utils import get_int_from_datetime


def key_of(case):
    form, key = pick(case, "secret", "jwk", "pem", "jwks")
    if form == "jwks":
        kid = json.loads(unb64(case["token"].split(".")[0])).get("kid")
        return JWKSet.from_dict(key).filter_keys(kid=kid, kty=kty(case))[0]
    if form == "secret":
        return OctetJWK(key)
    return jwk_from_dict(key) if form == "jwk" else jwk_from_pem(key.encode())


def read(case):
    only(case, "compact")
    if case["alg"] not in supported_signing_algorithms():
        raise Beyond("alg " + case["alg"])
    key = key_of(case)
    if case["kind"] == "jws":
        return JWS().decode(case["token"], key, True, {case["alg"]})
    return JWT().decode(case["token"], key, do_verify=True, algorithms={case["alg"]}, do_time_check=True)


def mint(case):
    if case["date"] is not None:
        dated = claims(case)
        return JWT().encode({**dated, "exp": get_int_from_datetime(dated["exp"])}, key_of(case), alg=case["alg"])
    return JWT().encode(case["mint"], key_of(case), alg=case["alg"])


serve(read, mint)
