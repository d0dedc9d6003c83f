import jwt
from driver import Beyond, claims, expected, only, pick, serve, unb64


def read(case):
    only(case, "compact", "detached-b64false")
    form, key = pick(case, "secret", "pem", "jwk", "jwks")
    if case["alg"] not in jwt.algorithms.get_default_algorithms():
        raise Beyond("alg " + case["alg"])
    if form == "jwk":
        key = jwt.PyJWK(key, algorithm=case["alg"])
    if form == "jwks":
        kid = jwt.get_unverified_header(case["token"]).get("kid")
        if kid is None:
            raise Beyond("a set without kid")
        key = jwt.PyJWKSet.from_dict(key)[kid]
    if case["kind"] == "jws":
        apart = {} if case["form"] == "compact" else {"detached_payload": unb64(case["payload"])}
        return jwt.PyJWS().decode(case["token"], key, algorithms=[case["alg"]], **apart)
    wanted = expected(case)
    return jwt.decode(
        case["token"], key, algorithms=[case["alg"]], audience=wanted.get("aud"), issuer=wanted.get("iss")
    )


def mint(case):
    _, key = pick(case, "secret", "pem")
    return jwt.encode(claims(case), key, algorithm=case["alg"])


serve(read, mint)
