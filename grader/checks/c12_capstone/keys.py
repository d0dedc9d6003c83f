"""The aspects of the issuers' keys (rule 2 of the docstring), and of signatures that no key of theirs made (rule 3)."""

from typing import Any

from jwt_from_scratch.encoding import b64u_decode, b64u_encode
from jwt_from_scratch.services.corpus import Signer, hmac_signer
from jwt_from_scratch.services.forgeries.f07_choosing import P

from ...judging.aspects import ABSENT, Aspect, Value, bad, good, named, rare
from ...judging.verdict import ALL, PART, Stake
from .. import kit


def key_aspects(w: Any) -> list[Aspect]:
    """The signer, its key's members, the keys beside it, the other issuers."""
    return [_signer(w), _alg(), _kid(), _use(), _key_ops(), _extras(), _jwks(), _issuers()]


def key_of(e: Any, **changed: Any) -> dict[str, Any]:
    """The signer's key as the issuer publishes it."""
    own = {"alg": e.key_alg, "kid": e.key_kid, "use": e.use, "key_ops": e.key_ops}
    jwk = {**e.signer.jwk, **own, **e.key_extras, **changed}
    return {name: value for name, value in jwk.items() if value is not ABSENT}


def _twin(e: Any, **changed: Any) -> dict[str, Any]:
    """Another key that answers to the same names; ... in a change leaves a member out."""
    other = hmac_signer(b"another secret, 32 bytes or more!").jwk["k"]
    point = {name: e.world.stranger.jwk[name] for name in ("x", "y") if e.signer.jwk["kty"] == "EC"}
    made = {**key_of(e), "k": other, **point, **changed}
    return {name: value for name, value in made.items() if value is not ABSENT}


def _signer(w: Any) -> Aspect:
    signers = (w.elliptic, w.shared, w.rsa, w.edwards, w.older)
    return Aspect(
        "signer",
        good(*(named(one.jwk["alg"], lambda e, s=one: s) for one in signers), rule="3"),
        good(named("PS256", lambda e: w.pss), rule="3", shy=True),
    )


def _alg() -> Aspect:
    own = {"alg": lambda e: e.signer.jwk["alg"]}
    falsy: list[Any] = [None, 7, [], False]
    return Aspect(
        "key_alg",
        good(named("its own", lambda e: e.signer.jwk["alg"])),
        bad("2 alg", ABSENT, None, "", [], "none", "es256", "ES256 ", ["ES256"], True, along=own),
        bad("2 alg", named("both lack it", lambda e: ABSENT)),
        *(bad("2 alg", named(f"both say {one!r}", lambda e, o=one: o)) for one in falsy),
    )


def _kid() -> Aspect:
    strange: list[Any] = [None, 7, 0, False, ["k-1"], []]
    return Aspect(
        "key_kid",
        good("k-1", named("odd letters", "town/1 \u00fe"), rule="2 kid"),
        rare(ABSENT, None, rule="2 kid", along={"kid": ABSENT}),
        rare("", "0", "null", named("long", "k" * 200), rule="2 kid", along={"kid": lambda e: e.key_kid}),
        *(bad("2 kid", named(f"both say {o!r}", lambda e, o=o: o), along={"kid": lambda e, o=o: o}) for o in strange),
        bad("2 kid", named("absent, the token's null", ABSENT), along={"kid": lambda e: None}),
        bad("2 kid", named("7, the token's '7'", 7), along={"kid": "7"}),
        bad("2 kid", named("absent, the token's ''", ABSENT), along={"kid": ""}),
        bad("2 kid", named("absent, the token's 'k-1'", ABSENT), along={"kid": "k-1"}),
        bad("2 kid", named("null, the token's 'None'", None), along={"kid": "None"}),
    )


def _use() -> Aspect:
    return Aspect(
        "use",
        good(ABSENT, "sig", rule="2 use"),
        bad("2 use", *kit.falsy(), True, ["sig"], "enc", "SIG", "sig ", "\nsig", "si", "sigx", "sig enc"),
    )


def _key_ops() -> Aspect:
    wrong: list[Any] = [["sign"], ["Verify"], ["verify "], [["verify"]], ["verifyx"]]
    return Aspect(
        "key_ops",
        good(ABSENT, ["verify"], ["sign", "verify"], ["x", "verify", "encrypt"], rule="2 key_ops"),
        bad("2 key_ops", *kit.falsy(), "verify", "sign verify", {"verify": True}, *wrong),
    )


def _extras() -> Aspect:
    extras: dict[str, Any] = {
        "x5c": ["MIIB"],
        "x5t": "AA",
        "x5u": "https://x.example",
        "ext": True,
        "iat": 1,
        "nbf": 10**12,
        "exp": 0,
        "revoked": None,
        "Use": "enc",
    }
    many = named("many", lambda e: dict(extras))
    return Aspect("key_extras", good({}), rare(many, *({name: one} for name, one in extras.items()), rule="1 others"))


