"""What the four forgeries share: the honest tokens they start from, and servers with one flaw that they must pass."""

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...inside.values import pack, show
from ...judging.aspects import Aspect, good, named, rare
from ...judging.trial import Args
from ...judging.wants import Satisfies, Want
from .. import kit

FORBIDS = (*kit.TOKEN_LIBRARIES, "jwt_from_scratch.services.forgeries")
TAKE_APART = "`header, payload, signature = token.split('.')`; `as_admin(payload)` is the new second segment."
RULES = {
    "1": "The header is what this server asks for; its other members are free.",
    "2": "The claim role is 'admin', and every other claim is as it was. Start from the token's own claims.",
    "3": "The third segment is what this server compares, or does not compare; its dot is there.",
}

Server = Callable[[dict[str, Any], bytes, bytes, str], str]
"""A server with one flaw, as a function of a token's header, signing input and signature, and of the honest token that
it was made from: what keeps the token out, as the end of "it must …", or "" when it gets in."""


def world(source: random.Random) -> Any:
    """A secret, a key's name, and a number that differs from seed to seed."""
    return SimpleNamespace(
        secret=source.randbytes(32), kid=f"key-{source.randrange(10**6)}", number=source.randrange(10**6), random=source
    )


def aspects(w: Any) -> list[Aspect]:
    """The header and the claims of the honest token."""
    head = {"alg": "HS256", "typ": "JWT", "kid": w.kid}
    claims: dict[str, dict[str, Any]] = {
        "a reader": {
            "sub": "mallory",
            "role": "reader",
            "exp": 1_900_000_000 + w.number,
            "iat": w.number,
            "nbf": w.number,
        },
        "a customer": {
            "iss": "https://login.example",
            "sub": f"user-{w.number}",
            "aud": ["shop", "customer"],
            "role": "customer",
        },
        "no role": {"sub": "mallory", "jti": f"{w.number:08x}"},
        "a role that is a list": {
            "role": ["reader"],
            "name": "\u00de\u00f3r\u00f0ur \u2603 e\u0301\ufb01",
            "nickname": None,
        },
        "a role that is null": {"role": None, "sub": "x"},
        "other roles": {
            "Role": "reader",
            "roles": ["reader"],
            "user": {"role": "reader", "zip": None},
            "role": "r",
            "admin": False,
        },
        "values of all kinds": {
            **{"n": 1.5, "big": 10**20, "t": True, "f": False, "none": None, "l": [], "o": {}, "": ""},
            **{letter: letter for letter in "uvwxyz"},
        },
        "odd texts": {"q": 'O\'Brien "x"', "p": "a\\b\n", "role": "a.b", "d": "???>>>~~~"},
    }
    headers = {
        "usual": head,
        "another order": {"kid": w.kid, "typ": "JWT", "alg": "HS256"},
        "alg alone": {"alg": "HS256"},
        "the lesson's kid": {"alg": "HS256", "kid": "bruges-2026"},
        "more members": {**head, "cty": "x", "x": [1, {"a": None}]},
    }
    return [
        Aspect("header", good(*(named(text, lambda e, o=one: dict(o)) for text, one in headers.items()), rule="1")),
        Aspect("seal", good(*(named(text, lambda e, s=seal: s) for text, seal in _seals(w).items()), rule="3")),
        Aspect(
            "claims",
            good(*(named(text, json_dumps(one)) for text, one in claims.items()), rule="2"),
            rare(named("none", b"{}"), named("with spaces", kit.spaced(claims["a reader"])), rule="2"),
        ),
    ]


def aspects_of_any(w: Any) -> list[Aspect]:
    """The same, and an honest token of another algorithm, where the forged one does not keep the algorithm."""
    header, *others = aspects(w)
    other = rare(named("of another algorithm", lambda e: {"alg": "HS512", "kid": w.kid}), rule="1")
    return [Aspect(header.name, header.values, other), *others]


def _seals(w: Any) -> dict[str, Callable[[bytes], bytes]]:
    """What may stand behind the second dot, of any length: whoever forges it reads none of it."""
    return {
        "usual": lambda message: kit.mac(w.secret, message),
        "another": lambda message: kit.mac(w.secret, message + b"."),
        "64 bytes": lambda message: kit.mac(w.secret, message) * 2,
        "three bytes": lambda message: kit.mac(w.secret, message)[:3],
    }


def honest(e: Any) -> str:
    """The honest token of a choice."""
    return kit.compact(json_dumps(e.header), e.claims, e.seal)


def build(e: Any) -> Args:
    """The token."""
    return (honest(e),)


def oracle(*args: Any) -> tuple[Any, set[str]]:
    """Nothing is refused, and many answers are right."""
    return None, set()


def passes(server: Callable[[Args], Server]) -> Callable[[Any, Args], Want]:
    """What every trial wants: a token that the server with the flaw lets in, with role admin."""

    def want(answer: Any, args: Args) -> Want:
        says = "return a token that this server lets in, with role admin"
        return Satisfies(lambda token: complaint(token, args[0], server(args)) or True, says)

    return want


