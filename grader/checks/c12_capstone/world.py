"""The keys and the names of lesson 12's exercise, and the rules of its docstring."""

import json
import random
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwt_from_scratch.services.corpus import World, rsa_signer

from ..rsa_pool import RSAKey, rsa_key

ISS, US, TYP = "https://login.town.example", "books", "at+jwt"
CLAIMS = ("iss", "sub", "jti", "exp", "nbf", "iat", "aud")

RULES = {
    "1 segments": "A compact token has exactly three segments (RFC 7515 §7.1).",
    "1 spelling": "Every segment is strict base64url: one token, one spelling. Use b64u_decode.",
    "1 header": "The header is an object in strict JSON. Use json_loads_strict, and see that it is a dict.",
    "1 claims": "The claims are an object in strict JSON. Use json_loads_strict, and see that it is a dict.",
    "1 extensions": "A header that has crit or b64 is refused, whatever they hold (RFC 7515 §4.1.11).",
    "1 others": "Other members of the header, of a key and of the claims are ignored.",
    "2 iss": "iss is a str and in keys; that issuer's keys and no others may sign (RFC 8725 §3.8).",
    "2 alg": "The key's alg equals the header's, which is a str (RFC 8725 §3.1).",
    "2 kid": "The key's kid equals the header's, if the header has one, which then is a str.",
    "2 use": "A key that has a use is taken only if that is 'sig' (RFC 7517 §4.2).",
    "2 key_ops": "A key that has key_ops is taken only if that is a list with 'verify' in it (RFC 7517 §4.3).",
    "2 one key": "Exactly one of the issuer's keys may be left. Nothing is tried, and nothing is taken from the token.",
    "3": "The signature fits that key, and signature_fits says so; nothing in the token is ever used as a key.",
    "4": "If the policy names a typ, the header has it, as a str; case and application/ make no difference.",
    **{f"5 {name}": f"{name} is a str where it is present (RFC 7519 §4.1)." for name in ("sub", "jti")},
    **{
        f"5 {name}": f"{name} is a finite int or float where it is present, and no bool."
        for name in ("exp", "nbf", "iat")
    },
    "5 aud": "aud is a str, or a list of str that is not empty.",
    "6": "Every claim that policy['require'] names is there, whatever its value; others may be absent.",
    "7 exp": "A token is refused from exp on, and leeway later: now - leeway < exp must hold.",
    "7 nbf": "A token is refused before nbf, and leeway earlier: nbf <= now + leeway must hold.",
    "7 iat": "A token may not come from the future: iat <= now + leeway must hold.",
    "8": "aud is, or its list has, the policy's audience, exactly; with None in the policy there is no aud at all.",
}

# PUBLIC, like the pool's: two primes of 512 bits for the one key that is too short.
_SMALL = RSAKey(
    int(
        "d10d9721f0d39b45a3d43a1921668e867b56dbcee965a44352f9e918ce040df7"
        "d28103d1edf0b996672bbeb45a8abdbd39678e7ba7a7051724adad2f5871a363",
        16,
    ),
    int(
        "cda2ce17e65e74c1f1b45bc17f53240caa3cca55c926e12be0bf40f8c8a4b7dc"
        "97908080811aebec064a362ec3c096bc7381c2c7766adec1a6909cf71d985269",
        16,
    ),
    65537,
)


def world(source: random.Random) -> Any:
    """A world whose keys and time follow from the seed, with a signer for each algorithm."""
    now = 1_000_000_000 + source.randrange(500_000_000)  # in the past: the real clock is no help
    private = rsa_key(source).private()
    made: Any = World(now, source, private, _SMALL.private())
    made.pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    made.older = made._ed25519("c", alg="EdDSA")
    made.pss = rsa_signer(private, "PS256", kid="ps")
    made.small = rsa_signer(_SMALL.private(), "RS256", kid="s")
    made.e_is_one = made._e_is_one()
    return made


def dumps(value: Any) -> bytes:
    """JSON as the corpus writes it: NaN goes through, on purpose."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