def _around(*neighbours: Any, first: bool = False) -> Any:
    """The signer's key among others."""

    def made(e: Any) -> list[Any]:
        others = [one(e) if callable(one) else one for one in neighbours]
        return [*others, key_of(e)] if first else [key_of(e), *others]

    return made


def _with(**changed: Any) -> Any:
    return lambda e: _twin(e, **changed)


def _jwks() -> Aspect:
    unknown = {"kty": "new", "kid": "n-1"}
    other = {"kty": "RSA", "use": "enc", "alg": "RSA-OAEP-256", "kid": "n-2", "n": "AQAB", "e": "AQAB"}
    one_kid = {"key_kid": "k-1", "kid": "k-1"}
    brought = {
        "members": lambda e: {"jwk": e.world.stranger.jwk},
        "alg": "ES256",
        "seal": lambda e: e.world.stranger.sign,
    }
    return Aspect(
        "jwks",
        good(
            named("its own", lambda e: [key_of(e)]),
            named("and two of other kinds", _around(unknown, other)),
            rule="2 one key",
        ),
        rare(
            named("after an empty key", _around({}, first=True)),
            named("after one of another kind", _around(unknown, first=True)),
            named("after forty others", _around(*([unknown] * 40), first=True)),
            named("one for encryption has all its names", _around(_with(use="enc"))),
            named("one for encryption before it", _around(_with(use="enc"), first=True)),
            named("one for signing before it", _around(_with(key_ops=["sign"]), first=True)),
            named("one for another alg has its kid", _around(_with(alg="x"), first=True)),
            named("one without alg has its kid", _around(_with(alg=ABSENT), first=True)),
            rule="2 one key",
        ),
        rare(
            named("one of another kid, same alg", _around(_with(kid="zz"), first=True)),
            named("one without kid, same alg", _around(_with(kid=ABSENT), first=True)),
            named("one with its kid in capitals", _around(_with(kid="K-1"), first=True)),
            rule="2 one key",
            along=one_kid,
        ),
        bad(
            "2 one key",
            named("another with its names", _around(_twin)),
            named("... before it", _around(_twin, first=True)),
            named("its names with no key behind them", _around(_with(**dict.fromkeys(("k", "n", "x"), ABSENT)))),
        ),
        bad("2 one key", named("it says sig, and another nothing", _around(_with(use=ABSENT))), along={"use": "sig"}),
        bad("2 one key", named("itself twice", _around(lambda e: key_of(e))), named("three", _around(_twin, _twin))),
        bad(
            "2 one key",
            named("no kid, and another of that alg", _around(_with(kid="zz"))),
            named("no kid, and another before it", _around(_with(kid="zz"), first=True)),
            named("no kid, and another without one", _around(_with(kid=ABSENT))),
            along={"kid": ABSENT},
        ),
        bad(
            "2 one key",
            named("none", lambda e: []),
            named("only others", lambda e: [{"use": "enc"}, {**unknown, "use": "enc"}]),
        ),
        bad(
            "2 one key",
            named("none, and the token brings its own", lambda e: []),
            along={**brought, "kid": ABSENT},
            stake=ALL,
        ),
        bad(
            "2 one key",
            named("none, and the claims bring their own", lambda e: []),
            along={
                **brought,
                "members": lambda e: {},
                "other": lambda e: _holding(e.world.stranger.jwk),
                "kid": ABSENT,
            },
            stake=ALL,
        ),
        bad(
            "2 one key",
            named("another with its names, and the token says which", _around(_twin)),
            along={"members": lambda e: {"jwk": key_of(e)}},
            stake=ALL,
        ),
        bad(
            "2 one key",
            named("none, and the token brings it by kid", lambda e: []),
            along={**brought, "kid": "town-1"},
            stake=ALL,
        ),
    )


def _holding(jwk: dict[str, Any]) -> dict[str, Any]:
    """Claims in which other protocols carry a key (RFC 7800 §3.2; OpenID Connect, self-issued)."""
    return {"cnf": {"jwk": jwk}, "sub_jwk": jwk, "jwk": jwk, "keys": [jwk], "jwks": {"keys": [jwk]}}


def _issuers() -> Aspect:
    elsewhere = "https://id.example"
    return Aspect(
        "issuers",
        good(named("it alone", lambda e: {}), rule="2 iss"),
        good(
            named("others with their own", lambda e: {elsewhere: {"keys": [_twin(e)]}, "": {"keys": []}}),
            rule="2 iss",
        ),
        bad(
            "2 one key",
            named("its key is another issuer's", lambda e: {elsewhere: {"keys": [key_of(e)]}}),
            along={"jwks": lambda e: []},
            stake=ALL,
        ),
        bad(
            "2 one key",
            named("its key is that of the issuer in its header", lambda e: {elsewhere: {"keys": [key_of(e)]}}),
            along={"jwks": lambda e: [], "members": lambda e: {"iss": elsewhere}},
            stake=ALL,
        ),
        bad(
            "3",
            named("signed with another issuer's key", lambda e: {elsewhere: {"keys": [e.world.stranger.jwk]}}),
            along={"seal": lambda e: e.world.stranger.sign},
            stake=ALL,
        ),
    )


