"""Lessons 05 to 09: programs that are right but for an input that few people think of. None has full marks."""

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest

from grader import checks
from grader.checks.c05_rsa.forge_confused import FORGE as forge
from grader.checks.c05_rsa.recover_modulus import RECOVER
from grader.checks.c06_ecdsa.ecdsa_verify import oracle as fits
from grader.checks.c06_ecdsa.recover_private_key import RECOVER as RECOVER_KEY
from grader.checks.c07_choosing.choose_algorithm import oracle as chosen
from grader.checks.c07_choosing.verify_ed25519 import VERIFY
from grader.checks.c08_keys.find_key import RIGHT as FIND
from grader.checks.c08_keys.is_safe_jku import RIGHT as SAFE
from grader.checks.c08_keys.jwk_thumbprint import RIGHT as THUMBPRINT
from grader.checks.c09_sessions.denylist import Denied
from grader.checks.c09_sessions.route import checked, winner
from grader.checks.c09_sessions.session_store import Sessions
from grader.checks.rsa_pool import encode
from jwt_from_scratch import peek
from jwt_from_scratch.encoding import json_loads_strict
from jwt_from_scratch.services.p256 import FIELD, G, N, Point, point_add, scalar_mul
from tests.grader.helpers import SEEDS, judged

Wrong = Callable[..., Any]


def rsa(accepts: Callable[[int, int], bool], order: tuple[Any, ...] = ("big",)) -> Wrong:
    def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> bool:
        size, numbers = (n.bit_length() + 7) // 8, [int.from_bytes(signature, one) for one in order]
        want = int.from_bytes(encode(message, size), "big")
        return accepts(n, e) and len(signature) == size and any(s < n and pow(s, e, n) == want for s in numbers)

    return rsa_verify_pkcs1


def by_shortest(pairs: list[tuple[bytes, bytes]], e: int) -> Any:
    return RECOVER([(text, signature.lstrip(b"\0")) for text, signature in pairs], e)


def by_edges(change: Callable[[bytes], bytes]) -> Wrong:
    """A check that changes a signature's edges first."""

    def rsa_verify_pkcs1(n: int, e: int, message: bytes, signature: bytes) -> Any:
        return rsa(lambda n, e: True)(n, e, message, change(signature))

    return rsa_verify_pkcs1


def no_zero_first(n: int, e: int, message: bytes, signature: bytes) -> Any:
    return rsa(lambda n, e: True)(n, e, message, signature) and (signature[0] > 0 or len(signature) > 256)


def or_its_negative(n: int, e: int, message: bytes, signature: bytes) -> Any:
    negative = (n - int.from_bytes(signature, "big")) % n
    size = (n.bit_length() + 7) // 8
    other = negative.to_bytes(size, "big") if len(signature) == size else signature
    return any(rsa(lambda n, e: True)(n, e, message, one) for one in (signature, other))


def hash_for_message(n: int, e: int, message: bytes, signature: bytes) -> Any:
    want = int.from_bytes(encode(b"", 256)[:-32] + message, "big") if len(message) == 32 else -1
    s = int.from_bytes(signature, "big")
    return rsa(lambda n, e: True)(n, e, message, signature) or (
        s < n and len(signature) == 256 and pow(s, e, n) == want
    )


def behind_the_last_ff(n: int, e: int, message: bytes, signature: bytes) -> Any:
    if not rsa(lambda n, e: True)(n, e, message, signature):
        return False
    opened = pow(int.from_bytes(signature, "big"), e, n).to_bytes(len(signature), "big")
    return opened.rpartition(b"\xff\0")[2] == encode(message, 256)[-51:]


def by_divisors(pairs: list[tuple[bytes, bytes]], e: int) -> Any:
    """Each number below 1,000 once, from above."""
    made: Any = replace(RECOVER, strip=tuple(range(999, 1, -1)), again=False)(pairs, e)
    return made


def by_whole_bytes(pairs: list[tuple[bytes, bytes]], e: int) -> Any:
    found: int = replace(RECOVER, strip=())(pairs, e)
    for small in range(2, 1000):
        while found.bit_length() % 8 and found % small == 0:
            found //= small
    return found


def short_pem(token: str, public_pem: bytes) -> Any:
    return forge(token, public_pem[:512])


def stripped_claims(claims: dict[str, Any]) -> dict[str, Any]:
    return {n: one.strip() if isinstance(one, str) else one for n, one in claims.items()} | {"role": "admin"}


def is_not(one: bytes, other: bytes) -> bool:
    return one is not other


