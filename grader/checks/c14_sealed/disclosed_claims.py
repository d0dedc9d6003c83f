"""disclosed_claims: an SD-JWT and its issuer's key in, the claims that are shown out, or ValueError."""

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from jwt_from_scratch import Key
from jwt_from_scratch import verify as verify_signature
from jwt_from_scratch.encoding import b64u_decode, b64u_encode, json_dumps, json_loads_strict

from ...inside.values import shorten
from ...judging.aspects import from_aspects, joined, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Trial
from ...judging.wants import Raises, Returns
from .. import held, kit
from .shapes import MOST, Hidden, aspects, build, world

RULES = {
    "1": "An SD-JWT has at most 16,384 characters and ends with ~. What stands behind the last ~ is another thing, "
    "and is "
    "refused.",
    "2": "The first part is a signed token, its key is the issuer's, its payload an object. verify sees to it (RFC "
    "9901 "
    "§7.1).",
    "3": "_sd_alg is absent or exactly sha-256 (RFC 9901 §4.1.1). That is the hash that this function knows.",
    "4": "A disclosure is strict base64url of strict JSON: [salt, name, value] or [salt, value], with texts for salt "
    "and "
    "name (RFC 9901 §4.2).",
    "5": "_sd is a list of texts, wherever it stands. ... is a text, and the only member of an object in a list (RFC "
    "9901 "
    "§4.2.4).",
    "6": "A digest is the hash of the disclosure's text as it came. One in _sd is a member's, with three parts; one "
    "in a "
    "list is an element's, with two (RFC 9901 §7.1).",
    "7": "A hidden name is not _sd, not ..., and not there already, at the level of its _sd (RFC 9901 §7.1).",
    "8": "Each disclosure belongs to a digest, in the token or in what is shown, and comes once (RFC 9901 §7.1). What "
    "nobody signed is no claim.",
    "9": "No digest stands in two places, not even one that nothing belongs to (RFC 9901 §7.1).",
    "10": "What is shown stands where it was hidden; _sd, the outermost _sd_alg, and elements that are not shown are "
    "gone (RFC 9901 §7.1).",
}
Jwk = dict[str, Any]


def oracle(sd_jwt: str, issuer_key: Jwk) -> tuple[Any, set[str]]:
    """The claims, and all rules that are broken."""
    if len(sd_jwt) > MOST or not sd_jwt.endswith("~"):
        return None, {"1"}
    token, *shown = sd_jwt[:-1].split("~")
    try:
        payload = json_loads_strict(verify_signature(token, Key.from_jwk(issuer_key)).payload)
    except ValueError:
        return None, {"2"}
    if not isinstance(payload, dict):
        return None, {"2"}
    reading = _Reading({_digest(text): text for text in shown})
    reading.broken |= {"3"} if payload.get("_sd_alg", "sha-256") != "sha-256" else set()
    reading.broken |= {"4"} if None in map(_content, shown) else set()
    claims = reading.whole(payload)
    reading.broken |= {"8"} if len(set(shown)) < len(shown) or set(reading.texts) - reading.used else set()
    reading.broken |= {"9"} if len(reading.found) > len(set(reading.found)) else set()
    claims.pop("_sd_alg", None)
    return claims, reading.broken


def _digest(text: str) -> str:
    return b64u_encode(hashlib.sha256(text.encode()).digest())


def _content(text: str) -> list[Any] | None:
    """The parts of a disclosure; None if it is none."""
    try:
        content = json_loads_strict(b64u_decode(text))
    except ValueError:
        return None
    fits = isinstance(content, list) and len(content) in (2, 3)
    return content if fits and all(isinstance(one, str) for one in content[:-1]) else None


