import json

import josepy
from driver import Beyond, only, pick, serve
from josepy import jwa, jwk


def key_of(case):
    form, key = pick(case, "secret", "pem", "jwk")
    if form == "secret":
        return jwk.JWKOct(key=key)
    return jwk.JWK.from_json(key) if form == "jwk" else jwk.JWK.load(key.encode())


def read(case):
    if case["alg"] not in jwa.JWASignature.SIGNATURES:
        raise Beyond("alg " + case["alg"])
    key = key_of(case)
    only(case, "compact", "flat", "general")
    compact = case["form"] == "compact"
    signed = josepy.JWS.from_compact(case["token"].encode()) if compact else josepy.JWS.json_loads(case["token"])
    if not signed.verify(key):
        raise ValueError("verify() returned False")
    return signed.payload if case["kind"] == "jws" else json.loads(signed.payload)


serve(read)