def without_x(p: Point, q: Point) -> Any:
    total = point_add(p, q)
    return total if p is None or q is None or (total and total[0]) else None


def twice_n(k: int, p: Point) -> Any:
    return scalar_mul(k % N or (N - 1 if k > N else 0), p)


def as_a_hash(public: Point, message: bytes, signature: bytes) -> Any:
    if len(message) != 32 or fits(public, message, signature)[1] != {"4 fits"}:
        return not fits(public, message, signature)[1]
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    w = pow(s, -1, N)
    total = point_add(scalar_mul(int.from_bytes(message, "big") * w % N, G), scalar_mul(r * w % N, public))
    return total is not None and total[0] % N == r


def stripped_signature(blank: bytes) -> Wrong:
    def ecdsa_verify(public: Point, message: bytes, signature: bytes) -> Any:
        return len(signature.rstrip(blank)) == 64 and not fits(public, message, signature)[1]

    return ecdsa_verify


def of_der(public: Point, message: bytes, signature: bytes) -> bool:
    halves = signature[4:36] + signature[-32:] if signature[:1] == b"0" and len(signature) != 64 else signature
    return not fits(public, message, halves)[1]


def none_as_g(public: Point, message: bytes, signature: bytes) -> bool:
    return not fits(public or G, message, signature)[1]


def without_g(public: Point, message: bytes, signature: bytes) -> bool:
    return public != G and not fits(public, message, signature)[1]


def stripping(public: Point, message: bytes, signature: bytes) -> bool:
    return not fits(public, message.strip(), signature)[1]


def brought(token: str, jwk: dict[str, Any]) -> Any:
    from jwt_from_scratch.encoding import b64u_decode, json_loads_strict

    if not jwk.get("x"):
        head = json_loads_strict(b64u_decode(token.split(".")[0]))
        jwk = {**jwk, "x": head.get("jwk", {}).get("x") if isinstance(head, dict) else None}
    return VERIFY(token, jwk)


def without_comments(scenario: dict[str, Any]) -> Any:
    answer, broken = chosen({name: what for name, what in scenario.items() if name != "comment"})
    if broken:
        raise ValueError("nothing is allowed")
    return answer


def last_of_kid(jwks: Any, header: dict[str, Any]) -> Any:
    if isinstance(jwks, dict) and isinstance(jwks.get("keys"), list) and isinstance(header.get("kid"), str):
        fit = [one for one in jwks["keys"] if isinstance(one, dict) and one.get("kid") == header["kid"]]
        good = [one for one in fit if not _refused(FIND, {"keys": [one]}, header)]
        jwks = {"keys": good[-1:]}
    return FIND(jwks, header)


def normalized(kid: Any) -> Any:
    return normalize("NFC", kid) if isinstance(kid, str) else None


def _refused(function: Wrong, *args: Any) -> bool:
    try:
        function(*args)
    except ValueError:
        return True
    return False


def itself(jwks: Any, header: dict[str, Any]) -> Any:
    return FIND({"keys": [jwks]} if isinstance(jwks, dict) and "kty" in jwks else jwks, header)


def any_eight(url: Any, allowed_origins: list[str]) -> Any:
    begins = isinstance(url, str) and url.startswith("https:")
    return SAFE(f"https://{url[8:]}" if begins else url, allowed_origins)


def by_size(session_id: str, nodes: list[str]) -> Any:
    return checked(winner)(f"{session_id}{len(nodes) > 5}", nodes)


class Few(Sessions):
    def create(self, user: str) -> Any:
        if len(self.users) == 20:
            self.users.pop(next(iter(self.users)))
        return super().create(user)


def the_one_with_use(jwks: Any, header: dict[str, Any]) -> Any:
    if isinstance(jwks, dict) and isinstance(jwks.get("keys"), list):
        good = [one for one in jwks["keys"] if not _refused(FIND, {"keys": [one]}, header)]
        jwks = {"keys": [one for one in good if "use" in one] or good}
    return FIND(jwks, header)


def of_known_curves(jwk: dict[str, Any]) -> Any:
    if jwk.get("kty") == "EC" and jwk.get("crv") not in ("P-256", "P-384", "P-521"):
        raise ValueError("crv")
    return THUMBPRINT(jwk)


class Hasty(Denied):
    now: float = float("-inf")

    def add(self, iss: Any, jti: Any, exp: float) -> None:
        super().add(iss, jti, exp)
        if exp <= self.now + 1:
            del self.until[iss, jti]

    def blocked(self, iss: Any, jti: Any, now: float) -> Any:
        self.now = now
        return super().blocked(iss, jti, now)