def seal_aspect(w: Any) -> Aspect:
    """Signatures that do not fit, and keys by which anything would."""

    def sealed(name: str) -> Any:
        return lambda e: kit.wrong_seals(e.signer.sign, e.world.stranger.sign)[name][0]

    left_out = (
        "the first 2",
        "the first 4",
        "byte 1 ",
        "byte 7",
        "byte 8",
        "byte 16",
        "byte 24",
        "byte 30",
        "backwards",
    )
    wrong = kit.wrong_seals(bytes, bytes)
    stakes = {name: stake for name, (_, stake) in wrong.items() if not name.startswith(left_out)}
    return Aspect(
        "seal",
        good(named("fits", lambda e: e.signer.sign)),
        *(bad("3", named(name, sealed(name)), stake=stake) for name, stake in stakes.items()),
        bad("3", named("of a byte more", sealed("of another message")), stake=ALL, across=("signer",)),
        bad(
            "3",
            named("of a byte more, PS256", sealed("of another message")),
            stake=ALL,
            along={"signer": lambda e: w.pss},
        ),
        *(
            bad("3", named(name, lambda e, s=signer: s.sign), along={"signer": lambda e, s=signer: s}, stake=stake)
            for name, (signer, stake) in _false_keys(w).items()
        ),
    )


def _false_keys(w: Any) -> dict[str, tuple[Signer, Stake]]:
    """Keys of the issuer's own that signature_fits refuses: too short, or such that anyone can sign."""
    secrets = {"a secret of 6 bytes": b"secret", "a secret of 31 bytes": bytes(31)}
    points = {
        "a point of small order": bytes(32),
        "another spelling of one": (P + 1).to_bytes(32, "little"),
        "the neutral point": b"\1" + bytes(31),
    }

    def edwards(raw: bytes) -> Signer:
        jwk = {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": b64u_encode(raw)}
        return Signer(jwk, lambda message: b"\1" + bytes(63))

    mixed = Signer({**w.rsa.jwk, "alg": "HS256"}, lambda message: kit.mac(w.pem, message))
    return {
        "an empty secret": (hmac_signer(b"", kid="w"), ALL),
        "a key that says none": (Signer({"kty": "oct", "alg": "none", "k": ""}, lambda message: b""), ALL),
        **{name: (hmac_signer(secret, kid="w"), PART) for name, secret in secrets.items()},
        "RSA with e = 1": (w.e_is_one, PART),
        "RSA of 1024 bits": (w.small, PART),
        "an RSA key that says HS256": (mixed, ALL),
        **{name: (edwards(raw), PART) for name, raw in points.items()},
    }


def header_alg_values(w: Any) -> list[Value]:
    """Other algorithms in the header, rightly signed by them where that can be done."""
    secrets = {"the PEM": w.pem, "the key as JSON": dumps_jwk(w), "nothing": b"", "n": b64u_decode(w.rsa.jwk["n"])}
    shared = b64u_decode(w.shared.jwk["k"])
    return [
        *(
            value
            for text, secret in secrets.items()
            for value in bad(
                "2 alg",
                named(f"HS256, the secret is {text}", "HS256"),
                along={"signer": lambda e: w.rsa, "seal": lambda e, s=secret: lambda message: kit.mac(s, message)},
                stake=ALL,
            )
        ),
        *(
            value
            for alg, seal in kit.rightly_signed(shared, "HS256").items()
            if "none" not in alg.lower() and alg
            for value in bad(
                "2 alg",
                named(f"{alg}, rightly signed", alg),
                along={"signer": lambda e: w.shared, "seal": lambda e, s=seal: s},
            )
        ),
        *bad("2 alg", named("EdDSA, the key says Ed25519", "EdDSA"), along={"signer": lambda e: w.edwards}),
        *bad("2 alg", named("Ed25519, the key says EdDSA", "Ed25519"), along={"signer": lambda e: w.older}),
        *bad(
            "2 alg",
            named("PS256, rightly signed", "PS256"),
            along={"signer": lambda e: w.rsa, "seal": lambda e: w.pss.sign},
        ),
        *bad(
            "2 alg",
            named("RS256, rightly signed", "RS256"),
            along={"signer": lambda e: w.pss, "seal": lambda e: w.rsa.sign},
        ),
    ]


def dumps_jwk(w: Any) -> bytes:
    """The RSA key as its issuer publishes it, as JSON: what a decoder may take for a secret."""
    from jwt_from_scratch.encoding import json_dumps

    return json_dumps(w.rsa.jwk)