@dataclass
class _Reading:
    """What has been found on the way through a payload."""

    texts: dict[str, str]
    found: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def whole(self, value: Any) -> Any:
        """The value with what is shown in it."""
        if isinstance(value, dict):
            return self._object(value)
        return [one for element in value for one in self._element(element)] if isinstance(value, list) else value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        made = {name: self.whole(one) for name, one in value.items() if name != "_sd"}
        digests = value.get("_sd", [])
        if "..." in value or not isinstance(digests, list) or not all(isinstance(one, str) for one in digests):
            self.broken.add("5")
            return made
        for content in (self._taken(one, 3) for one in digests):
            if content is None:
                continue
            _, name, hidden = content
            if name in ("_sd", "...") or name in made:
                self.broken.add("7")
            made[name] = self.whole(hidden)
        return made

    def _element(self, element: Any) -> list[Any]:
        if not isinstance(element, dict) or "..." not in element:
            return [self.whole(element)]
        if len(element) != 1 or not isinstance(element["..."], str):
            self.broken.add("5")
            for name in element.keys() & {"..."}:  # it stands for what is shown, all the same
                self.used.add(str(element[name]))
            return []
        content = self._taken(element["..."], 2)
        return [] if content is None else [self.whole(content[1])]

    def _taken(self, digest: str, parts: int) -> list[Any] | None:
        self.found.append(digest)
        if digest not in self.texts:
            return None
        self.used.add(digest)
        content = _content(self.texts[digest])
        if content is not None and len(content) != parts:
            self.broken.add("6")
            content = None
        return content


def in_turn(source: random.Random) -> Iterator[Trial]:
    """One token: shown whole, under another key, and with less; and another token with the same disclosures."""
    w = world(source)
    key, hidden = w.keys["ES256"], Hidden(w.salts)
    signed = {"iss": w.iss, "_sd": [hidden.member("born", w.year), hidden.member("adult", True)]}
    born, adult = hidden.shown

    def text(payload: Any, *shown: str) -> str:
        return "~".join([kit.compact(json_dumps({"alg": "ES256"}), json_dumps(payload), key.sign), *shown, ""])

    jwk, stranger = key.to_jwk(), w.stranger["ES256"].to_jwk()
    whole = text(signed, born, adult)
    yield kit.in_turn(
        "one token, whole, with another key, and with less",
        ((whole, jwk), Returns({"iss": w.iss, "born": w.year, "adult": True})),
        ((whole, stranger), Raises()),
        ((text(signed, adult), jwk), Returns({"iss": w.iss, "adult": True})),
        ((text(signed), jwk), Returns({"iss": w.iss})),
        ((text({"iss": w.iss}, born), jwk), Raises()),
    )


def holds(sd_jwt: str, issuer_key: Jwk) -> str:
    """The payload, and what is disclosed."""
    token, *shown = sd_jwt.split("~")
    payload = shorten(held.segment(token.partition(".")[2].partition(".")[0]), 160)
    disclosed = shorten(", ".join(held.segment(one) for one in shown if one) or "nothing", 120)
    return f"payload {payload}; disclosed: {disclosed}"


# -- known mistakes ---------------------------------------------------------------------------------------------------


def _opened(token: str, jwk: Jwk) -> Any:
    return json_loads_strict(verify_signature(token, Key.from_jwk(jwk)).payload)


def _texts(content: list[Any]) -> bool:
    return all(isinstance(one, str) for one in content[:-1])