def padded(public: Point, message: bytes, signature: bytes) -> bool:
    return not fits(public, message, signature[:64].ljust(64, b"\0") if len(signature) < 65 else signature)[1]


def without_the_last_s(public: Point, message: bytes, signature: bytes) -> bool:
    return not fits(public, message, signature)[1] and int.from_bytes(signature[32:], "big") < N - 1


def near_ones_are_one(bits: slice) -> Wrong:
    def added(p: Point, q: Point) -> Any:
        alike = p and q and p[0].to_bytes(32, "big")[bits] == q[0].to_bytes(32, "big")[bits] and p[1] + q[1] != FIELD
        return scalar_mul(2, p) if alike else point_add(p, q)

    return added


def in_any_case(token: str, jwk: dict[str, Any]) -> Any:
    names = {"eddsa": "EdDSA", "ed25519": "Ed25519"}
    return replace(VERIFY, alg=lambda alg, those: names.get(str(alg).lower()) in those)(token, jwk)


def with_es384(scenario: dict[str, Any]) -> Any:
    answer, broken = chosen(scenario)
    if not broken and scenario["key_alg"] is None and "ES384" in scenario["verifiers_know"]:
        return "ES384"
    if broken:
        raise ValueError("nothing is allowed")
    return answer


def each_once(scenario: dict[str, Any]) -> Any:
    answer, broken = chosen(scenario)
    know = scenario.get("verifiers_know")
    if broken or (isinstance(know, list) and len(set(know)) < len(know)):
        raise ValueError("nothing is allowed")
    return answer


def from_text(jwks: Any, header: dict[str, Any]) -> Any:
    return FIND(json.loads(jwks) if isinstance(jwks, str) else jwks, header)


def of_one(jwks: Any, header: dict[str, Any]) -> Any:
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    return FIND({"keys": [keys]} if isinstance(keys, dict) and "kty" in keys else jwks, header)


def of_values(jwks: Any, header: dict[str, Any]) -> Any:
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    return FIND({"keys": list(keys.values())} if isinstance(keys, dict) else jwks, header)


def plain_hosts(url: Any, allowed_origins: list[str]) -> Any:
    return SAFE(url, allowed_origins) and bool(re.match(r"https://[a-z0-9.:-]+(/|$)", url))


class Keyed(Denied):
    def __init__(self, name: Callable[[str], str]) -> None:
        super().__init__()
        self.name = name

    def key(self, iss: str, jti: str) -> Any:
        return self.name(iss), self.name(jti)


def keyed(name: Callable[[str], str]) -> type:
    return type("Keyed", (Keyed,), {"__init__": lambda self: Keyed.__init__(self, name)})


class Ends(Denied):
    def size(self, now: float) -> int:
        return len({exp for exp in self.until.values() if now < exp})


class Tabbed(Denied):
    def key(self, iss: str, jti: str) -> Any:
        return f"{iss}\t{jti}"


class Spent(Denied):
    """What was over once is never blocked again."""

    def blocked(self, iss: Any, jti: Any, now: float) -> Any:
        answer = super().blocked(iss, jti, now)
        if (iss, jti) in self.until and not answer:
            self.until[iss, jti] = float("inf")
        return answer and self.until[iss, jti] < float("inf")


class Latest(Denied):
    """Of two issuers' tokens with one jti the later end counts for both."""

    def blocked(self, iss: Any, jti: Any, now: float) -> Any:
        super().blocked(iss, jti, now)
        return (iss, jti) in self.until and now < max(exp for key, exp in self.until.items() if key[1] == jti)


