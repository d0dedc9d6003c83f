"""The proofs that verify_dpop is asked about: all aspects of a DPoP proof and of the request that it came with."""

import base64
import hashlib
import random
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_encode, json_dumps
from jwt_from_scratch.services.dpop import token_hash

from ...judging.aspects import ABSENT, Aspect, Named, Value, bad, good, named, named_ones, rare
from ...judging.trial import Args
from ...judging.verdict import ALL, HALF
from .. import kit
from ..rsa_pool import rsa_key

ALGORITHMS = ("ES256", "Ed25519")
OLDEST, AHEAD, LONGEST = 60, 5, 128
TYP = "dpop+jwt"


def es_key(source: random.Random, curve: Any = None) -> Key:
    """A key on a NIST curve (P-256 where none is named) that the seed decides."""
    curve = curve or ec.SECP256R1()
    numbers = ec.derive_private_key(source.randrange(1, 2**250), curve).private_numbers()
    size = -(-curve.key_size // 8)
    x, y, d = (
        b64u_encode(n.to_bytes(size, "big"))
        for n in (numbers.public_numbers.x, numbers.public_numbers.y, numbers.private_value)
    )
    return Key.from_jwk({"kty": "EC", "crv": f"P-{curve.key_size}", "x": x, "y": y, "d": d})


def ed_key(source: random.Random) -> Key:
    """An Ed25519 key that the seed decides."""
    secret = source.randbytes(32)
    x = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(x), "d": b64u_encode(secret)}, "Ed25519")


def bare(key: Key, private: bool = False) -> dict[str, Any]:
    """A key's JWK with nothing but what makes it the key that it is."""
    return {name: one for name, one in key.to_jwk(private=private).items() if name not in ("alg", "kid", "use")}


def world(source: random.Random) -> Any:
    """A client's keys, somebody else's, a request, and the time."""
    number = source.randrange(100, 1000)
    url = f"https://api.depot-{number}.example/Ropes/7"
    return SimpleNamespace(
        keys={"ES256": es_key(source), "Ed25519": ed_key(source)},
        others={"ES256": es_key(source), "Ed25519": ed_key(source)},
        p384=es_key(source, ec.SECP384R1()),
        rsa=rsa_key(source),
        secret=source.randbytes(64),
        url=url,
        host=f"api.depot-{number}.example",
        token=f"eyJhbGciOiJFUzI1NiJ9.{b64u_encode(source.randbytes(30))}.{b64u_encode(source.randbytes(64))}",
        other_token=f"eyJhbGciOiJFUzI1NiJ9.{b64u_encode(source.randbytes(30))}.{b64u_encode(source.randbytes(64))}",
        jti=b64u_encode(source.randbytes(12)) + "Az",
        others_jti=[b64u_encode(source.randbytes(12)) for _ in range(3)],
        now=1_800_000_000 + source.randrange(10**6),
    )


def aspects(w: Any) -> list[Aspect]:
    """The request, the header, the key in it, the claims, the signature, the text."""
    return [*_request(w), _key(w), _typ(), _alg(w), _jwk(w), *_claims(w), _seen(w), _more(w), _seal(w), *_text(w)]


def _request(w: Any) -> list[Aspect]:
    urls = {
        "plain": w.url,
        "with a query": f"{w.url}?colour=red&page=2",
        "with two question marks": f"{w.url}?next=https://x.example/?a=1",
        "with an empty query": f"{w.url}?",
        "with a fragment": f"{w.url}#knots",
        "with a query and a fragment": f"{w.url}?a=1#b?c",
        "a fragment with a question mark": f"{w.url}#b?c",
        "of the root": f"https://{w.host}/",
        "with capitals and a port": f"https://{w.host.upper()}:8443/Ropes",
        "with a parameter": f"{w.url};colour=red",
    }
    return [
        Aspect("method", good("GET", "POST", rule="8"), rare("DELETE", "PROPFIND", rule="8")),
        Aspect(
            "url",
            good(*(named(text, urls[text]) for text in ("plain", "with a query"))),
            rare(*(named(text, url) for text, url in urls.items() if text not in ("plain", "with a query")), rule="9"),
        ),
        Aspect(
            "access",
            good(named("no token", None), named("a token", w.token), rule="11"),
            rare(named("a token with spaces around it", f" {w.token} "), rule="11"),
        ),
        Aspect("now", good(named("now", w.now)), rare(named("years later", w.now + 10**9), rule="10"), full=0),
    ]