@dataclass(frozen=True)
class Disclose:
    """A right disclosed_claims, of parts that can be got wrong one by one."""

    most: int = MOST
    whole: Callable[[str], bool] = lambda sd_jwt: sd_jwt.endswith("~")
    open: Callable[[str, Jwk], Any] = _opened
    hash: Callable[[Any], bool] = lambda payload: bool(payload.get("_sd_alg", "sha-256") == "sha-256")
    decode: Callable[[str], bytes] = b64u_decode
    loads: Callable[[bytes], Any] = json_loads_strict
    counts: tuple[int, ...] = (2, 3)
    texts: Callable[[list[Any]], bool] = _texts
    digests: Callable[[Any], bool] = lambda one: isinstance(one, list) and all(isinstance(d, str) for d in one)
    alone: Callable[[Any], bool] = lambda element: len(element) == 1 and isinstance(element["..."], str)
    outside: bool = True
    lengths: tuple[tuple[int, ...], tuple[int, ...]] = ((3,), (2,))
    reserved: tuple[str, ...] = ("_sd", "...")
    there: Callable[[str, Any, Any], bool] = lambda name, made, own: name in made or name in own
    stray: bool = True
    repeated: bool = True
    once: Callable[[list[str], Any], bool] = lambda found, texts: len(found) == len(set(found))
    deep: bool = True
    unshown: Callable[[str], list[Any]] = lambda digest: []
    gone: tuple[str, ...] = ("_sd_alg",)
    keeps_sd: bool = False
    digest: Callable[[str], str] = _digest

    def __call__(self, sd_jwt: str, issuer_key: Jwk) -> Any:
        """The claims that are shown."""
        if len(sd_jwt) > self.most or not self.whole(sd_jwt):
            raise ValueError("form")
        token, *shown = sd_jwt[: -1 if sd_jwt.endswith("~") else None].split("~")
        payload = self.open(token, issuer_key)
        if not isinstance(payload, dict) or not self.hash(payload):
            raise ValueError("payload")
        if self.repeated and len(set(shown)) < len(shown):
            raise ValueError("twice")
        run = _Run(self, {self.digest(text): self.parts(text) for text in shown})
        claims = run.whole(payload)
        if not self.once(run.found, run.texts):
            raise ValueError("a digest twice")
        if self.stray and run.texts.keys() - run.found:
            raise ValueError("nobody signed that")
        return {name: one for name, one in claims.items() if name not in self.gone}

    def parts(self, text: str) -> list[Any]:
        """What is in a disclosure."""
        content = self.loads(self.decode(text))
        if not isinstance(content, list) or len(content) not in self.counts or not self.texts(content):
            raise ValueError("disclosure")
        return content


class _Run:
    """One way through a payload."""

    def __init__(self, rules: Disclose, texts: dict[str, list[Any]]) -> None:
        self.rules, self.texts = rules, texts
        self.found: list[str] = []

    def whole(self, value: Any, hidden: bool = False) -> Any:
        """The value with what is shown in it."""
        if hidden and not self.rules.deep:
            return value
        if isinstance(value, list):
            return [one for element in value for one in self.element(element)]
        if not isinstance(value, dict):
            return value
        if self.rules.outside and "..." in value:
            raise ValueError("...")
        digests = value.get("_sd", [])
        if not self.rules.digests(digests):
            raise ValueError("_sd")
        made: dict[str, Any] = {}
        for digest in digests:
            self.found.append(digest)
            if digest in self.texts:
                content = self.texts[digest]
                if len(content) not in self.rules.lengths[0]:
                    raise ValueError("parts")
                name = content[1]
                if name in self.rules.reserved or self.rules.there(name, made, value):
                    raise ValueError("name")
                made[name] = self.whole(content[-1], hidden=True)
        left = {name: self.whole(one) for name, one in value.items() if name != "_sd" or self.rules.keeps_sd}
        return {**left, **made}

    def element(self, element: Any) -> list[Any]:
        """What is left of a list's element."""
        if not isinstance(element, dict) or "..." not in element:
            return [self.whole(element)]
        if not self.rules.alone(element):
            raise ValueError("...")
        digest = element["..."]
        self.found.append(digest)
        if digest not in self.texts:
            return self.rules.unshown(digest)
        content = self.texts[digest]
        if len(content) not in self.rules.lengths[1]:
            raise ValueError("parts")
        return [self.whole(content[-1], hidden=True)]


