"""forge_confused: anyone's RS256 token and the public key's PEM in, an admin's token out."""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch import Key
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...inside.values import show
from ...judging.aspects import Aspect, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL
from ...judging.wants import InTurn, Predicate, Satisfies
from .. import kit
from ..rsa_pool import Integers, quick_key

RULES = {
    "1": "The server takes three segments of base64url without padding, and a header whose alg is exactly 'HS256'.",
    "2 role": "The role is 'admin', whatever it was and whether or not there was one.",
    "2 claims": "Every claim but the role is as it was.",
    "3": "The secret is public_pem, every byte of it, and nothing done to it.",
}


def world(source: random.Random) -> Any:
    """Two public keys as PEM, what a token is signed with, and claims."""
    first, second = quick_key(source), quick_key(source, 3)
    visitor = {
        "iss": "https://passes.example",
        "sub": source.choice(["mallory", "grace", "ada"]),
        "role": "visitor",
        "exp": 2_000_000_000 + source.randrange(10**6),
        "jti": source.randbytes(5).hex(),
        "museums": source.sample(["harbour", "puppets", "clocks", "coins"], 2),
        "address": {"city": "Turin", "zip": None},
    }
    return SimpleNamespace(
        key=first,
        pem=pem_of(first),
        other=pem_of(second),
        long=pem_of(quick_key(source, 3, 4224)),
        visitor=visitor,
        kid=source.randbytes(3).hex(),
    )