def _key(w: Any) -> Aspect:
    return Aspect("key", good(*ALGORITHMS, rule="3"), full=0)  # ES256 is the quicker one here


def _typ() -> Aspect:
    kinds = ("JWT", "at+jwt", "dpop", "jwt", "application/dpop+jwt", "DPoP")
    return Aspect(
        "typ",
        good(TYP, rule="2"),
        bad("2", ABSENT, "JWT", "at+jwt", stake=HALF),
        bad("2", *kit.falsy(), *kit.truthy(TYP), *kit.almost(TYP, *kinds), *kinds[2:]),
    )


def _alg(w: Any) -> Aspect:
    def sealed(alg: str, jwk: dict[str, Any], seal: kit.Seal) -> list[Value]:
        along = {"jwk": lambda e: dict(jwk), "seal": lambda e: seal}
        return bad("3", named(f"{alg}, and rightly signed so", alg), along=along, stake=ALL)

    rsa = {"kty": "RSA", "n": b64u_encode(w.rsa.n.to_bytes(w.rsa.size)), "e": b64u_encode(w.rsa.e.to_bytes(3))}
    secret = {"kty": "oct", "k": b64u_encode(w.secret)}
    hmacs = {alg: seal for alg, seal in kit.rightly_signed(w.secret).items() if alg in kit.HASHES}
    unsigned = {"seal": lambda e: lambda message: b""}
    return Aspect(
        "alg",
        good(named("the key's", lambda e: e.key), rule="3"),
        sealed("ES384", bare(w.p384), w.p384.sign),
        sealed("RS256", rsa, w.rsa.sign),
        *(sealed(alg, secret, seal) for alg, seal in hmacs.items()),
        bad("3", named("EdDSA, and rightly signed so", "EdDSA"), along={"key": "Ed25519"}),
        *(
            bad(("3", "5"), named(f"{alg!r}, and unsigned", alg), along=unsigned, stake=ALL)
            for alg in ("none", "None", "")
        ),
        bad("3", ABSENT, *kit.falsy(""), *kit.truthy("ES256"), ["ES256", "Ed25519"], "RS256", "PS256", "HS256"),
        bad("3", "ES256,Ed25519", *_near("ES256"), *_near("Ed25519")),
        bad("5", named("Ed25519, with an EC key", "Ed25519"), along={"key": "ES256"}),
        bad("5", named("ES256, with an OKP key", "ES256"), along={"key": "Ed25519"}),
    )


def _near(name: str) -> list[Named]:
    return [named(f"{name} {one.text}", one.what) for one in kit.almost(name)[::3]]


def _jwk(w: Any) -> Aspect:
    def key(e: Any) -> dict[str, Any]:
        return bare(w.keys[e.key])

    def and_more(**more: Any) -> Any:
        return lambda e: key(e) | more

    labels = {"kid": "phone", "use": "sig", "key_ops": ["verify"], "ext": True}
    return Aspect(
        "jwk",
        good(
            named("bare", key),
            named("with its alg", lambda e: key(e) | {"alg": e.key}),
            named("with labels", and_more(**labels)),
            rule="4",
        ),
        rare(named("with members of others", and_more(D="AQ", dp="AQ", k="AQ", n="AQ", x5c=["MIIB"])), rule="4"),
        bad("4", named("the private key", lambda e: bare(w.keys[e.key], private=True)), stake=HALF),
        bad("4", *(named(f"with d {d!r}", and_more(d=d)) for d in (None, "", 0, "AQAB"))),
        bad(
            "4",
            ABSENT,
            *kit.falsy({}),
            *kit.without(kit.truthy("jwk"), {"jwk": True}),
            named("the key in a list", lambda e: [key(e)]),
        ),
        bad("4", named("a thumbprint", lambda e: w.keys[e.key].thumbprint())),
        bad("5", named("somebody else's", lambda e: bare(w.others[e.key])), stake=ALL),
        bad("5", named("with another alg", and_more(alg="ES384")), named("with alg none", and_more(alg="none"))),
        bad("5", named("without x", lambda e: {n: v for n, v in key(e).items() if n != "x"}), {}),
        bad("5", named("for encryption", and_more(use="enc"))),
    )


