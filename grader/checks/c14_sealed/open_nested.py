"""open_nested: a signed token inside an encrypted one in, the claims and nothing else out, or ValueError."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jwt_from_scratch import Key, encode, peek
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict
from jwt_from_scratch.services.sealed import unseal

from ...inside.values import show
from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, joined, named, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, HALF
from ...judging.wants import Raises, Returns
from .. import held, kit
from ..c13_proof.proofs import ed_key, es_key

ALGS = ["dir", "A256GCM"]
RULES = {
    "1": "The envelope is opened with dir and A256GCM, and with nothing else; unseal sees to it (RFC 7516 §5.2).",
    "2": "The envelope's header says cty JWT: inside is a token, and no claims (RFC 7519 §5.2).",
    "3": "What is inside is a signed token in strict form, and names its issuer in iss: a text that is in issuers, "
    "exactly (RFC 8725 §3.8).",
    "4": "Its signature fits that issuer's key. An encrypted text without a signature has no author (RFC 8725 §2.3, "
    "§3.3).",
    "5": "The claims are a JSON object, and they are the inner token's, as they are.",
}
Claims = dict[str, Any]
Issuers = dict[str, dict[str, Any]]


def world(source: random.Random) -> Any:
    """Two issuers, a stranger, the shared key."""
    number = source.randrange(100, 1000)
    return SimpleNamespace(
        key=source.randbytes(32),
        other_key=source.randbytes(32),
        nonce=source.randbytes(12),
        clinic=f"https://clinic-{number}.example",
        lab=f"https://lab-{number}.example",
        keys={"clinic": es_key(source), "lab": ed_key(source), "stranger": es_key(source)},
        name=source.randbytes(4).hex(),
    )


def aspects(w: Any) -> list[Aspect]:
    """Who is trusted, who signs, what is signed, what it looks like inside, and the envelope."""
    return [*_issuers(w), _claims(w), _inner(w), Aspect("key", good(named("32 bytes", w.key))), *_envelope(w)]


def _issuers(w: Any) -> list[Aspect]:
    def jwks() -> Issuers:
        return {w.clinic: w.keys["clinic"].to_jwk(), w.lab: w.keys["lab"].to_jwk()}

    near = [one for one in kit.almost(w.clinic) if one.text not in ("in small letters",)]
    return [
        Aspect(
            "issuers",
            good(named("two", lambda e: jwks()), named("in another order", lambda e: dict(reversed(jwks().items())))),
        ),
        Aspect("signer", good("clinic", "lab", rule="4"), full=0),  # ES256 is the quicker one here
        Aspect(
            "iss",
            good(named("the signer", lambda e: getattr(w, e.signer)), rule="3"),
            rare(
                named("empty, and that is an issuer", ""),
                rule="3",
                along={"signer": "clinic", "issuers": lambda e: {"": w.keys["clinic"].to_jwk()}},
            ),
            bad("4", named("the other issuer", lambda e: w.lab if e.signer == "clinic" else w.clinic), stake=ALL),
            bad("3", named("a stranger", "https://mallory.example"), named("absent", ABSENT), stake=HALF),
            bad(
                "3",
                named("absent, and one issuer is trusted", ABSENT),
                along={"signer": "clinic", "issuers": lambda e: {w.clinic: w.keys["clinic"].to_jwk()}},
            ),
            bad(
                "3",
                *(named(f"{one!r}, and its text is an issuer", one) for one in (7, True, None)),
                along={
                    "signer": "clinic",
                    "issuers": lambda e: {**jwks(), **dict.fromkeys(("7", "True", "None"), jwks()[w.clinic])},
                },
            ),
            bad(
                "3",
                *kit.falsy(),
                True,
                7,
                named("in a list", [w.clinic]),
                named("in an object", {w.clinic: True}),
                named("by http", w.clinic.replace("https", "http")),
                *near,
            ),
        ),
    ]


def _claims(w: Any) -> Aspect:
    kinds: dict[str, Claims] = {
        "usual": {"sub": "ada", "exp": 2_000_000_000, "finding": w.name},
        "few": {"sub": "ada"},
        "outside ASCII": {"name": "\u00de\u00f3r\u00f0ur \u2603", "n": {"a": [1, {"b": None}]}},
        "odd ones": {"alg": "none", "cty": "JWT", "zip": "DEF", "sub": None},
        "expired": {"sub": "ada", "exp": 1},
        "for somebody, and not yet": {"sub": "ada", "aud": "https://x.example", "nbf": 10**10, "iat": 10**10},
        "with fractions": {"exp": 2_000_000_000.0, "dose": 1.5},
    }
    return Aspect("claims", good(*(named(text, lambda e, one=one: dict(one)) for text, one in kinds.items()), rule="5"))


def _inner(w: Any) -> Aspect:
    def signed(e: Any, key: Key, claims: Claims, **header: Any) -> bytes:
        head, body = b64u_encode(json_dumps({"alg": key.alg, **header})), b64u_encode(json_dumps(claims))
        return f"{head}.{body}.{b64u_encode(key.sign(f'{head}.{body}'.encode()))}".encode()

    def by(name: str = "", **header: Any) -> Any:
        return lambda e: lambda claims: signed(e, w.keys[name or e.signer], claims, **header)

    def unsigned(alg: str) -> Any:
        head = b64u_encode(json_dumps({"alg": alg, "typ": "JWT"}))
        return lambda e: lambda claims: f"{head}.{b64u_encode(json_dumps(claims))}.".encode()

    def hmac_with(key: Callable[[Any], bytes]) -> Any:
        return lambda e: (
            lambda claims: kit.compact(
                json_dumps({"alg": "HS256"}), json_dumps(claims), lambda message: kit.mac(key(e), message)
            ).encode()
        )

    def changed(change: Callable[[bytes], bytes]) -> Any:
        return lambda e: lambda claims: change(by()(e)(claims))

    def other_body(token: bytes) -> bytes:
        head, body, seal = token.decode().split(".")
        claims = json_loads_strict(b64u_decode(body)) | {"sub": "mallory"}
        return f"{head}.{b64u_encode(json_dumps(claims))}.{seal}".encode()

    stranger = w.keys["stranger"]
    no_token = {
        "claims and no token": lambda e: json_dumps,
        "nothing": lambda e: lambda claims: b"",
        "bytes that are no text": lambda e: lambda claims: bytes(range(128, 200)),
    }
    return Aspect(
        "inner",
        good(named("signed", by()), named("signed, with typ and kid", by(typ="at+jwt", kid="x")), rule="4"),
        rare(
            named("with a key in its header", by(jwk=stranger.to_jwk(), jku="https://x.example")),
            named("with a cty of its own", by(cty="text")),
            rule="4",
        ),
        bad("2", named("with the cty that the envelope lacks", by(cty="JWT")), along={"cty": lambda e: {}}),
        bad(
            "1",
            named("with cty JWT, and no envelope", by(cty="JWT")),
            along={"envelope": lambda e: lambda text: text.decode("latin-1")},
            stake=ALL,
        ),
        bad("3", *(named(text, make) for text, make in no_token.items()), stake=ALL),
        bad(
            "3",
            named("one more envelope", lambda e: lambda claims: _sealed(w, by()(e)(claims), {"cty": "JWT"}).encode()),
        ),
        bad(
            "3",
            named("Bearer before it", changed(lambda t: b"Bearer " + t)),
            named("quotes around it", changed(lambda t: b'"' + t + b'"')),
        ),
        bad("3", named("with a fourth segment", changed(lambda t: t + b"."))),
        bad(
            "3",
            named("with a space behind", changed(lambda t: t + b" ")),
            named("with a line break behind", changed(lambda t: t + b"\n")),
            named("with ~ behind", changed(lambda t: t + b"~")),
            named("in JSON", changed(lambda t: json_dumps({"token": t.decode()}))),
            named("with a space before", changed(lambda t: b" " + t)),
            named("with a byte order mark before", changed(lambda t: "\ufeff".encode() + t)),
            named("in UTF-16", changed(lambda t: t.decode().encode("utf-16"))),
            named("with a zero byte behind", changed(lambda t: t + b"\0")),
            named("with a letter outside ASCII behind", changed(lambda t: t + "\u00e9".encode())),
            named("with a letter outside ASCII in it", changed(lambda t: t[:9] + "\u00e9".encode() + t[9:])),
            named("with a byte that is no UTF-8 behind", changed(lambda t: t + b"\xff")),
            named("with a byte that is no UTF-8 in it", changed(lambda t: t[:9] + b"\xff" + t[9:])),
        ),
        bad("4", *(named(f"alg {alg!r}, unsigned", unsigned(alg)) for alg in ("none", "None")), stake=ALL),
        bad("4", named("alg ES256, unsigned", unsigned("ES256")), along={"signer": "clinic"}, stake=ALL),
        bad("4", named("signed by a stranger", by("stranger")), along={"signer": "clinic"}, stake=ALL),
        bad(
            "4",
            named("signed by a stranger, whose key comes along", by("stranger", jwk=stranger.to_jwk())),
            along={"signer": "clinic"},
            stake=ALL,
        ),
        bad(
            "4",
            named("signed by a stranger, whose key is in cnf", by("stranger")),
            along={
                "signer": "clinic",
                "claims": lambda e: {"cnf": {"jwk": stranger.to_jwk()}, "jwk": stranger.to_jwk()},
            },
            stake=ALL,
        ),
        bad(
            "4",
            named("signed by the other issuer, whose name is in its header", by("lab", iss=w.lab, kid=w.lab)),
            along={"signer": "clinic"},
            stake=ALL,
        ),
        bad("4", named("by EdDSA, and the key says Ed25519", by("lab", alg="EdDSA")), along={"signer": "lab"}),
        bad("4", named("HS256 with the shared key", hmac_with(lambda e: w.key)), stake=ALL),
        bad(
            "4",
            named("HS256 with the public key's x", hmac_with(lambda e: b64u_decode(w.keys[e.signer].to_jwk()["x"]))),
        ),
        bad("4", named("claims exchanged", changed(other_body)), stake=ALL),
        bad("4", named("signature cut off", changed(lambda t: t.rpartition(b".")[0] + b"."))),
    )


def _sealed(
    w: Any, plaintext: bytes, header: dict[str, Any], *, alg: str = "dir", enc: str = "A256GCM", key: bytes = b""
) -> str:
    first = b64u_encode(json_dumps({"alg": alg, "enc": enc, **header}))
    sealed = AESGCM(key or w.key).encrypt(w.nonce, plaintext, first.encode())
    return ".".join([first, "", *map(b64u_encode, (w.nonce, sealed[:-16], sealed[-16:]))])


def _envelope(w: Any) -> list[Aspect]:
    def made(**changes: Any) -> Any:
        return lambda e: (
            lambda text: _sealed(
                w, text, e.cty | changes.get("header", {}), **{n: v for n, v in changes.items() if n != "header"}
            )
        )

    kinds = (
        ABSENT,
        *kit.falsy(),
        *kit.truthy("JWT"),
        "JSON",
        "JWE",
        "at+jwt",
        "text/plain",
        "XJWT",
        "JWT JWT",
        "JW",
        "JWT ",
        " JWT",
        "JWT\n",
        "jwt",
        "Jwt",
        "application/jwt",
        "application/JWT",
        "JWT;v=1",
    )
    return [
        Aspect(
            "cty",
            good({"cty": "JWT"}, {"cty": "JWT", "typ": "JWT", "kid": "2026-11"}),
            rare({"cty": "JWT", "typ": "at+jwt"}, {"cty": "JWT", "typ": None}, rule="2"),
            bad("2", named("absent, and typ is JWT", {"typ": "JWT"})),
            *(
                bad(
                    "2",
                    named(
                        "absent" if one is ABSENT else f"{one!r}", lambda e, o=one: {} if o is ABSENT else {"cty": o}
                    ),
                )
                for one in kinds
            ),
        ),
        Aspect(
            "envelope",
            good(named("fits", made())),
            rare(
                named("with other members", made(header={"iss": "https://x.example", "sub": "mallory", "aud": "x"})),
                rule="2",
            ),
            bad(
                "3",
                named("with the iss that is missing inside", made(header={"iss": w.clinic})),
                along={"iss": ABSENT, "signer": "clinic"},
                stake=ALL,
            ),
            bad("1", named("under another key", made(key=w.other_key)), named("zip", made(header={"zip": "DEF"}))),
            bad(
                "1",
                named("A128GCM", made(enc="A128GCM")),
                named("alg none", made(alg="none")),
                named("A256KW", made(alg="A256KW")),
            ),
            bad(
                "1",
                named("A128GCM, and the key fits it", made(enc="A128GCM", key=w.key[:16])),
                along={"key": lambda e: w.key[:16]},
            ),
            bad("1", named("fits all but the key's last byte", made()), along={"key": lambda e: w.key + b"\0"}),
            bad("1", named("none at all", lambda e: lambda text: text.decode("latin-1")), stake=HALF),
            bad("1", named("a bit changed", lambda e: lambda text: _flipped(_sealed(w, text, e.cty)))),
            bad("1", named("a sixth segment", lambda e: lambda text: _sealed(w, text, e.cty) + ".")),
            bad("1", named("a line break behind", lambda e: lambda text: _sealed(w, text, e.cty) + "\n")),
        ),
    ]


def _flipped(token: str) -> str:
    head, wrapped, nonce, text, tag = token.split(".")
    return ".".join([head, wrapped, nonce, ("A" if text[0] != "A" else "B") + text[1:], tag])


def build(e: Any) -> Args:
    """The token, the shared key, the issuers."""
    claims = e.claims | ({} if e.iss is ABSENT else {"iss": e.iss})
    return e.envelope(e.inner(claims)), e.key, e.issuers


def oracle(token: str, key: bytes, issuers: Issuers) -> tuple[Any, set[str]]:
    """The claims, and all rules that are broken."""
    try:
        plaintext = unseal(token, key, ALGS)
    except ValueError:
        return None, {"1"}
    header = json_loads_strict(b64u_decode(token.split(".")[0]))
    broken = set() if header.get("cty") == "JWT" else {"2"}
    try:
        inner = plaintext.decode()
        claims = peek(inner).unverified_claims
        for segment in inner.split("."):
            b64u_decode(segment)
    except ValueError:
        return None, broken | {"3"}
    iss = claims.get("iss")
    if not isinstance(iss, str) or iss not in issuers:
        return None, broken | {"3"}
    try:
        verify_signature(inner, Key.from_jwk(issuers[iss]))
    except ValueError:
        broken |= {"4"}
    return claims, broken


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same token where other issuers are trusted."""
    w = world(source)
    claims = {"iss": w.clinic, "sub": "ada", "jti": "1"}
    token = _sealed(w, encode(claims, w.keys["clinic"]).encode(), {"cty": "JWT"})
    trusted = {w.clinic: w.keys["clinic"].to_jwk()}
    yield kit.in_turn(
        "one token, three lists of issuers",
        ((token, w.key, trusted), Returns(claims)),
        ((token, w.key, {w.clinic: w.keys["stranger"].to_jwk()}), Raises()),
        ((token, w.key, {}), Raises()),
    )