RIGHT = Disclose()
_DIGEST = (
    "A digest is `b64u_encode(hashlib.sha256(text.encode()).digest())`, of the disclosure's own text as it came, in "
    "base64url: not of what is in it, and not in hexadecimal (RFC 9901 §4.2.3)."
)


def _decoded_digest(text: str) -> str:
    return b64u_encode(hashlib.sha256(b64u_decode(text)).digest())


MISTAKES: Mistakes = {
    RETURNS: {
        "It returns the payload as it was signed. What is shown belongs in it.": lambda sd_jwt, jwk: (
            RIGHT(sd_jwt, jwk),
            _opened(sd_jwt.split("~")[0], jwk),
        )[1],
    },
    (RETURNS, "10"): {  # 10 has disclosures of members alone: who refuses those as well is told something else
        "A disclosed element is refused. It has two parts, salt and value: look first how many there are.": replace(
            RIGHT, counts=(3,)
        ),
    },
    (RETURNS, "7"): {  # 7 has disclosures of members alone: who takes no elements is told something else
        f"It refuses what is good as soon as something is shown. Look at the digests first. {_DIGEST}": replace(
            RIGHT, digest=_decoded_digest
        ),
    },
    "1": {
        "It accepts a text that does not end with ~. Without it the last disclosure can be half there, or"
        " be a key binding token.": replace(RIGHT, whole=lambda sd_jwt: True),
        "It accepts a text of more than 16,384 characters. Ask for its length before anything else.": replace(
            RIGHT, most=10**9
        ),
    },
    ("1", "10"): {  # so long a text has disclosures, so it is refused as well by who gets those wrong
        "A text of exactly 16,384 characters is refused. It is the longest that is taken.": replace(
            RIGHT, most=MOST - 1
        ),
    },
    "3": {
        "It accepts any _sd_alg, and computes SHA-256, whatever that says.": replace(RIGHT, hash=lambda payload: True),
        "A token without _sd_alg is refused. Then it is sha-256 (RFC 9901 §4.1.1).": replace(
            RIGHT, hash=lambda payload: payload.get("_sd_alg") == "sha-256" or "_sd" not in str(payload)
        ),
        "An _sd_alg that is null or empty counts as absent. It is there, and it is not 'sha-256'.": replace(
            RIGHT, hash=lambda payload: (payload.get("_sd_alg") or "sha-256") == "sha-256"
        ),
        "_sd_alg is compared without regard to case. The names are written in small letters.": replace(
            RIGHT, hash=lambda payload: str(payload.get("_sd_alg", "sha-256")).lower() == "sha-256"
        ),
    },
    "4": {
        "It accepts disclosures in other spellings. Use b64u_decode.": replace(
            RIGHT, decode=lambda text: base64.urlsafe_b64decode(text + "==")
        ),
        "It reads disclosures as `json.loads` does, which keeps the last of two equal names. Use "
        "json_loads_strict.": replace(RIGHT, loads=json.loads),
        "It accepts a salt or a name that is no text. Both are texts; a list for a name even raises "
        "TypeError.": replace(RIGHT, texts=lambda content: True),
        "It accepts a salt that is no text. See that it is a str.": replace(
            RIGHT, texts=lambda content: len(content) == 2 or isinstance(content[1], str)
        ),
    },
    "5": {
        "It takes whatever _sd is: what is no list of texts is run through all the same, or raises TypeError.": replace(
            RIGHT, digests=lambda digests: True
        ),
        "It accepts an _sd with something else than texts in it, or stumbles over it. Its entries are texts.": replace(
            RIGHT, digests=lambda digests: isinstance(digests, list)
        ),
        "It accepts other members beside `...`. It is the only one, or the object is refused.": replace(
            RIGHT, alone=lambda element: isinstance(element["..."], str)
        ),
        "It accepts ... outside of a list. It stands in lists only; refuse it elsewhere.": replace(
            RIGHT, outside=False
        ),
    },
    "6": {
        "A disclosure with two parts in an _sd, or one with three in a list, is not refused. Count them where the "
        "digest stands.": replace(RIGHT, lengths=((2, 3), (2, 3))),
        "A disclosure with three parts is taken in a list. An element has two: salt and value.": replace(
            RIGHT, lengths=((3,), (2, 3))
        ),
    },
    "7": {
        "It accepts a hidden claim called `...`. Both names are reserved, _sd and that one.": replace(
            RIGHT, reserved=("_sd",)
        ),
        "It accepts a hidden claim whose name is there already. Two values under one name are two tokens "
        "in one.": replace(RIGHT, there=lambda name, made, own: False),
        "It accepts two hidden claims of the same name. Ask also what was put in before.": replace(
            RIGHT, there=lambda name, made, own: name in own
        ),
    },
    "8": {
        "It accepts a disclosure that belongs to no digest. Refuse it: nobody signed it (RFC 9901 §7.1).": replace(
            RIGHT, stray=False, repeated=True
        ),
        "It accepts the same disclosure twice. Each comes once.": replace(RIGHT, repeated=False),
    },
    "9": {
        "It accepts a digest that stands in two places. Refuse it, before or after (RFC 9901 §7.1).": replace(
            RIGHT, once=lambda found, texts: True
        ),
    },
    ("9", "10"): {  # who does not look for digests further inside gets 10 wrong, too, and is told something else
        "It accepts a digest twice that nothing belongs to. Refuse that as well.": replace(
            RIGHT, once=lambda found, texts: all(found.count(one) == 1 for one in texts if one in found)
        ),
    },
    ("8", "10"): {
        "Not all that is inside of hidden values is looked through. They can hide others, in objects and "
        "in lists.": replace(RIGHT, deep=False),
    },
    "10": {
        "Elements that are not shown stay in their list, as an object with a digest. Leave them out.": replace(
            RIGHT, unshown=lambda digest: [{"...": digest}]
        ),
        "Elements that are not shown become None. Leave them out, so that nobody can count them.": replace(
            RIGHT, unshown=lambda digest: [None]
        ),
        "_sd stays where it was. Take it out, everywhere.": replace(RIGHT, keeps_sd=True),
    },
    ("3", "10"): {
        "_sd_alg stays among the claims. Take it out of the outermost object.": replace(RIGHT, gone=()),
    },
}