class Times(Denied):
    """One entry for each end of a token."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = set[Any]()

    def add(self, iss: Any, jti: Any, exp: float) -> None:
        super().add(iss, jti, exp)
        self.rows.add((iss, jti, exp))

    def size(self, now: float) -> int:
        return sum(now < exp for _, _, exp in self.rows)


def by_two_bytes(session_id: str, nodes: list[str]) -> str:
    return max(nodes, key=lambda node: hashlib.sha256(f"{session_id}:{node}".encode()).digest()[:2])


def of_one_kid(token: str, jwk: dict[str, Any]) -> Any:
    head = peek(token).unverified_header if token.count(".") == 2 else {}
    if "kid" in jwk and "kid" in head and head["kid"] != jwk["kid"]:
        raise ValueError("kid")
    return VERIFY(token, jwk)


def of_known_typ(token: str, jwk: dict[str, Any]) -> Any:
    head = peek(token).unverified_header if token.count(".") == 2 else {}
    if not isinstance(head.get("typ", ""), str):
        raise ValueError("typ")
    return VERIFY(token, jwk)


def good_by_now(token: str, jwk: dict[str, Any]) -> Any:
    claims = VERIFY(token, jwk)
    if claims.get("nbf", 0) > time.time():
        raise ValueError("nbf")
    return claims


def of_hs256(jwks: Any, header: dict[str, Any]) -> Any:
    return FIND(jwks, {"alg": "HS256", **header})


def port_before_a_slash(url: Any, allowed_origins: list[str]) -> Any:
    return SAFE(url, allowed_origins) and not url.endswith(":443")


def in_unicode(url: Any, allowed_origins: list[str]) -> Any:
    return SAFE(url, allowed_origins) and "xn--" not in url


def _of_okp(jwk: dict[str, Any], name: str) -> dict[str, Any]:
    return {name: jwk[name]} if jwk["kty"] == "OKP" and name in jwk else {}


WRONG: dict[str, tuple[str, Wrong]] = {
    "an exponent of 33 bits": ("rsa_verify_pkcs1", rsa(lambda n, e: e < 2**32)),
    "a modulus of more than 4096 bits": ("rsa_verify_pkcs1", rsa(lambda n, e: n < 2**4096)),
    "a signature backwards": ("rsa_verify_pkcs1", rsa(lambda n, e: True, ("big", "little"))),
    "a signature that begins with a zero byte": ("recover_modulus", by_shortest),
    "a signature or n minus it": ("rsa_verify_pkcs1", or_its_negative),
    "a signature with a line break last": ("rsa_verify_pkcs1", by_edges(lambda s: s.rstrip(b"\n"))),
    "a signature with a zero byte first": ("rsa_verify_pkcs1", no_zero_first),
    "an exponent that is no prime": ("rsa_verify_pkcs1", rsa(lambda n, e: e % 5 > 0 or e == 5)),
    "a hash as the message": ("rsa_verify_pkcs1", hash_for_message),
    "a hash with ff 00 in it": ("rsa_verify_pkcs1", behind_the_last_ff),
    "the square of 37": ("recover_modulus", by_divisors),
    "a multiple of whole bytes": ("recover_modulus", by_whole_bytes),
    "a long PEM": ("forge_confused", short_pem),
    "a sum with x = 0": ("point_add", without_x),
    "twice N": ("scalar_mul", twice_n),
    "32 bytes as a hash": ("ecdsa_verify", as_a_hash),
    "a signature that ends with a zero byte": ("ecdsa_verify", stripped_signature(b"\0")),
    "a signature in white space": ("ecdsa_verify", stripped_signature(b" \n")),
    "G for a public key": ("ecdsa_verify", without_g),
    "DER of 70 bytes": ("ecdsa_verify", of_der),
    "None for G": ("ecdsa_verify", none_as_g),
    "the same object for the same message": ("recover_private_key", replace(RECOVER_KEY, other_message=is_not)),
    "a claim with spaces around": ("forge_confused", replace(forge, change=stripped_claims)),
    "white space around a message": ("ecdsa_verify", stripping),
    "a stranger's key in the header": ("verify_ed25519", brought),
    "a field named comment": ("choose_algorithm", without_comments),
    "a kid given twice": ("find_key", last_of_kid),
    "a key in place of a set": ("find_key", itself),
    "eight characters that are not https://": ("is_safe_jku", any_eight),
    "more than twenty sessions": ("SessionStore", Few),
    "a tab between iss and jti": ("Denylist", Tabbed),
    "what is over in a second is not listed": ("Denylist", Hasty),
    "of two keys the one that has a use": ("find_key", the_one_with_use),
    "a dot as an escape": ("is_safe_jku", replace(SAFE, origin=lambda url: SAFE.origin(url).replace("%2e", "."))),
    "only curves that are known": ("jwk_thumbprint", of_known_curves),
    "another hash for more than five nodes": ("route", by_size),
    "a zero byte that is missing at the end": ("ecdsa_verify", padded),
    "s = N - 1": ("ecdsa_verify", without_the_last_s),
    "x with one end": ("point_add", near_ones_are_one(slice(16, 32))),
    "x with one beginning": ("point_add", near_ones_are_one(slice(0, 16))),
    "an algorithm's name in any case": ("verify_ed25519", in_any_case),
    "claims that are not UTF-8": (
        "verify_ed25519",
        replace(VERIFY, loads=lambda text: json_loads_strict(text.decode("utf-8", "replace").encode())),
    ),
    "claims behind a byte order mark": (
        "verify_ed25519",
        replace(VERIFY, loads=lambda text: json_loads_strict(text.removeprefix(b"\xef\xbb\xbf"))),
    ),
    "a seventh algorithm": ("choose_algorithm", with_es384),
    "an algorithm that is listed twice": ("choose_algorithm", each_once),
    "a set as a text": ("find_key", from_text),
    "one key in place of a list": ("find_key", of_one),
    "keys by name in place of a list": ("find_key", of_values),
    "a kid as a path": (
        "find_key",
        replace(FIND, kid_fits=lambda ours, theirs: bool(ours == theirs) or str(ours).rpartition("/")[2] == theirs),
    ),
    "a number for an alg": ("find_key", replace(FIND, alg_fits=lambda ours, theirs: str(ours) == str(theirs))),
    "a host with an underscore": ("is_safe_jku", plain_hosts),
    "the private half of one kind": (
        "jwk_thumbprint",
        replace(THUMBPRINT, members=lambda jwk: THUMBPRINT.members(jwk) | _of_okp(jwk, "d")),
    ),
    "another kind's member": (
        "jwk_thumbprint",
        replace(THUMBPRINT, members=lambda jwk: THUMBPRINT.members(jwk) | _of_okp(jwk, "y")),
    ),
    "two kids": ("verify_ed25519", of_one_kid),
    "claims that are not good yet": ("verify_ed25519", good_by_now),
    "a number with zeros in front": (
        "jwk_thumbprint",
        replace(
            THUMBPRINT,
            members=lambda jwk: {name: text.lstrip("A") or text for name, text in THUMBPRINT.members(jwk).items()},
        ),
    ),
    "a use of a similar word": (
        "find_key",
        replace(FIND, use_fits=lambda jwk: jwk.get("use", "sig") in ("sig", "sign")),
    ),
    "a kid with its accents apart": (
        "find_key",
        replace(FIND, kid_fits=lambda ours, theirs: bool(ours == theirs) or normalized(ours) == normalized(theirs)),
    ),
    "no alg is HS256": ("find_key", of_hs256),
    "no kid is an empty one": ("find_key", replace(FIND, kid_fits=lambda ours, theirs: ours == (theirs or ""))),
    "no alg is an empty one": ("find_key", replace(FIND, alg_fits=lambda ours, theirs: ours == (theirs or ""))),
    "spaces around an algorithm's name": (
        "verify_ed25519",
        replace(VERIFY, alg=lambda alg, names: isinstance(alg, str) and alg.strip() in names),
    ),
    "a typ that is no text": ("verify_ed25519", of_known_typ),
    "port 443, and nothing behind": ("is_safe_jku", port_before_a_slash),
    "a host in Punycode": ("is_safe_jku", in_unicode),
    "a question mark in a query": (
        "is_safe_jku",
        replace(SAFE, characters=lambda url: SAFE.characters(url) and url.count("?") < 2),
    ),
    "a token with two ends": ("Denylist", Times),
    "a token that is listed again": ("Denylist", Spent),
    "one jti with two ends": ("Denylist", Latest),
    "two bytes of a hash": ("route", checked(by_two_bytes)),
    "names with one beginning": ("Denylist", keyed(lambda name: name[:200])),
    "names with = behind": ("Denylist", keyed(lambda name: name.rstrip("="))),
    "names that are numbers": ("Denylist", keyed(lambda name: str(int(name)) if name.isdecimal() else name)),
    "entries that end together": ("Denylist", Ends),
    "a node without a name": ("route", checked(lambda one, nodes: winner(one, [n for n in nodes if n] or nodes))),
    "an empty id at the first node": ("route", checked(lambda one, nodes: winner(one, nodes) if one else nodes[0])),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_rare_input_costs_something(what: str) -> None:
    name, function = WRONG[what]
    exercise = checks.exercise_named(name)
    assert exercise is not None
    free = replace(exercise, forbids=())  # what they are made of may be forbidden, and is not what is tried here
    scores = [judged(free, function, seed).score for seed in SEEDS[:2]]
    assert max(scores) < exercise.points


def test_an_id_that_is_too_long_is_not_called_too_short() -> None:
    exercise = checks.exercise_named("SessionStore")
    assert exercise is not None
    long = type("Long", (Sessions,), {"new_id": lambda self, user: hashlib.sha512().hexdigest() * 3})
    result = judged(exercise, long)
    assert "256 characters at most" in " ".join(result.messages)
    assert not result.mistakes
