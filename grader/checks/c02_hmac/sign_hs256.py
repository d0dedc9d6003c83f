"""sign_hs256: claims and a key in, a token out."""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...inside.values import pack, show
from ...judging.aspects import Aspect, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import HALF
from ...judging.wants import Satisfies, Want
from .. import kit

RULES = {
    "1": "An HS256 key has at least 32 bytes (RFC 7518 §3.2); refuse less, and take any that are longer.",
    "2": "The payload must be the claims as JSON, whatever is in them.",
}
CLAIMS: dict[str, dict[str, Any]] = {
    "one": {"sub": "ada"},
    "outside ASCII": {"name": "\u00de\u00f3rdi\u0301s \u2603", "roles": ["reader", "writer"]},
    "none": {},
    "numbers": {"exp": 1, "n": 1.5, "big": 10**20, "zero": 0, "less": -1},
    "null, true, false": {"a": None, "b": True, "c": False},
    "words that look like them": {"a": "None", "b": "True", "c": "null", "d": "NaN"},
    "quotes": {"name": "O'Brien", "said": 'the "word"', "q'": "'", 'q"': '"'},
    "backslashes and breaks": {"path": "c:\\new", "lines": "a\nb\tc", "control": "\x01"},
    "nested": {"a": {"b": [1, {"c": []}], "d": {}}},
    "empty ones": {"": "", "list": [], "object": {}},
    "a header's names": {"alg": "none", "typ": 1, "kid": "x"},
    "dots and spaces": {"A.b": "c.d ", " x": "=", "url": "https://a.example/?q=1&r=2"},
    "times with fractions": {"exp": 2e9 + 0.5, "nbf": 1.25, "iat": 1e-9, "jti": 7},
    "JSON's own marks": {"a": 'x: 1, "y": [2, 3]', "b": "{}, : ,  ", "c ": "//"},
    "both letters that differ between the alphabets": {"q": "?" * 6 + ">" * 6 + "~" * 6},
    "a list of one audience": {"aud": ["shop"], "iss": "", "jti": "a", "roles": ["x"]},
    "lists out of order": {"aud": ["b", "a", "b"], "n": [3, 1, 2, None, "x"], "one": ["a"]},
}
ODD: dict[str, Any] = {
    "iss": 7,
    "sub": None,
    "aud": {},
    "exp": "soon",
    "nbf": False,
    "iat": [],
    "jti": 1.5,
    "role": "reader",
}


def world(source: random.Random) -> Any:
    """A key without zeros and white space, and a time that differs from seed to seed."""
    return SimpleNamespace(key=kit.visible(source, 2000), exp=1_900_000_000 + source.randrange(10**6))


def aspects(w: Any) -> list[Aspect]:
    """The claims and the key."""
    usual = {"iss": "https://login.example", "sub": "ada", "aud": "shop", "exp": w.exp}
    sizes = {f"{n:,} bytes": w.key[:n] for n in (32, 48, 33, 63, 64, 65, 128, 2000)}
    return [
        Aspect(
            "claims",
            good(named("usual", lambda e: dict(usual)), rule="2"),
            good(
                *(named(text, lambda e, c=claims: json.loads(json.dumps(c))) for text, claims in CLAIMS.items()),
                rule="2",
            ),
            rare(named("registered names, other types", lambda e: json.loads(json.dumps(ODD))), rule="2"),
        ),
        Aspect(
            "key",
            good(*(named(text, key) for text, key in sizes.items()), rule="1"),
            rare(
                named("32 zeros", bytes(32)),
                named("white space", b" \n" * 16),
                named("letters and digits", b"Correct4Horse2Battery9" * 2),
                named("zeros behind", w.key[:31] + b"\0"),
                named("zeros before", b"\0\0" + w.key[:31]),
                rule="1",
            ),
            bad("1", named("empty", b""), named("a word", b"secret"), stake=HALF),
            bad("1", *(named(f"{n} bytes", w.key[:n]) for n in (1, 16, 31)), named("31 zeros", bytes(31)), stake=HALF),
        ),
    ]


def build(e: Any) -> Args:
    """The claims and the key."""
    return e.claims, e.key


def oracle(claims: dict[str, Any], key: bytes) -> tuple[Any, set[str]]:
    """Whether a token is to be had; many are right."""
    return None, {"1"} if len(key) < 32 else set()


def _signed(answer: Any, args: Args) -> Want:
    claims, key = args
    return Satisfies(
        lambda token: _complaint(token, claims, key) or True, "return a token that verifies with the same key"
    )


def _complaint(token: Any, claims: dict[str, Any], key: bytes) -> str:
    """What is wrong with a token, as the end of "it must …"; "" if nothing is."""
    if not isinstance(token, str):
        return f"return text, not {type(token).__name__}"
    if token.count(".") != 2:
        return "return three segments, so two dots"
    if "=" in token:
        return "leave the '=' padding out of the segments"
    if "+" in token or "/" in token:
        return "write the segments in base64url, with - and _ in place of + and /"
    header, payload, signature = (b64u_decode(segment) for segment in token.split("."))
    head = json_loads_strict(header)
    if not isinstance(head, dict) or head.get("alg") != "HS256":
        return f"say alg 'HS256' in the header, which says {show(head, 60)}"
    if head.get("typ", "JWT") != "JWT" or head.keys() - {"alg", "typ"}:
        return "have nothing but alg HS256 and typ JWT in the header"
    if signature != kit.mac(key, token.rpartition(".")[0].encode()):
        return _wrong_signature(token, signature, key)
    return "" if pack(json_loads_strict(payload)) == pack(claims) else "have the claims as JSON in the payload"


