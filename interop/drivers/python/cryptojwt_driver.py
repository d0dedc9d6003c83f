import json

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptojwt import JWT, KeyJar
from cryptojwt.jwk.ec import ECKey
from cryptojwt.jwk.jwk import key_from_jwk_dict
from cryptojwt.jwk.okp import OKPKey
from cryptojwt.jwk.rsa import RSAKey
from cryptojwt.jws.jws import JWS, SIGNER_ALGS, factory
from cryptojwt.key_bundle import KeyBundle
from driver import Beyond, kty, only, pick, serve, unb64


def keys_of(case):
    form, key = pick(case, "jwk", "pem", "jwks")
    if form == "jwks":
        jar = KeyJar()
        jar.import_jwks(key, "")
        return jar.get_issuer_keys("")
    if form == "jwk":
        return [key_from_jwk_dict(key)]
    pem = key.encode()
    if b"CERTIFICATE" in pem:
        public = x509.load_pem_x509_certificate(pem).public_key()
    elif b"PRIVATE KEY" in pem:
        public = serialization.load_pem_private_key(pem, None).public_key()
    else:
        public = serialization.load_pem_public_key(pem)
    return [{"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}[kty(case)]().load_key(public)]


def jws(case, keys):
    if case["form"] == "general":
        found = JWS().verify_json(case["token"], keys)
        return found if isinstance(found, (bytes, str)) else json.dumps(found)
    only(case, "compact")
    signed = factory(case["token"], alg=case["alg"])
    found = signed.verify_compact(case["token"], keys)
    return found if isinstance(found, (bytes, str)) else unb64(case["token"].split(".")[1])


def read(case):
    if case["alg"] not in SIGNER_ALGS:
        raise Beyond("alg " + case["alg"])
    keys = keys_of(case)
    if case["kind"] == "jws":
        return jws(case, keys)

    class Chosen(JWT):
        """A JWT whose key is chosen by the caller; unpack() does the rest."""

        def _verify(self, rj, token):
            return rj.verify_compact(token, keys)

    jar = KeyJar()
    jar.add_kb("", KeyBundle())
    found = Chosen(key_jar=jar, iss=case["aud"] or "", allowed_sign_algs=[case["alg"]]).unpack(case["token"])
    return found.to_dict() if hasattr(found, "to_dict") else found


def mint(case):
    if case["date"] is not None:
        raise Beyond("a date type")
    _, key = pick(case, "jwk")
    return JWS(json.dumps(case["mint"]), alg=case["alg"]).sign_compact([key_from_jwk_dict(key)])


serve(read, mint)