def _claims(w: Any) -> list[Aspect]:
    now, other_url = w.now, w.url.replace("depot", "rota")
    paths = {
        "another path": f"{w.url}0",
        "the path above": w.url.rpartition("/")[0],
        "the host alone": f"https://{w.host}",
        "another host": other_url,
        "http": w.url.replace("https", "http"),
        "a port": w.url.replace(w.host, f"{w.host}:443"),
        "the host in capitals": w.url.replace(w.host, w.host.upper()),
        "a user": w.url.replace("https://", "https://x@"),
        "the path": "/Ropes/7",
        "two slashes": w.url.replace("/Ropes", "//Ropes"),
        "a dot": w.url.replace("/Ropes", "/./Ropes"),
        "in small letters": w.url.lower(),
        "a query": f"{w.url}?colour=red&page=2",
        "an empty query": f"{w.url}?",
        "a fragment": f"{w.url}#",
        "a slash behind": f"{w.url}/",
        "a space behind": f"{w.url} ",
        "its first half": w.url[:20],
        "a percent escape": w.url.replace("Ropes", "%52opes"),
        "a pattern": "https://.*",
    }
    hidden = {"access": w.token}
    hash_of = {
        "of another token": token_hash(w.other_token),
        "of its first part": token_hash(w.token.split(".")[0]),
        "of its signed part": token_hash(w.token.rpartition(".")[0]),
        "of nothing": token_hash(""),
        "the token": w.token,
        "in hexadecimal": hashlib.sha256(w.token.encode()).hexdigest(),
        "hexadecimal in base64url": b64u_encode(hashlib.sha256(w.token.encode()).hexdigest().encode()),
        "with SHA-512": b64u_encode(hashlib.sha512(w.token.encode()).digest()),
        "its first half": b64u_encode(hashlib.sha256(w.token.encode()).digest()[:16]),
        "with a = behind": token_hash(w.token) + "=",
        "of its base64url": token_hash(b64u_encode(w.token.encode())),
        "of its base64": token_hash(base64.b64encode(w.token.encode()).decode()),
        "in base64": base64.b64encode(hashlib.sha256(w.token.encode()).digest()).decode(),
        "with a line break": token_hash(w.token) + "\n",
        "in capitals": token_hash(w.token).upper(),
        "with spare bits": kit.lenient()["spare bits in the last letter"](token_hash(w.token)),
    }
    return [
        Aspect(
            "jti",
            good(named("usual", w.jti), named("a UUID", "5f2c7c1e-6b0a-4f5e-9d59-5c4c3f5a0e11"), rule="6"),
            rare(
                named("one letter", "x"),
                named("128 letters", "\u00e9\n" * (LONGEST // 2)),
                "\u2603",
                " ",
                "7",
                rule="6",
            ),
            bad(
                "6",
                ABSENT,
                *kit.falsy(),
                True,
                7,
                1.5,
                named("in a list", [w.jti]),
                named("in an object", {w.jti: True}),
            ),
            bad("6", named("129 letters", "j" * (LONGEST + 1)), named("a thousand letters", "j" * 1000)),
        ),
        Aspect(
            "htm",
            good(named("the request's", lambda e: e.method), rule="8"),
            bad("8", named("another", lambda e: "PUT" if e.method != "PUT" else "GET"), stake=HALF),
            bad("8", ABSENT, *kit.falsy(), named("in a list", lambda e: [e.method]), "*", "GET,POST", "CONNECT"),
            bad("8", named("in small letters", lambda e: e.method.lower())),
            bad("8", named("GET, and it was HEAD", "GET"), along={"method": "HEAD"}),
            bad("8", named("with a space", lambda e: e.method + " "), named("its start", lambda e: e.method[:-1])),
            bad("8", named("with more behind", lambda e: e.method + "S"), named("true", True)),
        ),
        Aspect(
            "htu",
            good(named("the request's", lambda e: _cut(e.url)), rule="9"),
            bad("9", *(named(text, paths[text]) for text in ("another path", "another host")), stake=HALF),
            bad(
                "9", *(named(text, url) for text, url in paths.items() if text not in ("another path", "another host"))
            ),
            bad("9", named("the whole URL", lambda e: e.url), along={"url": f"{w.url}?colour=red"}),
            bad("9", ABSENT, *kit.falsy(), named("true", True), named("in a list", lambda e: [_cut(e.url)])),
        ),
        Aspect(
            "iat",
            good(*(named(f"now {shift:+g}", lambda e, s=shift: e.now + s) for shift in (0, -10, -58, 4)), rule="10"),
            rare(*(named(f"now {s:+g}", lambda e, s=s: e.now + s) for s in (-60, 5, -59.5, 0.25, 4.5)), rule="10"),
            bad("10", *(named(f"now {s:+g}", lambda e, s=s: e.now + s) for s in (-3600, 3600, -86_400)), stake=HALF),
            bad("10", *(named(f"now {s:+g}", lambda e, s=s: e.now + s) for s in (-61, 6, -60.25, 5.25, 60, 10**9))),
            bad("10", *named_ones({"in milliseconds": now * 1000, "zero": 0, "negative": -now})),
            bad("10", ABSENT, *named_ones({t: v for t, v in kit.no_times(now).items() if _is_json(v)})),
            # In the first minute of the clock, when true and false, taken for 1 and 0, are in time.
            rare(named("second 1, at second 30", 1), rule="10", along={"now": 30}),
            bad("10", *(named(f"{one}, at second 30", one) for one in (True, False)), along={"now": 30}),
        ),
        Aspect(
            "ath",
            good(named("fits", lambda e: ABSENT if e.access is None else token_hash(e.access)), rule="11"),
            *(
                rare(named(f"{text}, though no token came", what), rule="11", along={"access": None})
                for text, what in (("the hash of one", token_hash(w.token)), ("null", None), ("a number", 7))
            ),
            bad("11", named("of another token", hash_of["of another token"]), along=hidden, stake=HALF),
            bad("11", named("absent", ABSENT), along=hidden, stake=HALF),
            bad("11", named("of another token, and it has no dots", token_hash("x")), along={"access": w.jti}),
            bad("11", named("absent, with an empty token", ABSENT), along={"access": ""}),
            bad("11", named("of another token, with an empty one", hash_of["of another token"]), along={"access": ""}),
            bad("11", *(named(t, one) for t, one in hash_of.items() if t != "of another token"), along=hidden),
            bad("11", *kit.falsy(), named("in a list", [token_hash(w.token)]), named("true", True), along=hidden),
        ),
    ]


def _cut(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _is_json(value: Any) -> bool:
    return not isinstance(value, bytes) and value == value and value not in (float("inf"), float("-inf"))


def _seen(w: Any) -> Aspect:
    others = dict.fromkeys(w.others_jti, w.now - 7)
    near = {
        "swapped in case": lambda e: e.jti.swapcase(),
        "with more behind": lambda e: e.jti + "x",
        "without its last letters": lambda e: e.jti[:-2] or "y",
    }
    return Aspect(
        "seen",
        good({}, named("others", lambda e: dict(others))),
        rare(
            *(
                named(f"one {text}", lambda e, n=n: {n(e): e.now} if isinstance(e.jti, str) else {})
                for text, n in near.items()
            ),
            rule="7",
            along={"jti": w.jti * 7},  # who compares a beginning of it takes them for the same
        ),
        bad("7", named("this one", lambda e: {e.jti: e.now}), along={"jti": w.jti}, stake=HALF),
        bad(
            "7",
            named("this one, a while ago", lambda e: {**others, e.jti: e.now - 50}),
            named("this one, at second 0", lambda e: {e.jti: 0, **others}),
            named("this one, long ago", lambda e: {e.jti: e.now - 10**6}),
            named("this one, in the future", lambda e: {e.jti: e.now + 60}),
            along={"jti": w.jti},
        ),
        rare(named("one without its spaces", lambda e: {e.jti.strip(): e.now}), rule="7", along={"jti": " x "}),
        bad("7", named("this one, with spaces around it", lambda e: {e.jti: e.now}), along={"jti": " x "}),
    )


def _more(w: Any) -> Aspect:
    header = {"kid": "x", "jku": "https://x.example", "cty": "JWT", "x5c": ["MIIB"], "htm": "PUT"}
    return Aspect(
        "more",
        good(
            named("nothing", lambda e: ({}, {})),
            named("nonce and exp", lambda e: ({"kid": "x"}, {"nonce": "n", "exp": e.now + 60})),
        ),
        rare(
            named("header members", lambda e: (header, {})),
            named("exp in the past", lambda e: ({}, {"exp": e.now - 5, "nbf": e.now + 900})),
            named(
                "claims of a token",
                lambda e: ({}, {"iss": 7, "nonce": 5, "aud": ["x"], "sub": None, "cnf": {"jkt": "x"}}),
            ),
            named("the thumbprint of another key", lambda e: ({}, {"jkt": w.others[e.key].thumbprint()})),
            named("claims in capitals", lambda e: ({}, {"HTM": "PUT", "JTI": 7, "Iat": 0})),
            rule="1",
        ),
        bad("1", *(named(f"{m}", lambda e, m=m: (m, {})) for m in ({"crit": ["exp"], "exp": 1}, {"b64": True}))),
    )


def _seal(w: Any) -> Aspect:
    def changed(change: Any) -> Any:
        return lambda e: lambda message: change(w.keys[e.key].sign(message))

    return Aspect(
        "seal",
        good(named("fits", lambda e: w.keys[e.key].sign)),
        bad("5", named("somebody else's", lambda e: w.others[e.key].sign), stake=ALL),
        bad(
            "5", named("empty", lambda e: lambda message: b""), named("zeros", lambda e: lambda m: bytes(64)), stake=ALL
        ),
        bad("5", named("of other text", lambda e: lambda m: w.keys[e.key].sign(m + b"x")), stake=ALL),
        bad(
            "5",
            named("a byte changed", changed(lambda s: s[:40] + bytes([s[40] ^ 1]) + s[41:])),
            named("its first half", changed(lambda s: s[:32])),
            named("a byte more", changed(lambda s: s + b"\0")),
        ),
    )


def _text(w: Any) -> list[Aspect]:
    head, claims = {"typ": TYP}, {"jti": w.jti}
    odd = ("typ twice, first null", "a new name twice", "NaN", "UTF-16", "nothing", "not JSON")
    forms = {text: one for text, one in (kit.odd_json(head, "typ") | kit.no_objects(head)).items() if text in odd}
    bodies = kit.odd_json(claims, "jti") | kit.no_objects(claims)
    odd_bodies = ("jti twice, first null", "a new name twice", "two objects", "nothing", "null", "[]", "not JSON")
    texts = {
        "a fourth segment": lambda t: t + ".",
        "two segments": lambda t: t.rpartition(".")[0],
        "nothing": lambda t: "",
        "two proofs": lambda t: f"{t},{t}",
        "two proofs and a space": lambda t: f"{t} {t}",
        "DPoP before": lambda t: f"DPoP {t}",
        "a space behind": lambda t: t + " ",
        "a = behind": lambda t: t + "=",
    }
    return [
        Aspect(
            "header",
            good(named("compact", lambda e: json_dumps), named("other spaces", lambda e: kit.spaced)),
            *(bad("1", named(text, lambda e, one=one: lambda head: one)) for text, one in forms.items()),
        ),
        Aspect(
            "body",
            good(named("compact", lambda e: json_dumps), named("other spaces", lambda e: kit.spaced)),
            *(bad("1", named(text, lambda e, one=bodies[text]: lambda claims: one)) for text in odd_bodies),
        ),
        Aspect(
            "text",
            good(named("a token", lambda e: lambda t: t)),
            *(bad("1", named(text, lambda e, one=one: one)) for text, one in texts.items()),
        ),
    ]


def build(e: Any) -> Args:
    """The proof, the request that it came with, the time, and the proofs that came before."""
    names = {"typ": e.typ, "alg": e.alg, "jwk": e.jwk}
    said = {name: getattr(e, name) for name in ("jti", "htm", "htu", "iat", "ath")}
    head, claims = ({n: v for n, v in part.items() if v is not ABSENT} for part in (names, said))
    signed = f"{b64u_encode(e.header(head | e.more[0]))}.{b64u_encode(e.body(claims | e.more[1]))}"
    proof = e.text(f"{signed}.{b64u_encode(e.seal(signed.encode()))}")
    return proof, {"method": e.method, "url": e.url, "token": e.access}, e.now, dict(e.seen)