def _wrong_signature(token: str, signature: bytes, key: bytes) -> str:
    header, payload, third = token.split(".")
    message = f"{header}.{payload}".encode()
    right = kit.mac(key, message)
    if third == right.hex():
        return "write the signature in base64url, not in hexadecimal"
    if signature == right.hex().encode():
        return "encode the 32 bytes of the signature, not their hexadecimal digits"
    if signature == kit.mac(message, key):
        return "compute the HMAC of the message with the key, not the other way round"
    likely = {
        (header + payload).encode(): "sign the dot between the segments, too",
        payload.encode(): "sign the header, too",
        b64u_decode(header) + b"." + b64u_decode(payload): "sign the encoded text, not the JSON",
    }
    found = (reason for text, reason in likely.items() if kit.mac(key, text) == signature)
    return next(found, "sign header.payload with HMAC-SHA256 (first see that hmac_sha256 passes its own check)")


@dataclass(frozen=True)
class Sign:
    """A right sign_hs256, of parts that can be got wrong one by one."""

    minimum: int = 32
    header: tuple[tuple[str, Any], ...] = (("alg", "HS256"), ("typ", "JWT"))
    write: Callable[[Any], bytes] = json_dumps
    encode: Callable[[bytes], str] = b64u_encode
    signing_input: Callable[[str, str], str] = lambda header, payload: f"{header}.{payload}"
    mac: Callable[[bytes, bytes], bytes] = kit.mac
    signature: Callable[[bytes], str] = b64u_encode
    finish: Callable[[str], Any] = str

    def __call__(self, claims: dict[str, Any], key: bytes) -> Any:
        """Make a token."""
        if len(key) < self.minimum:
            raise ValueError("weak key")
        first, second = self.encode(json_dumps(dict(self.header))), self.encode(self.write(claims))
        seal = self.mac(key, self.signing_input(first, second).encode())
        third = self.encode(seal) if self.signature is b64u_encode else self.signature(seal)
        return self.finish(f"{first}.{second}.{third}")


def _by_replacing(claims: Any) -> bytes:
    text = str(claims).replace("'", '"').replace("True", "true").replace("False", "false").replace("None", "null")
    return text.encode()


SIGN = Sign()

MISTAKES: Mistakes = {
    RETURNS: {
        "There is '=' padding in the token. Use b64u_encode for each segment.": replace(
            SIGN, encode=lambda data: base64.urlsafe_b64encode(data).decode()
        ),
        "The dot between header and payload is signed too (RFC 7515 §5.1).": replace(
            SIGN, signing_input=lambda header, payload: header + payload
        ),
        "Only the payload is signed, so anyone can swap the header. Sign the header, a dot and the payload.": replace(
            SIGN, signing_input=lambda header, payload: payload
        ),
        "It signs the JSON before base64url. What is signed is the encoded text, so that nobody has to write the JSON "
        "the same way twice.": replace(
            SIGN,
            signing_input=lambda header, payload: (b64u_decode(header) + b"." + b64u_decode(payload)).decode(),
        ),
        "The signature is encoded as hexadecimal. It is base64url of the 32 bytes.": replace(
            SIGN, signature=lambda seal: seal.hex()
        ),
        "The signature is base64url of hexadecimal digits. It should be base64url of the 32 bytes themselves.": replace(
            SIGN, signature=lambda seal: b64u_encode(seal.hex().encode())
        ),
        "The header does not say which algorithm it is: alg is required.": replace(SIGN, header=(("typ", "JWT"),)),
        "The algorithm's name in a header is HS256 (RFC 7518 §3.1).": replace(
            SIGN, header=(("alg", "SHA256"), ("typ", "JWT"))
        ),
        "Key and message have changed places where the HMAC is computed.": replace(
            SIGN, mac=lambda key, message: kit.mac(message, key)
        ),
        "The result is bytes; the function returns text.": replace(SIGN, finish=str.encode),
    },
    "1": {
        "A key of exactly 32 bytes is long enough; only fewer are refused (RFC 7518 §3.2).": replace(SIGN, minimum=33),
        "No key is refused, not even an empty one. RFC 7518 §3.2 asks for 32 bytes: raise ValueError below "
        "that.": replace(SIGN, minimum=0),
        "It refuses only the empty key. RFC 7518 §3.2 asks for 32 bytes: raise ValueError below that.": replace(
            SIGN, minimum=1
        ),
    },
    "2": {
        "The JSON is made by replacing quotes and words in Python's own form, which spoils O'Brien and the text "
        "'None'. `json_dumps` writes JSON.": replace(SIGN, write=_by_replacing),
    },
}

sign_hs256 = Exercise(
    name="sign_hs256",
    points=5,
    spec="RFC 7515 §5.1, RFC 7518 §3.2",
    forbids=kit.TOKEN_LIBRARIES,
    hints=(
        "Three segments: the header, the claims, the signature of the first two. What exactly are the bytes that get "
        "signed?",
        "The signing input is the *text* `header.payload`, both already in base64url, as ASCII bytes. "
        '`json_dumps({"alg": "HS256", "typ": "JWT"})` gives the header\'s bytes.',
        "`signing_input = b64u_encode(json_dumps(header)) + '.' + b64u_encode(json_dumps(claims))`, then "
        "`hmac_sha256(key, signing_input.encode('ascii'))` in base64url after another dot. Before all that: a key "
        "under 32 bytes is a ValueError.",
    ),
    rules=RULES,
    source=from_aspects(world, aspects, build, oracle, wants_of_good=_signed, examples=(({"sub": "ada"}, bytes(32)),)),
    mistakes=MISTAKES,
)
