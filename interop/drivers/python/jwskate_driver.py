import json

from driver import Beyond, claims, only, pick, serve
from jwskate import Jwk, JwkSet, JwsCompact, JwsJsonFlat, JwsJsonGeneral, Jwt, SignedJwt, SymmetricJwk


def key_of(case):
    form, key = pick(case, "jwk", "secret", "pem", "jwks")
    if form == "secret":
        return SymmetricJwk.from_bytes(key, alg=case["alg"])
    return JwkSet(key) if form == "jwks" else Jwk(key) if form == "jwk" else Jwk.from_pem(key)


def read(case):
    key = key_of(case)
    only(case, "compact", "flat", "general")
    if case["kind"] == "jws":
        json_form = {"flat": JwsJsonFlat, "general": JwsJsonGeneral}.get(case["form"])
        signed = json_form(json.loads(case["token"])) if json_form else JwsCompact(case["token"])
        if not signed.verify_signature(key, alg=case["alg"]):
            raise ValueError("verify_signature() returned False")
        return bytes(signed.payload)
    token = SignedJwt(case["token"])
    if isinstance(key, JwkSet):
        if not token.verify_signature(key, alg=case["alg"]):
            raise ValueError("verify_signature() returned False")
        key = key.get_jwk_by_kid(token.kid)
    token.validate(key, alg=case["alg"], audience=case["aud"], issuer=case["iss"])
    return token.claims


def mint(case):
    form, key = pick(case, "secret", "pem")
    key = SymmetricJwk.from_bytes(key, alg=case["alg"]) if form == "secret" else Jwk.from_pem(key)
    if case["date"] is not None:
        raise Beyond("a date type")
    return str(Jwt.sign(claims(case), key, alg=case["alg"]))


serve(read, mint)
