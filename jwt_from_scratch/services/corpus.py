"""Lesson 12: some eighty tokens that a verifier must refuse, and as many kinds that it must accept.

Each comes with keys and a policy, because most of these tokens have a valid signature: to see what is wrong with them,
one must know who may sign what, and for whom. There are attacks of each kind in the earlier lessons; those of lesson
04, and those on two keys without a private half, are made by their own modules.
"""

import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..encoding import b64u_decode, b64u_encode, json_dumps
from .forgeries.f04_header import extensions, other_forms
from .forgeries.f05_rsa import encoded_as_its_own_signature
from .forgeries.f07_choosing import PASSENGER, P, fits_without_a_key

TOWN, COLLEGE, HOUSE = "https://login.town.example", "https://id.college.example", "https://house.example"
"""Two issuers with key pairs, and our own house, which signs and verifies with one secret."""

FAMILIES = ("no signature", "another algorithm", "false keys", "whose key", "form", "for whom", "when")

_DAY = 86_400
# For the tokens of other lessons, which have no audience and no typ.
_LOOSE: dict[str, Any] = {"audience": None, "typ": None, "require": []}


@dataclass(frozen=True)
class Attack:
    """A token that must be refused.

    Attributes:
        name: what it is, in a few words.
        family: which kind of attack, one of FAMILIES.
        rule: the rule that it breaks, in RFC 8725 where that has one.
        lets_in: the mistake in a verifier that accepts it.
        token, keys, policy: the arguments of `decode_securely`.
        vital: whether accepting it lets somebody in who has no right to; this costs all points.
        grave: whether accepting it shows that expiry or audience is not checked at all.
    """

    name: str
    family: str
    rule: str
    lets_in: str
    token: str
    keys: dict[str, Any]
    policy: dict[str, Any]
    vital: bool = False
    grave: bool = False


@dataclass(frozen=True)
class Good:
    """A token that must be accepted, and the claims that must come back."""

    name: str
    token: str
    keys: dict[str, Any]
    policy: dict[str, Any]
    claims: dict[str, Any]


@dataclass(frozen=True)
class Signer:
    """A public key, and a function that signs with its private half."""

    jwk: dict[str, Any]
    sign: Callable[[bytes], bytes]

    def seal(self, header: bytes, payload: bytes) -> str:
        """A token with exactly these bytes as header and payload."""
        signing_input = f"{b64u_encode(header)}.{b64u_encode(payload)}"
        return f"{signing_input}.{b64u_encode(self.sign(signing_input.encode()))}"

    def token(self, claims: dict[str, Any], **header: Any) -> str:
        """A token, with the key's alg and kid in its header; None leaves a member out."""
        named = {"alg": self.jwk.get("alg"), "typ": "at+jwt", "kid": self.jwk.get("kid"), **header}
        return self.seal(json_dumps({name: value for name, value in named.items() if value is not None}), _json(claims))


def _json(claims: dict[str, Any]) -> bytes:
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()  # NaN goes through, on purpose