def complaint(token: Any, old: str, server: Server) -> str:
    """What is wrong with a forged token, as the end of "it must …"; "" if nothing is."""
    if token == old:
        return "change the token"
    if not isinstance(token, str):
        return f"return text, not {type(token).__name__}"
    if token.count(".") != 2:
        return f"return a token with two dots; this one has {token.count('.')}"
    if "=" in token:
        return "leave the '=' padding out of the segments"
    try:
        header, payload, signature = (b64u_decode(segment) for segment in token.split("."))
        head, claims = json_loads_strict(header), json_loads_strict(payload)
    except ValueError:
        return "have segments of base64url, the first two of them of JSON"
    if not isinstance(head, dict) or not isinstance(claims, dict):
        return "have JSON objects as header and payload"
    return server(head, token.rpartition(".")[0].encode(), signature, old) or _claims_fault(claims, old)


def _claims_fault(got: dict[str, Any], old: str) -> str:
    wanted = {**json_loads_strict(b64u_decode(old.split(".")[1])), "role": "admin"}
    if got.get("role") != "admin" and got.keys() - wanted.keys():
        return "set the claim role itself to 'admin', and add no other claim"
    if got.get("role") != "admin":
        return f"have 'admin' as role, and not {show(got.get('role'), 30)}"
    if wanted.keys() - got.keys():
        return "keep every claim but role as it was; some are gone"
    return "" if pack(got) == pack(wanted) else "keep every claim but role as it was, and add none"


def not_hs256(head: dict[str, Any]) -> str:
    """What is wrong with a header that must still say HS256."""
    alg = head.get("alg")
    return "" if alg == "HS256" else f"have 'HS256' as the header's alg, and not {show(alg, 30)}"


def not_empty(message: bytes, signature: bytes, old: str) -> str:
    """What stands in a third segment that should be empty."""
    likely = {
        b64u_decode(old.rpartition(".")[2]): "it is the old signature",
        kit.mac(b"", message): "it is an HMAC with an empty key",
        bytes(len(signature)): f"it has {len(signature)} zero bytes",
        b"null": "it holds the word null",
    }
    reason = likely.get(signature, f"it holds {len(signature)} bytes")
    return f"leave the third segment empty, but {reason}" if signature else ""


def not_sealed(key: bytes, message: bytes, signature: bytes, old: str, likely: dict[bytes, str], what: str) -> str:
    """What is wrong with a signature that should be an HMAC with this key."""
    right = kit.mac(key, message)
    if signature == right:
        return ""
    if not signature:
        return "have a signature: the third segment is empty, but this server compares every signature"
    if signature in (right.hex().encode(), bytes.fromhex(right.hex()).hex().encode()):
        return "sign with the 32 bytes, not with their hexadecimal digits"
    old_input, _, old_seal = old.rpartition(".")
    likely = likely | {
        b64u_decode(old_seal): "it is the old one",
        kit.mac(key, old_input.encode()): "it covers the old header and payload",
        kit.mac(key, message.partition(b".")[2]): "it covers the payload alone, and must cover header.payload",
        kit.mac(key, message.replace(b".", b"")): "it leaves out the dot between header and payload",
    }
    reason = likely.get(signature, "it is another; is it over the new header.payload, as text?")
    return f"sign header.payload by HMAC with {what} as key, but {reason}"


@dataclass(frozen=True)
class Forge:
    """A forgery, of parts that can be got wrong one by one. Header and seal are made of the old ones and the path."""

    header: Callable[..., Any]
    seal: Callable[..., bytes]
    claims: Callable[[dict[str, Any]], Any] = lambda claims: {**claims, "role": "admin"}
    encode: Callable[[bytes], str] = b64u_encode
    finish: Callable[[str], Any] = str

    def __call__(self, token: str, *more: str) -> Any:
        """Make the token."""
        old_header, payload, signature = token.split(".")
        first = self.encode(json_dumps(self.header(json_loads_strict(b64u_decode(old_header)), *more)))
        second = self.encode(json_dumps(self.claims(json_loads_strict(b64u_decode(payload)))))
        third = self.encode(self.seal(f"{first}.{second}".encode(), b64u_decode(signature), *more))
        return self.finish(f"{first}.{second}.{third}")


def mistakes(right: Forge) -> dict[str, Callable[..., Any]]:
    """What people get wrong in every forgery."""
    return {
        "The role is still the old one. Decode the payload, change the role, and encode it again.": replace(
            right, claims=lambda claims: claims
        ),
        "The other claims are gone. Start from the token's own claims and change only the role.": replace(
            right, claims=lambda claims: {"role": "admin"}
        ),
        "Every token gives the same payload, as if `payload` came from the notebook. Take the argument apart.": replace(
            right, claims=lambda claims: {"sub": "mallory", "role": "admin", "exp": 1_800_000_000}
        ),
        "It adds a claim, but this server looks at `role`, which must be 'admin'.": replace(
            right, claims=lambda claims: {"role": "reader", **claims, "admin": True}
        ),
        "There is a '=' in the token. Segments are not padded: use b64u_encode.": replace(
            right, encode=lambda data: base64.urlsafe_b64encode(data).decode()
        ),
        "The token is bytes; the function returns text.": replace(right, finish=str.encode),
        "A token has three segments, even if the last one is empty: the second dot must be there.": replace(
            right, finish=lambda token: token.rpartition(".")[0]
        ),
    }