def holds(token: str, key: bytes, issuers: Issuers) -> str:
    """The envelope's header, and the token inside."""
    first = f"header {held.segment(token.partition('.')[0])}"
    try:
        inner = unseal(token, key, [*ALGS, "A128GCM"]).decode("utf-8", "backslashreplace")
    except ValueError:
        return first
    return f"{first}; inside: {held.signed(inner) if inner.count('.') > 1 else show(inner, 60)}"


# -- known mistakes ---------------------------------------------------------------------------------------------------


def _header(token: str) -> Any:
    return json_loads_strict(b64u_decode(token.split(".")[0]))


def _signed_by(inner: str, jwk: dict[str, Any]) -> Any:
    return json_loads_strict(verify_signature(inner, Key.from_jwk(jwk)).payload)


@dataclass(frozen=True)
class Nested:
    """A right open_nested, of parts that can be got wrong one by one."""

    open: Callable[[str, bytes], bytes] = lambda token, key: unseal(token, key, ALGS)
    cty: Callable[[Any], bool] = lambda header: bool(header.get("cty") == "JWT")
    text: Callable[[bytes], str] = lambda plaintext: plaintext.decode()
    is_token: Callable[[str], bool] = lambda inner: True
    iss: Callable[[Any], bool] = lambda iss: isinstance(iss, str)
    jwk: Callable[[str, Any, Issuers], Any] = lambda inner, iss, issuers: issuers.get(iss)
    verify: Callable[[str, dict[str, Any]], Any] = _signed_by
    finish: Callable[[str, Any], Any] = lambda inner, claims: claims

    def __call__(self, token: str, key: bytes, issuers: Issuers) -> Any:
        """Open a token."""
        plaintext = self.open(token, key)
        if not self.cty(_header(token)):
            raise ValueError("cty")
        inner = self.text(plaintext)
        if not self.is_token(inner):
            return json_loads_strict(plaintext)
        iss = peek(inner).unverified_claims.get("iss")
        if not self.iss(iss):
            raise ValueError("iss")
        jwk = self.jwk(inner, iss, issuers)
        if jwk is None:
            raise ValueError("issuer")
        return self.finish(inner, self.verify(inner, jwk))


