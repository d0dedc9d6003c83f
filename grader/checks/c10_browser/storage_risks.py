"""storage_risks: a place to keep a token in, out which attacks reach it there, or ValueError."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ...judging.aspects import ABSENT, Aspect, bad, from_aspects, good, named, rare
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args
from ...judging.verdict import HALF
from .. import kit

RULES = {
    "1 form and link": "Lax keeps another site's form from sending the cookie, and Strict its links, too. Nothing else "
    "does, and a neighbour is the same site.",
    "1 theft": "HttpOnly hides a cookie from scripts, and nothing else does. They can use it all the same.",
    "1 places": "A script in the page reads localStorage, the address, and, by waiting, a variable; an address is "
    "written into logs and into the history.",
    "2 case": "Attributes come in any case and any order, names and values.",
    "2 spaces": "There may be spaces around an attribute, or none.",
    "2 others": "Other attributes change nothing, and an attribute is a whole word: `Path=/httponly` is a path.",
    "3": "There are four storages, spelled exactly so, and only a cookie has attributes. For any other: ValueError.",
}
PLACES = ("localStorage", "memory", "url")


def world(source: random.Random) -> None:
    """Nothing here depends on the seed."""


def aspects(_: None) -> list[Aspect]:
    """The storage, its attributes, and how they are written."""
    return [_kind(), *_attributes(), *_writing()]


def _kind() -> Aspect:
    alone = {"http": ABSENT, "same": ABSENT, "other": ABSENT}
    near = [one for one in kit.almost("cookie", "cookie;q=1") if one.what == one.what.strip()]
    unknown = (
        "",
        "cookies",
        "sessionStorage",
        "localstorage",
        "Cookie",
        "Memory",
        "URL",
        "indexedDB",
        "HttpOnly",
        "local",
        "null",
        "local Storage",
        "variable",
        "u r l",
    )
    return Aspect(
        "storage",
        good("cookie"),
        good(*PLACES, rule="1 places", stake=HALF, along=alone),
        bad("3", *unknown, along=alone),
        bad("3", *near, along=alone),
        bad("3", *(named(f"{one} with attributes", one) for one in (*PLACES, *unknown)), along={"http": "HttpOnly"}),
        bad("3", *(named(f"{place} with a path", place) for place in PLACES), along={**alone, "other": "Path=/"}),
        bad("3", *(named(f"{place} with a semicolon", place) for place in PLACES), along={**alone, "other": ""}),
    )


def _attributes() -> list[Aspect]:
    cases = ("httponly", "HTTPONLY", "hTTPoNLY")
    no_http: tuple[str, ...] = (
        "HttpOnlyX",
        "XHttpOnly",
        "Http-Only",
        "HttpOnl",
        "Http",
        "Not HttpOnly",
        "HttpOnly,Secure",
        "ttpOnly",
    )
    no_http += ("Http Only", "H t t p O n l y", "HttpOnly Secure", '"HttpOnly"')
    lax, strict = ("samesite=lax", "SAMESITE=LAX", "SameSite=lAX"), ("samesite=strict", "SAMESITE=STRICT")
    others: tuple[str, ...] = (
        "SameSite=None",
        "SameSite=Always",
        "SameSite=",
        "SameSite",
        "SameSite=Strictly",
        "SameSite=Laxer",
        "Lax",
    )
    others += ("XSameSite=Strict", "SameSite=NotStrict", "SameSite=Lax,x", "Same=Strict", "Strict", "SameSite:Strict")
    others += (
        "SameSite=Strict=x",
        "Same Site=Strict",
        "SameSite=La x",
        "SameSite=Strict Lax",
        'SameSite="Strict"',
        "Same-Site=Strict",
    )
    further: tuple[str, ...] = (
        "Path=/",
        "Max-Age=60",
        "Domain=a.example",
        "Partitioned",
        "Priority=High",
        "Foo",
        "a=b=c",
        "Path=/httponly",
    )
    further += (
        "Max-Age=0",
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "Secure; Path=/",
        "Path=/samesite=strict",
        "X=HttpOnly",
        "X=SameSite=Strict",
        "X=SameSite=Lax",
        "SecureHttpOnly",
        "",
    )
    return [
        Aspect(
            "http",
            good(ABSENT, "HttpOnly", rule="1 theft", stake=HALF),
            rare(*cases, rule="2 case"),
            rare(*no_http, rule="2 others"),
        ),
        Aspect(
            "same",
            good(ABSENT, "SameSite=Strict", "SameSite=Lax", "SameSite=None", rule="1 form and link", stake=HALF),
            rare(*lax, *strict, "sameSITE=Strict", rule="2 case"),
            rare(*others[2:], rule="2 others"),
            rare("SameSite=Always", "samesite=none", rule="1 form and link"),
        ),
        Aspect(
            "other",
            good(ABSENT),
            good("Secure", rule="2 others"),
            rare(*further, named("Expires", "Expires=Thu, 01 Jan 2099 00:00:00 GMT"), rule="2 others"),
        ),
    ]


def _writing() -> list[Aspect]:
    orders: dict[str, Any] = {"backwards": lambda parts: parts[::-1], "turned": lambda parts: parts[1:] + parts[:1]}
    spaces = {"one before": (" ", ""), "two before": ("  ", ""), "one behind": ("", " "), "one around": (" ", " ")}
    both = {"http": "HttpOnly", "same": "SameSite=Lax"}
    return [
        Aspect(
            "order",
            good(named("as it is", lambda e: list)),
            *(good(named(text, lambda e, f=f: f), rule="2 case", stake=HALF, along=both) for text, f in orders.items()),
            good(
                named("the second first", lambda e: lambda parts: [*parts[1::-1], *parts[2:]]),
                rule="2 case",
                stake=HALF,
                along={**both, "other": "Secure"},
            ),
            good(
                named("behind many others", lambda e: lambda parts: parts[::-1]),
                rule="2 others",
                along={**both, "other": "Secure; Path=/; Max-Age=60; Priority=High"},
            ),
        ),
        Aspect(
            "spaces",
            good(named("none", ("", ""))),
            *(good(named(text, how), rule="2 spaces", stake=HALF, along=both) for text, how in spaces.items()),
            rare(named("many", ("   ", "  ")), rule="2 spaces", along=both),
        ),
    ]


def build(e: Any) -> Args:
    """The storage with its attributes."""
    before, behind = e.spaces
    parts = [one for one in (e.http, e.same, e.other) if one is not ABSENT]
    return (e.storage + "".join(f";{before}{one}{behind}" for one in e.order(parts)),)


def oracle(storage: str) -> tuple[Any, set[str]]:
    """The risks, or that there is no such storage."""
    if storage in PLACES:
        return sorted(["ride-along", "theft", *(["leak"] if storage == "url" else [])]), set()
    kind, *attributes = storage.split(";")
    if kind != "cookie":
        return None, {"3"}
    said = {one.strip(" ").lower() for one in attributes}
    strict = "samesite=strict" in said
    there = {"form": not strict and "samesite=lax" not in said, "link": not strict, "theft": "httponly" not in said}
    return sorted(["neighbour", "ride-along", *(risk for risk, it in there.items() if it)]), set()


def _unknown() -> Any:
    raise ValueError("no such storage")


@dataclass(frozen=True)
class Risks:
    """A right storage_risks, of parts that can be got wrong one by one. Each risk has the words that take it away."""

    kind: Callable[[str], str] = str.strip
    words: Callable[[str], str] = lambda word: word.strip().lower()
    has: Callable[[set[str], str], bool] = lambda said, word: word in said
    link: tuple[str, ...] = ("samesite=strict",)
    form: tuple[str, ...] = ("samesite=strict", "samesite=lax")
    theft: tuple[str, ...] = ("httponly",)
    neighbour: tuple[str, ...] = ()
    ride: tuple[str, ...] = ()
    stolen: tuple[str, ...] = PLACES
    attributes_anywhere: bool = False
    other: Callable[[], Any] = _unknown
    gives: Callable[[Any], Any] = sorted

    def __call__(self, storage: str) -> Any:
        """Which risks there are."""
        kind, *rest = storage.split(";")
        said, kind = {self.words(one) for one in rest}, self.kind(kind)
        if kind == "cookie":
            rules = {"form": self.form, "link": self.link, "neighbour": self.neighbour, "ride-along": self.ride}
            rules["theft"] = self.theft
            return self.gives(risk for risk, cures in rules.items() if not any(self.has(said, one) for one in cures))
        if kind not in PLACES or (rest and not self.attributes_anywhere):
            return self.other()
        found = {"leak": kind == "url", "ride-along": True, "theft": kind in self.stolen}
        return self.gives(risk for risk, there in found.items() if there)


RIGHT = Risks()


def _any_case(kind: str) -> str:
    return next((one for one in ("cookie", *PLACES) if one.lower() == kind.lower()), kind)


MISTAKES: Mistakes = {
    RETURNS: {
        "The list is not sorted: `sorted(…)` puts the words in alphabetical order.": replace(
            RIGHT, gives=lambda risks: sorted(risks, reverse=True)
        ),
        "It returns a set. `sorted(…)` makes a list of it, in order.": replace(RIGHT, gives=set),
        "It returns a tuple. It must be a list.": replace(RIGHT, gives=lambda risks: tuple(sorted(risks))),
    },
    "1 form and link": {
        "A neighbour is the same *site*, only another origin, so not even Strict keeps the cookie from it.": replace(
            RIGHT, neighbour=("samesite=strict",)
        ),
        "A neighbour is the same *site*, only another origin, so SameSite does not keep the cookie from it.": replace(
            RIGHT, neighbour=("samesite=strict", "samesite=lax")
        ),
        "Lax does keep another site's form from sending the cookie. What it lets through is the link.": replace(
            RIGHT, form=("samesite=strict",)
        ),
        "Lax still sends the cookie when somebody follows another site's link. Only Strict does not.": replace(
            RIGHT, link=("samesite=strict", "samesite=lax")
        ),
        "Without SameSite it counts on the browser to take Lax. Chromium does so after two minutes only, and others "
        "do not.": lambda storage: RIGHT(
            f"{storage}; SameSite=Lax" if storage[:6] == "cookie" and "samesite=" not in storage.lower() else storage
        ),
        "Any SameSite counts as protection. One with another value than Lax and Strict protects from nothing.": replace(
            RIGHT,
            form=("samesite=",),
            link=("samesite=strict",),
            has=lambda said, word: any(one.startswith(word) for one in said) if word[-1] == "=" else word in said,
        ),
    },
    "1 theft": {
        "HttpOnly does stop the theft: document.cookie does not show such a cookie.": replace(RIGHT, theft=()),
        "HttpOnly hides the cookie from a script; it does not stop the script from using it. ride-along "
        "stays.": replace(RIGHT, ride=("httponly",)),
    },
    "1 places": {
        "A variable in memory can be stolen, too: a script replaces fetch and reads the next header.": replace(
            RIGHT, stolen=("localStorage", "url")
        ),
        "A script reads the page's address, `location.search`, as well: theft.": replace(
            RIGHT, stolen=("localStorage", "memory")
        ),
    },
    "2 case": {
        "Attributes come in upper and lower case. Make them lower-case before you compare.": replace(
            RIGHT,
            words=str.strip,
            form=("SameSite=Strict", "SameSite=Lax"),
            link=("SameSite=Strict",),
            theft=("HttpOnly",),
        ),
    },
    "2 spaces": {
        "There may be spaces around an attribute. Strip each one.": replace(RIGHT, words=str.lower),
        "There may be several spaces before an attribute, and some behind it. Strip each one.": replace(
            RIGHT, words=lambda word: word.removeprefix(" ").lower()
        ),
    },
    ("1 form and link", "1 theft", "2 case", "2 spaces"): {
        "Attributes are looked for in small letters, and `HttpOnly` and `SameSite=Lax` are not found. Make them "
        "lower-case before you compare.": replace(RIGHT, words=str.strip),
    },
    "2 others": {
        "Secure keeps a cookie off plain http. A script in the page reads it all the same.": replace(
            RIGHT, theft=("httponly", "secure")
        ),
        "An attribute is found inside another one, as in `Path=/httponly`. Split at the semicolons, and compare whole "
        "words.": replace(RIGHT, has=lambda said, word: any(word in one for one in said)),
    },
    "3": {
        "An unknown storage gets an answer, as if its risks were known. Raise ValueError.": replace(RIGHT, other=list),
        "The storage's own name is taken in any case. It is compared exactly; only attributes come in any "
        "case.": replace(RIGHT, kind=lambda kind: _any_case(kind.strip())),
        "`cookies` is taken for `cookie`. Compare the whole word in front of the first semicolon.": replace(
            RIGHT, kind=lambda kind: "cookie" if kind.startswith("cookie") else kind.strip()
        ),
        "Attributes behind localStorage, memory or url are passed over. Only a cookie has any, so this is another "
        "storage: ValueError.": replace(RIGHT, attributes_anywhere=True),
    },
}


storage_risks = Exercise(
    name="storage_risks",
    points=5,
    spec="RFC 10025 §4.1.2, §8.2",
    hints=(
        "Two questions: who sends it along by itself (only cookies), and who can read it? The rest is a sorted list.",
        "Split the text at `;`. The first part says which storage it is; only a cookie may have more. Of the others, "
        "stripped and lower-cased, three matter: `httponly`, `samesite=lax` and `samesite=strict`.",
        "Begin with `risks = ['ride-along']`. A cookie adds `neighbour`; `link` unless Strict; `form` unless Lax or "
        "Strict; `theft` unless HttpOnly. The others, if nothing stands behind them, all add `theft`, and url adds "
        "`leak`. Anything else is a ValueError. `return sorted(risks)`.",
    ),
    rules=RULES,
    source=from_aspects(world, aspects, build, oracle, examples=(("cookie; samesite=strict; HttpOnly",),)),
    mistakes=MISTAKES,
)