disclosed_claims = Exercise(
    name="disclosed_claims",
    points=17,
    spec="RFC 9901 §4, §7.1; RFC 8725 §3.1",
    forbids=("joserfc", "jwt", "sd_jwt"),
    hints=(
        "First all disclosures become a table: digest of the text → its parts. Then one function goes through the "
        "payload and puts in what the table has. It calls itself for everything inside, also for what it has just "
        "put in.",
        '`token, *shown = sd_jwt[:-1].split("~")`. The table: `{digest(text): json_loads_strict(b64u_decode(text))}`, '
        "each checked. Keep a list of all digests that you meet. For an object: its own members, then those of "
        "`_sd`. For "
        "a list: an element with `...` becomes what is shown, or nothing. In the end the digests you met must be all "
        "different, and have all of the table among them.",
        '`def whole(value)`: of a list, `for one in value`, and if it is a dict with `"..."`, note its digest and '
        "append "
        "`whole(table[digest][1])` if it is in the table; else append `whole(one)`. Of a dict: `made = {name: "
        "whole(one) "
        'for name, one in value.items() if name != "_sd"}`; then for each digest in `value.get("_sd", [])` note it, '
        "and "
        "if it is in the table, `_, name, hidden = table[digest]`, refuse reserved names and those in made, and "
        "`made[name] "
        "= whole(hidden)`. After it: `len(met) == len(set(met))` and `table.keys() <= set(met)`.",
    ),
    rules=RULES,
    source=joined(from_aspects(world, aspects, build, oracle), written(in_turn)),
    mistakes=MISTAKES,
    holds=holds,
)
