from driver import Beyond, claims, only, pick, serve
from jose import constants, jws, jwt


def read(case):
    only(case, "compact")
    if case["alg"] not in constants.ALGORITHMS.SUPPORTED:
        raise Beyond("alg " + case["alg"])
    _, key = pick(case, "secret", "pem", "jwk", "jwks")
    if case["kind"] == "jws":
        return jws.verify(case["token"], key, [case["alg"]])
    return jwt.decode(case["token"], key, algorithms=[case["alg"]], audience=case["aud"], issuer=case["iss"])


def mint(case):
    _, key = pick(case, "secret", "pem")
    return jwt.encode(claims(case), key, algorithm=case["alg"])


serve(read, mint)