RIGHT = Nested()


def _unsigned_too(inner: str, jwk: dict[str, Any]) -> Any:
    if peek(inner).unverified_header.get("alg") == "none":
        return peek(inner).unverified_claims
    return _signed_by(inner, jwk)


def _any_key(inner: str, iss: Any, issuers: Issuers) -> Any:
    for jwk in issuers.values():
        try:
            _signed_by(inner, jwk)
        except ValueError:
            continue
        return jwk
    return None


MISTAKES: Mistakes = {
    RETURNS: {
        "It returns the inner token. Verify it, and return its claims.": replace(
            RIGHT, finish=lambda inner, claims: inner
        ),
    },
    "1": {
        "A token that is not encrypted at all is taken, if it is signed. What this door takes, it decides "
        "beforehand.": replace(
            RIGHT,
            open=lambda token, key: token.encode() if token.count(".") == 2 else unseal(token, key, ALGS),
            cty=lambda header: header.get("cty", "JWT" if "enc" not in header else "") == "JWT",
        ),
        "It agrees on more than dir and A256GCM: on A128GCM, too. Both names come from you, and not from the "
        "header.": replace(RIGHT, open=lambda token, key: unseal(token, key, [*ALGS, "A128GCM"])),
    },
    "2": {
        "It accepts an envelope with any cty, or with none. It says that what is inside is a token (RFC "
        "7519 §5.2).": replace(RIGHT, cty=lambda header: True),
        "A cty that is missing is taken for JWT. In a nested token it must be there (RFC 7519 §5.2).": replace(
            RIGHT, cty=lambda header: header.get("cty", "JWT") == "JWT"
        ),
        "cty is compared without regard to case. It is exactly 'JWT'.": replace(
            RIGHT, cty=lambda header: isinstance(header.get("cty"), str) and header["cty"].upper() == "JWT"
        ),
        "`application/` before cty is forgiven, and so is its case, as in media types. It is exactly 'JWT'.": replace(
            RIGHT,
            cty=lambda header: (
                isinstance(header.get("cty"), str) and header["cty"].lower().removeprefix("application/") == "jwt"
            ),
        ),
    },
    "3": {
        "Claims without a signature are taken, because they were encrypted. Who has the key can write "
        "anything.": replace(RIGHT, is_token=lambda inner: not inner.startswith("{")),
        "An issuer that nobody knows ends in a KeyError. Use `issuers.get(iss)`, and raise ValueError.": replace(
            RIGHT, jwk=lambda inner, iss, issuers: issuers[iss]
        ),
        "It looks up whatever iss is, and a list can't be looked up in a dict: that is a TypeError. See that it is "
        "a str.": replace(RIGHT, iss=lambda iss: True),
        "White space around what is inside is cut off. A token has one text: take the bytes as they came.": replace(
            RIGHT, text=lambda plaintext: plaintext.decode().strip()
        ),
        "Bytes that are no ASCII are left out of what is inside, and the rest is taken for the token. Decode strictly, "
        "and what can't be decoded is refused.": replace(
            RIGHT, text=lambda plaintext: plaintext.decode("ascii", "ignore")
        ),
        "Bytes that are no UTF-8 are left out of what is inside, and the rest is taken for the token. Decode strictly, "
        "and what can't be decoded is refused.": replace(
            RIGHT, text=lambda plaintext: plaintext.decode("utf-8", "ignore")
        ),
        "An issuer is known by the beginning of its name. Compare all of it.": replace(
            RIGHT,
            jwk=lambda inner, iss, issuers: next((jwk for name, jwk in issuers.items() if iss.startswith(name)), None),
        ),
    },
    ("3", "4"): {
        "Any issuer's key will do, whoever is named in iss. Then the lab can speak for the clinic.": replace(
            RIGHT, iss=lambda iss: True, jwk=_any_key
        ),
    },
    "4": {
        "A signature inside that does not fit is taken. To decrypt is to learn what somebody wrote, not who.": replace(
            RIGHT, verify=lambda inner, jwk: peek(inner).unverified_claims
        ),
        "alg none is taken inside, because the envelope fits. So it was with pac4j (CVE-2026-29000).": replace(
            RIGHT, verify=_unsigned_too
        ),
        "A key in the inner token's header is taken. Whoever wrote the token wrote that.": replace(
            RIGHT, jwk=lambda inner, iss, issuers: peek(inner).unverified_header.get("jwk", issuers.get(iss))
        ),
    },
}


open_nested = Exercise(
    name="open_nested",
    points=6,
    spec="RFC 7519 §5.2, §11.2; RFC 7516 §5.2; RFC 8725 §2.3, §3.3, §3.8",
    forbids=("joserfc", "jwt"),
    hints=(
        "Two envelopes, one in the other, and each answers another question. Which one says who wrote the letter?",
        '`unseal(token, key, ["dir", "A256GCM"])` gives bytes; the JWE\'s header is in the first segment. The bytes '
        "are a "
        "token: `claims_in` reads its iss, which chooses the key from issuers, and then `verify`.",
        '`inner = unseal(token, key, ["dir", "A256GCM"]).decode()`; `if header_of(token).get("cty") != "JWT": raise '
        'ValueError`; `iss = claims_in(inner).get("iss")`; `if not isinstance(iss, str) or iss not in issuers: raise '
        "ValueError`; `return verify(inner, issuers[iss])`.",
    ),
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle), written(in_turn)),
    mistakes=MISTAKES,
    holds=holds,
)