def pem_of(key: Integers) -> bytes:
    """A public key as a file."""
    n, e = (b64u_encode(x.to_bytes((x.bit_length() + 7) // 8, "big")) for x in (key.n, key.e))
    return Key.from_jwk({"kty": "RSA", "alg": "RS256", "n": n, "e": e}).to_pem().encode("ascii")


def aspects(w: Any) -> list[Aspect]:
    """The PEM and how it is written, the claims, the token's header and its JSON."""
    windows = w.pem.replace(b"\n", b"\r\n")
    pems = {
        "of another key": w.other,
        "without its last newline": w.pem.rstrip(),
        "with a comment before and a newline more": b"the key of the pass office, 2026\n" + w.pem + b"\n",
    }
    odd_pems = {
        "with Windows line ends but the last": windows.rstrip(),
        "of a key of 4224 bits": w.long,
        "with spaces around": b"  " + w.pem + b" \t",
        "with a zero byte behind": w.pem + b"\0",
        "in capitals": w.pem.upper(),
        "with a byte order mark and Latin-1": b"\xef\xbb\xbfcl\xe9\n" + w.pem,
        "in one line": w.pem.replace(b"\n", b""),
        "of 64 bytes": w.pem[:64],
        "empty": b"",
    }
    headers = {
        "without typ": {"alg": "RS256"},
        "alg last": {"typ": "JWT", "kid": w.kid, "alg": "RS256"},
        "with other members": {"alg": "RS256", **kit.harmless_extras()},
    }
    return [
        Aspect(
            "pem",
            good(named("as the library writes it", w.pem), named("with Windows line ends", windows), rule="3"),
            good(*named_ones(pems), rule="3"),
            rare(*named_ones(odd_pems), rule="3"),
        ),
        _claims(w.visitor),
        Aspect(
            "header",
            good(named("with kid", {"alg": "RS256", "typ": "JWT", "kid": w.kid}), rule="1"),
            rare(*named_ones(headers), rule="1"),
        ),
        Aspect(
            "JSON",
            good(named("compact", lambda e: json_dumps)),
            rare(
                named("with other spaces", lambda e: kit.spaced),
                named("with escaped letters", lambda e: kit.escaped),
                rule="2 claims",
            ),
        ),
    ]


def _claims(visitor: dict[str, Any]) -> Aspect:
    bare = {name: one for name, one in visitor.items() if name != "role"}
    odd = ("admin", "Admin", "curator", *kit.falsy(), ["admin"], 7)
    roles = {f"role {show(role)}": visitor | {"role": role} for role in odd}
    kept = {
        "a role inside another claim": visitor | {"user": {"role": "visitor", "city": "Turin"}},
        "a claim Role": visitor | {"Role": "visitor", "roles": ["visitor"], "admin": False},
        "a falsy claim": visitor | {"nbf": 0, "n": None, "t": "", "l": [], "o": {}, "f": False},
        "numbers": visitor | {"big": 10**30, "f": 1.5, "one": 1.0, "t": True},
        "letters outside ASCII": visitor | {"name": "\u00de\u00f3r\u00f0ur e\u0301\ufb01", "\u00fe": " ~~~???>>>\n"},
        "odd names": visitor | {"": "", "a.b": "=", "alg": "RS256", "aud": ["b", "a"]},
        "the old text twice": visitor | {"note": '"role":"visitor"'},
    }
    return Aspect(
        "claims",
        good(named("a visitor's", visitor), named("a clerk's", visitor | {"role": "clerk"}), rule="2 role"),
        good(named("without a role", bare), rule="2 role"),
        good(
            named("the word visitor elsewhere", visitor | {"sub": "visitor-7", "group": "visitor", "was": "reader"}),
            rule="2 claims",
        ),
        rare(named("none", {}), *named_ones(roles), rule="2 role"),
        rare(*named_ones(kept), rule="2 claims"),
    )


def token_of(w: Any, header: bytes, claims: bytes) -> str:
    """A token that the office signed."""
    return kit.compact(header, claims, w.key.sign)


def build(e: Any) -> Args:
    """A token and a PEM."""
    return token_of(e.world, json_dumps(e.header), e.JSON(e.claims)), e.pem


def oracle(token: str, public_pem: bytes) -> tuple[dict[str, Any], set[str]]:
    """The claims that the forgery must have; every input is a good one."""
    return json_loads_strict(b64u_decode(token.split(".")[1])) | {"role": "admin"}, set()


def fools_the_server(claims: dict[str, Any], args: Args) -> Satisfies:
    """What must come of a call."""
    return Satisfies(_confused(claims, *args), "return a token that the confused server takes for an admin's")


def in_turn(source: random.Random) -> Iterator[Trial]:
    """Nothing may be remembered by the token alone, or by the key alone."""
    w = world(source)
    first, second = ((token_of(w, b'{"alg":"RS256"}', json_dumps(w.visitor | {"jti": jti})), w.pem) for jti in "12")
    for text, args in {"another token": second, "another PEM": (first[0], w.other)}.items():
        wants = tuple(fools_the_server(oracle(*one)[0], one) for one in (first, args))
        yield Trial(first, InTurn(wants), stake=ALL, text=f"one call, and then one with {text}", more=(args,))


# -- what the confused server says of a token -------------------------------------------------------------------------


def _confused(wanted: dict[str, Any], honest: str, pem: bytes) -> Predicate:
    """Each reason completes "it must …"."""

    def predicate(token: Any) -> bool | str:
        if not isinstance(token, str):
            return f"return a token as text, not {type(token).__name__}"
        if token.count(".") != 2:
            return "return a token of three segments, so with two dots"
        header, payload, signature = token.split(".")
        if signature in ("", honest.rpartition(".")[2]):
            return f"make an HMAC of the new text; the signature is {'the old one' if signature else 'empty'}"
        try:
            head, claims = (json_loads_strict(b64u_decode(part)) for part in (header, payload))
        except ValueError:
            return "write header and payload as JSON in base64url without padding"
        if not isinstance(head, dict) or head.get("alg") != "HS256":
            alg = head.get("alg") if isinstance(head, dict) else None
            return f"say alg 'HS256' in the header, not {show(alg, 20)}"
        old = json_loads_strict(b64u_decode(honest.split(".")[1])).get("role")
        return _wrong_mac(f"{header}.{payload}".encode(), signature, pem) or _wrong_claims(claims, wanted, old) or True

    return predicate


def _wrong_claims(claims: Any, wanted: dict[str, Any], old: Any) -> str:
    if not isinstance(claims, dict) or "role" not in claims:
        return "have a role among the claims"
    if claims["role"] != "admin":
        return f"set the role to 'admin'{'; it is still the old one' if claims['role'] == old else ''}"
    if gone := wanted.keys() - claims.keys():
        return f"keep {'the other claims' if len(gone) == len(wanted) - 1 else 'every claim'} of the token"
    if claims.keys() - wanted.keys():
        return "add no claim but role"
    return "" if json_same(claims, wanted) else "leave every claim but the role as it was"


def json_same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON, 1 and 1.0 and true being three things."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _wrong_mac(signing_input: bytes, signature: str, pem: bytes) -> str:
    right = kit.mac(pem, signing_input)
    if signature == b64u_encode(right):
        return ""
    if signature == right.hex():
        return "write the signature in base64url, not in hexadecimal"
    if signature == b64u_encode(hashlib.sha256(pem + signing_input).digest()):
        return "sign with an HMAC; this is a hash of key and message"
    for secret, reason in _likely_secrets(pem).items():
        if signature == b64u_encode(kit.mac(secret, signing_input)):
            return reason
    return "sign header.payload with HMAC-SHA256 and the PEM's bytes as the secret"


def _likely_secrets(pem: bytes) -> dict[bytes, str]:
    whole = "take the whole PEM as the secret"
    return {
        pem.strip(): f"{whole}: its ends were cut off, where the newline belongs to it",
        pem.replace(b"\r\n", b"\n"): f"{whole} as it is: its line ends were changed",
        b"\n".join(pem.splitlines()) + b"\n": f"{whole} as it is: it was put together anew",
        b"".join(body_of(pem)): f"{whole}; this is the base64 inside of it",
        der_of(pem): f"{whole}; this is the DER inside of it",
    }


def body_of(pem: bytes) -> list[bytes]:
    """The base64 lines between the markers."""
    return pem.partition(b"KEY-----")[2].partition(b"-----END")[0].split()


def der_of(pem: bytes) -> bytes:
    """What the lines say."""
    try:
        return base64.b64decode(b"".join(body_of(pem)))
    except ValueError:
        return b""


# -- known mistakes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Forge:
    """A right forge_confused, of parts that can be got wrong one by one."""

    secret: Callable[[bytes], bytes] = bytes
    header: Any = ("alg", "HS256")
    change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims | {"role": "admin"}
    mac: Callable[[bytes, bytes], bytes] = kit.mac
    write: Callable[[bytes], str] = b64u_encode
    seal: Callable[[str, str], str] = lambda new, old: new

    def __call__(self, token: str, public_pem: bytes) -> str:
        """Forge a token."""
        _, payload, old = token.split(".")
        claims = self.change(json_loads_strict(b64u_decode(payload)))
        signing_input = f"{b64u_encode(json_dumps(dict([self.header])))}.{b64u_encode(json_dumps(claims))}"
        new = self.write(self.mac(self.secret(public_pem), signing_input.encode()))
        return f"{signing_input}.{self.seal(new, old)}"


FORGE = Forge()

MISTAKES: Mistakes = {
    RETURNS: {
        "The secret is not the PEM as it is: something is cut off its ends. Every byte counts, the last newline "
        "too.": replace(FORGE, secret=bytes.strip),
        "The secret is the DER that is inside the PEM. The server uses the PEM itself, as text, with its "
        "markers.": replace(FORGE, secret=der_of),
        "The secret is the base64 inside the PEM. The server uses all of the PEM, its BEGIN and END lines "
        "too.": replace(FORGE, secret=lambda pem: b"".join(body_of(pem))),
        "The header still says RS256, so the server will use RSA. It must say HS256.": replace(
            FORGE, header=("alg", "RS256")
        ),
        "The header has no alg. It must say HS256.": replace(FORGE, header=("typ", "JWT")),
        "The role is still the old one; it must become 'admin'.": replace(FORGE, change=lambda claims: claims),
        "The other claims are gone. Keep every claim of the token and change the role only.": replace(
            FORGE, change=lambda claims: {"role": "admin"}
        ),
        "The signature is hexadecimal; it must be base64url of the 32 bytes.": replace(FORGE, write=bytes.hex),
        "That is a hash of key and message, not an HMAC.": replace(
            FORGE, mac=lambda key, message: hashlib.sha256(key + message).digest()
        ),
        "The old signature is kept. It belongs to the old claims; make a new one, with HMAC.": replace(
            FORGE, seal=lambda new, old: old
        ),
        "The signature is empty. This server does check one: an HMAC.": replace(FORGE, seal=lambda new, old: ""),
        "The token is bytes, not text.": lambda token, public_pem: FORGE(token, public_pem).encode(),
    },
    "2 role": {
        "A token without a role gets none. Set `role` to 'admin' in any case.": replace(
            FORGE, change=lambda claims: claims | ({"role": "admin"} if "role" in claims else {})
        ),
        "Only the role 'visitor' becomes 'admin'. It may be another, or missing: set `role` in any case.": replace(
            FORGE, change=lambda claims: claims | ({"role": "admin"} if claims.get("role") == "visitor" else {})
        ),
        "A role that is empty, null or 0 stays as it is. Set `role` to 'admin' in any case.": replace(
            FORGE, change=lambda claims: claims | ({"role": "admin"} if claims.get("role") else {})
        ),
    },
    "3": {
        "The line ends of the PEM are changed. To HMAC they are bytes like all others; leave them.": replace(
            FORGE, secret=lambda pem: pem.replace(b"\r\n", b"\n")
        ),
        "The PEM is taken apart and put together again, and other bytes come out. Use it exactly as it is "
        "given.": replace(FORGE, secret=lambda pem: b"\n".join(pem.splitlines()) + b"\n"),
        "The PEM is decoded to text and encoded again. It may hold bytes that are no UTF-8; leave them.": replace(
            FORGE, secret=lambda pem: pem.decode().encode()
        ),
    },
}

forge_confused = Exercise(
    name="forge_confused",
    points=10,
    spec="RFC 8725 §2.1, §3.1",
    forbids=kit.TOKEN_LIBRARIES,
    because="you make this token by hand; PyJWT, for one, refuses to sign with a PEM",
    hints=(
        "The server has one variable for its key and lets the token say what to do with it. Which algorithm takes any "
        "bytes whatever as a key, and which bytes does the server have?",
        'Keep the claims, change `role`, make a new header with alg `"HS256"`, and sign the two with HMAC. The secret '
        "is `public_pem` itself, every byte of it, and nothing done to it.",
        "`claims = json_loads_strict(b64u_decode(token.split('.')[1])) | {'role': 'admin'}`; then "
        "`signing_input = b64u_encode(json_dumps({'alg': 'HS256'})) + '.' + b64u_encode(json_dumps(claims))` and "
        "`hmac.new(public_pem, signing_input.encode(), hashlib.sha256).digest()` in base64url after another dot.",
    ),
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle, wants_of_good=fools_the_server), written(in_turn)),
    mistakes=MISTAKES,
)