class World:
    """Three issuers, their keys, and the policy of one API.

    Args:
        now: the time, in whole seconds.
        source: of keys and names; with the same seed it makes the same world.
        private: an RSA key of 2048 bits, since RSA keys can't be made from a seed.
        small: an RSA key of 1024 bits, or None to leave that attack out.
    """

    def __init__(
        self, now: int, source: random.Random, private: rsa.RSAPrivateKey, small: rsa.RSAPrivateKey | None = None
    ) -> None:
        self.now, self._source, self._private, self._small = now, source, private, small
        self.elliptic = self._p256("town-1")
        self.rsa = rsa_signer(private, "RS256", kid="town-2")
        self.edwards = self._ed25519("college-1")
        self.shared = hmac_signer(source.randbytes(32), kid="house-1")
        self.stranger = self._p256("town-1")
        odd = (1 << 2047 | source.getrandbits(2047) | 1).to_bytes(256, "big")  # need not be a product of two primes
        unused = {
            "kty": "RSA",
            "use": "enc",
            "alg": "RSA-OAEP-256",
            "kid": "town-3",
            "n": b64u_encode(odd),
            "e": "AQAB",
        }
        self.keys: dict[str, Any] = {
            TOWN: {"keys": [self.elliptic.jwk, self.rsa.jwk, unused]},
            COLLEGE: {"keys": [self.edwards.jwk, {"kty": "new", "kid": "college-2"}]},
            HOUSE: {"keys": [self.shared.jwk]},
        }
        self.policy: dict[str, Any] = {
            "audience": "books",
            "typ": "at+jwt",
            "require": ["exp", "sub"],
            "leeway": 30,
            "now": now,
        }

    @classmethod
    def fresh(cls, now: int) -> "World":
        """A world with fresh keys, for a lesson."""
        small = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
        return cls(now, random.SystemRandom(), rsa.generate_private_key(65537, 2048), small)

    def claims(self, iss: Any = TOWN, **others: Any) -> dict[str, Any]:
        """The usual claims of an access token; one that is given as ... is left out."""
        usual = {"iss": iss, "sub": "ada", "aud": "books", "iat": self.now - 60, "exp": self.now + 600}
        return {name: value for name, value in {**usual, **others}.items() if value is not ...}

    # -- tokens that must be accepted ---------------------------------------------------------------------------

    def good(self) -> list[Good]:
        """One token of each kind that must be accepted."""
        now, leeway, claims = self.now, self.policy["leeway"], self.claims
        by = {TOWN: self.elliptic, COLLEGE: self.edwards, HOUSE: self.shared}
        made = [self._good(f"{signer.jwk['alg']}, from {iss}", signer, claims(iss)) for iss, signer in by.items()]
        made.append(self._good("RS256, another key of the same issuer", self.rsa, claims()))
        made += [
            self._good("aud is a list with us in it", self.edwards, claims(COLLEGE, aud=["maps", "books"])),
            self._good("typ in capitals", self.elliptic, claims(), typ="AT+JWT"),
            self._good("typ with application/", self.elliptic, claims(), typ="application/at+jwt"),
            self._good("typ with APPLICATION/", self.elliptic, claims(), typ="APPLICATION/at+jwt"),
            self._good("no kid, and one key of that algorithm", self.rsa, claims(), kid=None),
            self._good("a header member that nobody knows", self.shared, claims(HOUSE), x=[1]),
            self._good("expired, but within the leeway", self.elliptic, claims(exp=now - leeway // 2)),
            self._good("begins and was issued within the leeway", self.rsa, claims(nbf=now + leeway, iat=now + leeway)),
            self._good("times with fractions", self.edwards, claims(COLLEGE, exp=now + 0.5, nbf=now - 0.5)),
            self._good("names that are not ASCII", self.shared, claims(HOUSE, sub="Þórður", name="Ωmega")),
        ]
        spaced = b'{ "typ" : "at+jwt",\r\n "alg" : "ES256", "kid" : "town-1" }'
        token = self.elliptic.seal(spaced, _json(claims()))
        made.append(Good("a header with spaces", token, self.keys, self.policy, claims()))
        return [*made, *self._good_with_another_policy()]

    def _good_with_another_policy(self) -> list[Good]:
        loose = {**self.policy, **_LOOSE}
        bare = {"iss": TOWN}
        other = {**self.policy, "audience": "maps", "require": ["exp", "jti", "role"], "leeway": 0}
        claims = self.claims(COLLEGE, aud="maps", jti="7", role="reader")
        older = self._ed25519("college-0", alg="EdDSA")
        strong = rsa_signer(self._private, "PS256", kid="one")
        made = [
            Good(
                "nothing is required, and nothing is there", self.elliptic.token(bare, typ=None), self.keys, loose, bare
            ),
            Good("a policy of another API", self.edwards.token(claims), self.keys, other, claims),
            *self._good_with_one_word_changed(),
            *(self._alone(f"a key that says {signer.jwk['alg']}", signer, self.claims()) for signer in (older, strong)),
        ]
        receipt = {"iss": COLLEGE, "sub": "ada", "score": 30, "iat": self.now - 1, "jti": "r-1"}
        wanted = {**loose, "typ": "grade-receipt+jwt", "require": ["sub", "iat", "jti"]}
        token = self.edwards.token(receipt, typ="grade-receipt+jwt")
        made.append(Good("a receipt: no exp, no aud", token, self.keys, wanted, receipt))
        twins = (self._ed25519("1"), self._ed25519("1"))
        keys = {TOWN: {"keys": [twins[0].jwk]}, COLLEGE: {"keys": [twins[1].jwk]}}
        for iss, signer in zip(keys, twins, strict=True):
            token = signer.token(self.claims(iss))
            made.append(Good(f"two issuers use the same kid: {iss}", token, keys, self.policy, self.claims(iss)))
        return made

    def _good_with_one_word_changed(self) -> list[Good]:
        def one(name: str, claims: dict[str, Any], **policy: Any) -> Good:
            return Good(name, self.elliptic.token(claims), self.keys, {**self.policy, **policy}, claims)

        return [
            one("exp is not required, and not there", self.claims(exp=...), require=["sub"]),
            one("we give no name, and there is no aud", self.claims(aud=...), audience=None),
            one("what is required may be 0 or empty", self.claims(fine=0, sub=""), require=["exp", "sub", "fine"]),
            one("the policy's typ in capitals", self.claims(), typ="application/AT+JWT"),
        ]

    def random_good(self, count: int) -> list[Good]:
        """New valid tokens of random issuers, with random claims in addition to the usual ones."""
        made = []
        for number in range(count):
            iss, signer = self._source.choice(
                [(TOWN, self.elliptic), (TOWN, self.rsa), (COLLEGE, self.edwards), (HOUSE, self.shared)]
            )
            others = {self._source.randbytes(3).hex(): self._source.choice(["x", 7, True, None, [1], {"a": "ü"}])}
            sub, life = self._source.randbytes(4).hex(), self._source.randrange(1, 10**6)
            claims = self.claims(iss, sub=sub, jti=f"{number}", exp=self.now + life, **others)
            made.append(self._good(f"fresh token {number}", signer, claims))
        return made

    def _good(self, name: str, signer: Signer, claims: dict[str, Any], **header: Any) -> Good:
        return Good(name, signer.token(claims, **header), self.keys, self.policy, claims)

    def _alone(self, name: str, signer: Signer, claims: dict[str, Any]) -> Good:
        return Good(name, signer.token(claims), {TOWN: {"keys": [signer.jwk]}}, self.policy, claims)

    # -- tokens that must be refused ----------------------------------------------------------------------------

    def attacks(self) -> list[Attack]:
        """Every attack, family by family."""
        return [
            *self._no_signature(),
            *self._another_algorithm(),
            *self._false_keys(),
            *self._whose_key(),
            *self._form(),
            *self._for_whom(),
            *self._when(),
        ]

    def _attack(
        self,
        family: str,
        rule: str,
        name: str,
        lets_in: str,
        token: str,
        keys: dict[str, Any] | None = None,
        vital: bool = False,
        grave: bool = False,
        **policy: Any,
    ) -> Attack:
        return Attack(name, family, rule, lets_in, token, keys or self.keys, {**self.policy, **policy}, vital, grave)

    def _no_signature(self) -> list[Attack]:
        family, checked, first = "no signature", "RFC 8725 §3.3", "RFC 8725 §3.1"
        token = self.elliptic.token(self.claims())
        head, body, seal = token.split(".")
        half = b64u_encode(b64u_decode(seal)[:32])
        forged = b64u_encode(_json(self.claims(sub="admin")))
        unchecked = "The signature is not checked."
        trusting = "The header says that there is no signature, and is believed."

        def unsigned(**header: Any) -> str:
            return f"{b64u_encode(json_dumps({'typ': 'at+jwt', 'kid': 'town-1', **header}))}.{forged}."

        return [
            self._attack(
                family, checked, "claims changed, old signature", unchecked, f"{head}.{forged}.{seal}", vital=True
            ),
            self._attack(family, checked, "empty signature", unchecked, f"{head}.{forged}.", vital=True),
            self._attack(family, checked, "r and s are zero", unchecked, f"{head}.{forged}.{b64u_encode(bytes(64))}"),
            self._attack(family, checked, "signature cut to half", unchecked, f"{head}.{body}.{half}"),
            self._attack(family, first, "alg none", trusting, unsigned(alg="none"), vital=True),
            self._attack(family, first, "alg nOnE", trusting, unsigned(alg="nOnE")),
            self._attack(family, first, "no alg at all", "A header without alg counts as unsigned.", unsigned()),
            self._attack(
                family, first, "two segments", "A missing signature counts as none needed.", f"{head}.{forged}"
            ),
        ]

    def _another_algorithm(self) -> list[Attack]:
        family, rule = "another algorithm", "RFC 8725 §3.1"
        chooses = "The header's alg decides how the key is used. The key names one algorithm, and that is it."
        compare = "Names of algorithms are compared with `in`, or without regard to case."
        public = self._private.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        claims = self.claims()
        thin = {name: value for name, value in self.rsa.jwk.items() if name != "alg"}
        mixed = {**self.rsa.jwk, "alg": "HS256"}
        pss = rsa_signer(self._private, "PS256", kid="town-2").token(claims)
        return [
            self._attack(family, rule, f"HS256, the secret is {what}", chooses, _hmac_with(secret, claims), vital=True)
            for what, secret in (("the public key's PEM", pem), ("the JWK as JSON", json_dumps(self.rsa.jwk)))
        ] + [
            self._attack(family, rule, "an RS256 key, a PS256 token", chooses, pss),
            self._attack(family, rule, "alg is es256", compare, self.elliptic.token(claims, alg="es256")),
            self._attack(family, rule, "alg is XXES256XX", compare, self.elliptic.token(claims, alg="XXES256XX")),
            self._attack(family, rule, "alg is the list [ES256]", compare, self.elliptic.token(claims, alg=["ES256"])),
            self._attack(
                family,
                rule,
                "EdDSA, the key says Ed25519",
                chooses,
                self.edwards.token(self.claims(COLLEGE), alg="EdDSA"),
            ),
            self._attack(
                family, rule, "a key that names no alg", chooses, self.rsa.token(claims), {TOWN: {"keys": [thin]}}
            ),
            self._attack(
                family, rule, "an RSA key that says HS256", chooses, _hmac_with(pem, claims), {TOWN: {"keys": [mixed]}}
            ),
        ]

    def _false_keys(self) -> list[Attack]:
        family, inputs, entropy = "false keys", "RFC 8725 §3.4", "RFC 8725 §3.5"
        weak = "An HMAC key under 32 bytes is used (RFC 7518 §3.2)."
        made = []
        for name, secret in (("an empty secret", b""), ("a secret of 6 bytes", b"secret"), ("of 31 bytes", bytes(31))):
            signer = hmac_signer(secret, kid="weak")
            what = name if name.startswith("a") else f"a secret {name}"
            made.append(self._signed_by(family, entropy, what, weak, signer, vital=not secret))
        one, e_is_1 = "RSA with e = 1 is used: the padded message is its own signature.", self._e_is_one()
        made.append(self._signed_by(family, inputs, "an RSA key with e = 1", one, e_is_1))
        if self._small is not None:
            short = rsa_signer(self._small, "RS256", kid="small")
            less = "RSA keys under 2048 bits are used (RFC 7518 §3.3)."
            made.append(self._signed_by(family, entropy, "an RSA key of 1024 bits", less, short))
        points = "Points of small order are taken for keys, and anyone can sign for these."
        for name, public in (
            ("32 zero bytes", bytes(32)),
            ("a second spelling of one", (P + 1).to_bytes(32, "little")),
        ):
            jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64u_encode(public), "alg": "Ed25519"}
            keys = {PASSENGER["iss"]: {"keys": [jwk]}}
            token = fits_without_a_key(public, "Ed25519")
            made.append(self._attack(family, inputs, f"an Ed25519 key: {name}", points, token, keys, **_LOOSE))
        return made

    def _signed_by(
        self, family: str, rule: str, name: str, lets_in: str, signer: Signer, vital: bool = False
    ) -> Attack:
        token = signer.token(self.claims())
        return self._attack(family, rule, name, lets_in, token, {TOWN: {"keys": [signer.jwk]}}, vital)

    def _e_is_one(self) -> Signer:
        jwk = {**rsa_signer(self._private, "RS256", kid="one").jwk, "e": b64u_encode(b"\1")}
        return Signer(jwk, encoded_as_its_own_signature)

    def _whose_key(self) -> list[Attack]:
        family, issuer, received = "whose key", "RFC 8725 §3.8", "RFC 8725 §3.10"
        claims, stranger = self.claims(), self.stranger
        pot = "The keys of all issuers lie in one pot, so each can sign for every other."
        normal = "iss is brought into shape before it is compared, or not compared at all."
        brings = "The token brings its own key, and that is used."
        tries = "Where kid does not decide, one key after the other is tried."
        meant = "use and key_ops are not looked at."
        unnamed = {name: value for name, value in stranger.jwk.items() if name != "kid"}
        another = self._p256("town-1")
        jku = "https://mallory.example/keys.json"
        sets = {
            "use": {TOWN: {"keys": [{**self.elliptic.jwk, "use": "enc"}]}},
            "ops": {TOWN: {"keys": [{**self.elliptic.jwk, "key_ops": ["encrypt"]}]}},
            "text": {TOWN: {"keys": [{**self.elliptic.jwk, "key_ops": "verify"}]}},
            "twice": {TOWN: {"keys": [self.elliptic.jwk, another.jwk]}},
        }
        own = self.elliptic.token
        crossed = self.edwards.token
        return [
            self._attack(
                family, issuer, "a stranger's key", "The signature is not checked.", stranger.token(claims), vital=True
            ),
            self._attack(
                family, received, "the key is in the header", brings, stranger.token(claims, jwk=unnamed), vital=True
            ),
            self._attack(
                family, received, "jku points to the key", brings, stranger.token(claims, jku=jku, kid="m"), vital=True
            ),
            self._attack(family, issuer, "signed by the college for the town", pot, crossed(claims), vital=True),
            self._attack(family, issuer, "the same without kid", pot, crossed(claims, kid=None), vital=True),
            self._attack(
                family,
                issuer,
                "an issuer that nobody knows",
                pot,
                own(self.claims("https://mallory.example")),
            ),
            self._attack(family, issuer, "iss is missing", pot, own(self.claims(...))),
            self._attack(family, issuer, "iss is a list", normal, own(self.claims([TOWN]))),
            self._attack(family, issuer, "iss with a slash behind it", normal, own(self.claims(f"{TOWN}/"))),
            self._attack(family, received, "an unknown kid", tries, own(claims, kid="town-9")),
            self._attack(family, received, "kid is empty", tries, own(claims, kid="")),
            self._attack(family, received, "kid is a list", tries, own(claims, kid=["town-1"])),
            self._attack(family, received, "two keys with one kid", tries, own(claims), sets["twice"]),
            self._attack(family, received, "no kid and two keys", tries, own(claims, kid=None), sets["twice"]),
            self._attack(family, "RFC 7517 §4.2", "a key for encryption", meant, own(claims), sets["use"]),
            self._attack(family, "RFC 7517 §4.3", "key_ops without verify", meant, own(claims), sets["ops"]),
            self._attack(family, "RFC 7517 §4.3", "key_ops is no list", meant, own(claims), sets["text"]),
        ]

    def _form(self) -> list[Attack]:
        family, spelling, reading = "form", "RFC 7515 §2", "RFC 8725 §3.7"
        token, claims = self.elliptic.token(self.claims()), self.claims()
        forgiving = "base64url is decoded forgivingly, so one token has many spellings."
        doubled = "Two readers of the same JSON see two values."
        utf16 = "json.loads guesses the encoding. Decode as UTF-8 first."
        head = json_dumps({"alg": "ES256", "typ": "at+jwt", "kid": "town-1"})
        body = _json(claims)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        spare = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
        seal = self.elliptic.seal
        made = [
            self._attack(
                family, spelling, "'=' behind the signature", forgiving, f"{self.shared.token(self.claims(HOUSE))}="
            ),
            self._attack(family, spelling, "spare bits in the last letter", forgiving, spare),
            self._attack(family, spelling, "a line break at the end", forgiving, f"{token}\n"),
            self._attack(family, reading, "alg twice", doubled, seal(b'{"alg":"none",' + head[1:], body)),
            self._attack(family, reading, "sub twice", doubled, seal(head, b'{"sub":"admin",' + body[1:])),
            self._attack(family, reading, "a header in UTF-16", utf16, seal(head.decode().encode("utf-16"), body)),
            self._attack(family, reading, "claims in UTF-16", utf16, seal(head, body.decode().encode("utf-16"))),
        ]
        given = {HOUSE: {"keys": [self.shared.jwk]}, "https://login.example": {"keys": [self.shared.jwk]}}
        crit = "RFC 7515 §4.1.11"
        for name, lets_in, forged in extensions(self.shared.jwk):
            if name in ("crit with an unknown name", "crit is an empty list", "b64 false without crit"):
                made.append(self._attack(family, crit, name, lets_in, forged, given, **_LOOSE))
        shapes = ("JSON serialization, flattened", "four segments", "header is a list", "claims are a list")
        for name, lets_in, forged in other_forms(self.shared.token(self.claims(HOUSE)), self.shared.jwk):
            if name in shapes:
                made.append(self._attack(family, "RFC 7515 §7.1", name, lets_in, forged, given, **_LOOSE))
        return made

    def _for_whom(self) -> list[Attack]:
        family, us, kind = "for whom", "RFC 8725 §3.9", "RFC 8725 §3.11"
        own, claims = self.elliptic.token, self.claims
        aud = "aud is not compared with our own name, exactly."
        shape = "aud is taken for a list of strings without a look."
        typ = "typ is not compared with the one kind that is taken here."
        part = "`in` on a string looks for a part, and our name is part of a longer one."
        return [
            self._attack(family, us, "aud is another service", aud, own(claims(aud="maps")), grave=True),
            self._attack(family, us, "aud is a list without us", aud, own(claims(aud=["maps", "shop"]))),
            self._attack(family, us, "aud begins like us", part, own(claims(aud="books-admin"))),
            self._attack(family, us, "aud is missing", aud, own(claims(aud=...))),
            self._attack(family, us, "aud is a list with a number in it", shape, own(claims(aud=["books", 7]))),
            self._attack(family, us, "aud is an object", shape, own(claims(aud={"books": True}))),
            self._attack(family, us, "aud is there, and we gave no name", aud, own(claims()), audience=None),
            self._attack(family, kind, "an ID token as an access token", typ, own(claims(), typ="JWT")),
            self._attack(
                family, kind, "a grade receipt as an access token", typ, own(claims(), typ="grade-receipt+jwt")
            ),
            self._attack(family, kind, "typ is missing", typ, own(claims(), typ=None)),
            self._attack(family, kind, "typ is a number", typ, own(claims(), typ=7)),
            self._attack(family, "RFC 8725 §3.12", "a typ that begins like ours", typ, own(claims(), typ="at+jwt2")),
        ]

    def _when(self) -> list[Attack]:
        family, own, now = "when", self.elliptic.token, self.now
        clock = "The times are not held against the clock, with leeway on the mild side."
        number = "A time that is no number is skipped or converted."
        text = "sub and jti are not known to be strings."

        def bad(name: str, lets_in: str, rule: str, grave: bool = False, **claims: Any) -> Attack:
            return self._attack(family, f"RFC 7519 {rule}", name, lets_in, own(self.claims(**claims)), grave=grave)

        lacking = "A claim that the policy requires may be missing."
        exp, nbf, iat = "§4.1.4", "§4.1.5", "§4.1.6"
        return [
            bad("expired yesterday", clock, exp, grave=True, exp=now - _DAY, iat=now - 2 * _DAY),
            bad(
                "expired just now",
                "exp is the first moment that is too late: `now - leeway >= exp`.",
                exp,
                exp=now - self.policy["leeway"],
            ),
            bad("not good before tomorrow", clock, nbf, nbf=now + _DAY, exp=now + 2 * _DAY),
            bad("issued tomorrow", clock, iat, iat=now + _DAY, exp=now + 2 * _DAY),
            bad("iat has 400 digits", "float() and math.isfinite() of it are OverflowError.", iat, iat=10**399),
            bad("exp and iat in milliseconds", clock, iat, iat=now * 1000, exp=(now + 600) * 1000),
            bad("exp is missing", lacking, exp, exp=...),
            bad("sub is missing", lacking, "§4.1.2", sub=...),
            bad("exp is null", number, exp, exp=None),
            bad("exp is text", number, exp, exp=f"{now + 600}"),
            bad("exp is NaN", number, exp, exp=float("nan")),
            bad("nbf is true", "`isinstance(True, int)` is true. Ask for `type(value)`.", nbf, nbf=True),
            bad("iat is text", number, iat, iat=f"{now - 60}"),
            bad("sub is a number", text, "§4.1.2", sub=7),
            bad("sub is null", text, "§4.1.2", sub=None),
            bad("jti is 0", f"{text} 0 and the empty text count as missing.", "§4.1.7", jti=0),
            bad("jti is a list", text, "§4.1.7", jti=["7"]),
        ]

    # -- keys ---------------------------------------------------------------------------------------------------

    def _p256(self, kid: str) -> Signer:
        private = ec.derive_private_key(1 + self._source.getrandbits(255), ec.SECP256R1())
        point = private.public_key().public_numbers()
        x, y = (b64u_encode(number.to_bytes(32, "big")) for number in (point.x, point.y))
        scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

        def sign(message: bytes) -> bytes:
            return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(private.sign(message, scheme)))

        return Signer({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": kid, "x": x, "y": y}, sign)

    def _ed25519(self, kid: str, alg: str = "Ed25519") -> Signer:
        private = Ed25519PrivateKey.from_private_bytes(self._source.randbytes(32))
        x = b64u_encode(private.public_key().public_bytes_raw())
        return Signer({"kty": "OKP", "crv": "Ed25519", "alg": alg, "kid": kid, "x": x}, private.sign)


def hmac_signer(secret: bytes, kid: str | None = None) -> Signer:
    """HS256 with this secret, however short it is."""
    jwk = {"kty": "oct", "alg": "HS256", "kid": kid, "k": b64u_encode(secret)}
    return Signer(jwk, lambda message: hmac.digest(secret, message, "sha256"))


def rsa_signer(private: rsa.RSAPrivateKey, alg: str, kid: str) -> Signer:
    """RS256 or PS256 with this key, however short it is."""
    numbers, digest = private.public_key().public_numbers(), hashes.SHA256()
    n, e = (b64u_encode(part.to_bytes((part.bit_length() + 7) // 8, "big")) for part in (numbers.n, numbers.e))
    jwk = {"kty": "RSA", "alg": alg, "kid": kid, "n": n, "e": e}
    if alg == "PS256":
        return Signer(jwk, lambda message: _pss(private, message))
    return Signer(jwk, lambda message: private.sign(message, padding.PKCS1v15(), digest))


def _pss(private: rsa.RSAPrivateKey, message: bytes) -> bytes:
    """PS256 (RFC 8017 §9.1.1) with a salt derived from the message, so that the same seed makes the same world."""
    numbers = private.private_numbers()
    size, salt = private.key_size // 8, sha256(b"salt" + message).digest()
    inner = sha256(bytes(8) + sha256(message).digest() + salt).digest()
    block = (b"\1" + salt).rjust(size - 33, b"\0")
    mask = b"".join(sha256(inner + i.to_bytes(4, "big")).digest() for i in range(size // 32))
    masked = bytes(a ^ b for a, b in zip(block, mask, strict=False))
    encoded = bytes([masked[0] & 0x7F]) + masked[1:] + inner + b"\xbc"
    # With the Chinese remainder theorem (RFC 8017 §5.2.1): in a quarter of the time.
    number = int.from_bytes(encoded, "big")
    first, second = pow(number, numbers.dmp1, numbers.p), pow(number, numbers.dmq1, numbers.q)
    return (second + numbers.q * ((first - second) * numbers.iqmp % numbers.p)).to_bytes(size, "big")


def _hmac_with(secret: bytes, claims: dict[str, Any]) -> str:
    return hmac_signer(secret).token(claims, kid="town-2")
