"""Valid contents of a header (RFC 7515 §4, RFC 7519 §5)."""

import json

from ..keys import public_jwk, rsa_key
from .certificates import certificate, der64, thumbprint
from .making import EXP, SECRET, Case, case, offered

_LONG = "k" * 4000


def cases() -> list[Case]:
    return [*_typ(), *_members(), *_kid(), *_for_show()]


def _typ() -> list[Case]:
    return [
        case("A01", "plain, alg before typ"),
        case("A01b", "plain, typ before alg", header='{"typ":"JWT","alg":"HS256"}'),
        case("A05", "no typ", header='{"alg":"HS256"}'),
        case("A06", "typ at+jwt (RFC 9068)", header='{"alg":"HS256","typ":"at+jwt"}'),
        case("A07", "typ application/at+jwt", header='{"alg":"HS256","typ":"application/at+jwt"}'),
        case("A08", "typ jwt, in lower case", header='{"alg":"HS256","typ":"jwt"}'),
        case("A09", "typ application/jwt", header='{"alg":"HS256","typ":"application/jwt"}'),
        case("A09b", "typ JOSE", header='{"alg":"HS256","typ":"JOSE"}'),
        case("A10", "cty application/json, no typ", header='{"alg":"HS256","cty":"application/json"}'),
    ]


def _members() -> list[Case]:
    many = ",".join(f'"x{number}":"v"' for number in range(20))
    copied = f'"iss":"https://login.example","sub":"ada","exp":{EXP}'
    return [
        case("A02", "line break and space, as in RFC 7515 A.1", header='{"typ":"JWT",\r\n "alg":"HS256"}'),
        case("A03", "white space around and inside", header='\n { "alg" : "HS256" ,\t"typ" : "JWT" } \n\t'),
        case("A04", "alg after 20 unknown members", header=f'{{{many},"typ":"JWT","alg":"HS256"}}'),
        case("A11a", "an unknown member: null", header='{"alg":"HS256","typ":"JWT","x":null}'),
        case("A11b", "an unknown member: array", header='{"alg":"HS256","typ":"JWT","x":["a",1]}'),
        case("A11c", "an unknown member: object", header='{"alg":"HS256","typ":"JWT","x":{"y":1}}'),
        case("A11d", "unknown members: number, boolean", header='{"alg":"HS256","typ":"JWT","x":1.5,"y":true}'),
        case("A15", "the name alg written with an escape", header='{"\\u0061lg":"HS256","typ":"JWT"}'),
        case("A16", "the value HS256 written with an escape", header='{"alg":"\\u0048S256","typ":"JWT"}'),
        case("A21", "b64 true, in crit (RFC 7797)", header='{"alg":"HS256","typ":"JWT","b64":true,"crit":["b64"]}'),
        case(
            *("A22", "claims repeated in the header"),
            header=f'{{"alg":"HS256","typ":"JWT",{copied}}}',
            payload=f"{{{copied}}}",
            iss="https://login.example",
        ),
        case("A23", "ALG and Typ beside alg and typ", header='{"alg":"HS256","ALG":"RS256","typ":"JWT","Typ":"x"}'),
    ]


def _kid() -> list[Case]:
    def kid(id: str, text: str, written: str, kid: str) -> Case:
        key = offered("HS256", SECRET)
        named = {**key, "jwk": {**key["jwk"], "kid": kid}}
        return case(id, text, header=f'{{"alg":"HS256","typ":"JWT","kid":"{written}"}}', key=named)

    return [
        kid("A12", "kid that is empty", "", ""),
        kid("A13", "kid of 4,000 characters", _LONG, _LONG),
        kid("A14", "kid that is not ASCII", "ключ-🔑", "ключ-🔑"),
        kid("A17", "kid with an escaped slash", "a\\/b", "a/b"),
        case("A18", "the token has a kid, the one key has none", header='{"alg":"HS256","typ":"JWT","kid":"2026-11"}'),
        case(
            *("A18b", "the token has a kid, the one key has none (RS256)", "RS256", rsa_key(2048)),
            header='{"alg":"RS256","typ":"JWT","kid":"2026-11"}',
        ),
    ]


def _for_show() -> list[Case]:
    """Header parameters with information that a reader does not need."""
    key, cert = rsa_key(2048), certificate(rsa_key(2048), "rsa.example")
    named = {"x5c": [der64(cert)], "x5t#S256": thumbprint(cert, "sha256"), "jwk": public_jwk(key)}
    full = json.dumps({"alg": "RS256", "typ": "JWT", **named}, separators=(",", ":"))
    jku = '{"alg":"RS256","typ":"JWT","jku":"https://login.example/jwks.json"}'
    return [
        case("G12", "x5c, x5t#S256 and jwk that nobody needs", "RS256", key, header=full),
        case("G13", "jku that nobody needs", "RS256", key, header=jku),
    ]
