"""csrf_ok: a request and the trusted origin in, out whether it comes from where it may come from."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

from ...judging.aspects import ABSENT, Aspect, Named, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL
from ...judging.wants import Refuses, Returns, Want
from .. import kit

RULES = {
    "1": "GET, HEAD and OPTIONS change nothing, so they may come from anywhere (RFC 9110 §9.2.1). No other method "
    "passes by its name, and methods are compared exactly.",
    "2": "A browser never adds a bearer token by itself, so whoever sends one has it: the word Bearer in any case, a "
    "space, something behind it. Any other Authorization proves nothing, neither way.",
    "3": "Sec-Fetch-Site, if it is there, decides: only same-origin and none are good. Another site's page, or a "
    "neighbour's, has the cookie sent along.",
    "4": "Else Origin, if it is there, decides: equal to the trusted one or wrong (RFC 6454 §5). `null` is what "
    "anyone can say.",
    "5": "Else the Referer, if it is there, decides: the trusted origin itself, or with a slash behind it, and "
    "whatever comes then.",
    "6": "Else X-Requested-With will do, whatever its value: no page of another origin can add it without asking. Any "
    "other header says nothing.",
    "7": "Nothing says where the request comes from. In doubt, no.",
    "8": "Header names come in any case (RFC 9110 §5.1), and a header with an empty value is there.",
}
SAFE, UNSAFE = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE")
EVIL = "https://kittens.example"
NAMES = {
    "auth": "Authorization",
    "site": "Sec-Fetch-Site",
    "origin": "Origin",
    "referer": "Referer",
    "custom": "X-Requested-With",
}
RIDE = {"site": "cross-site", "origin": EVIL, "referer": f"{EVIL}/", "custom": ABSENT}
"""What stands in a request that another site's form makes."""
SILENT = {"site": ABSENT, "origin": ABSENT, "referer": ABSENT, "custom": ABSENT}


def world(source: random.Random) -> Any:
    """The host of the trusted origin."""
    host = f"shed-{source.randrange(1000, 10**6)}.example"
    return SimpleNamespace(host=host, trusted=f"https://{host}")


def aspects(w: Any) -> list[Aspect]:
    """The trusted origin, the method, each header that is asked, others, and how names are spelled."""
    return [
        Aspect(
            "trusted",
            good(named("a host", w.trusted), named("a host with a port", f"{w.trusted}:8443")),
            rare(named("an address", "http://127.0.0.1:8000"), named("localhost", "http://localhost")),
        ),
        *_sender(),
        _site(),
        _origin(w),
        _referer(w),
        *_others(),
        Aspect(
            "names",
            good(*(named(text, lambda e, f=f: f) for text, f in (("small", str.lower), ("usual", str))), rule="8"),
            good(named("capitals", lambda e: str.upper), named("swapped", lambda e: str.swapcase), rule="8"),
        ),
    ]


def _sender() -> list[Aspect]:
    bearers = ("bearer abc", "BEARER abc", "bEARER x", "Bearer  x", "Bearer x y", "Bearer =", "Bearer Basic x")
    no_bearers = ["", "Bearer", "Bearer ", "bearer ", "Bearer\tabc", " Bearer abc", "Token Bearer abc", "BearerX abc"]
    no_bearers += ["Bearertoken", "abc", "Bear abc", "DPoP abc", "Bearer,abc", "Bearer=abc", "Bearer:abc"]
    no_bearers.append("Basic Bearer abc")
    ours = ("Basic YWRhOnB3", "Bearer", "")
    return [
        Aspect(
            "method",
            good("POST"),
            good(*UNSAFE[1:]),
            good(*(named(f"{one}, from elsewhere", one) for one in SAFE), rule="1", along=RIDE),
            rare(*(named(f"{one}, silent", one) for one in SAFE), rule="1", along=SILENT),
            bad("1", "TRACE", "CONNECT", "get", "head", "options", "Get", "", "GET POST", "HEADS", along=RIDE),
            bad("1", *kit.almost("GET", "get", "Get"), along=RIDE),
            bad("1", *(named(f"{one}, from elsewhere", one) for one in UNSAFE[1:]), along=RIDE),
            bad("1", *(named(f"{one}, silent", one) for one in UNSAFE[1:]), along=SILENT),
            full=0,
        ),
        Aspect(
            "auth",
            good(ABSENT),
            good(named("a bearer token", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AQID"), rule="2", along=RIDE),
            rare(*bearers, rule="2", along=RIDE),
            rare(named("a bearer token, silent", "Bearer e30.e30.AQID"), rule="2", along=SILENT),
            rare(
                named("a bearer token, the name as usual", "Bearer e30.e30.AQID"),
                rule="2",
                along={**RIDE, "names": lambda e: str},
            ),
            rare(*(named(f"{one!r}, from our page", one) for one in ours), rule="2", along={"site": "same-origin"}),
            bad("2", "Basic YWRhOnB3", named("Digest", 'Digest username="ada"'), stake=ALL, along=RIDE),
            bad("2", *(named(f"{one!r}, from elsewhere", one) for one in no_bearers), along=RIDE),
            bad("2", named("Basic, silent", "Basic YWRhOnB3"), along=SILENT),
        ),
    ]


def _site() -> Aspect:
    words = "cross-origin sameorigin origin null None true - same"
    others = ("", "same-origin, cross-site", *words.split())
    forms = [one for text in ("same-origin", "none") for one in kit.almost(text, *others)]
    near = {f"{one.text}: {one.what!r}": one.what for one in forms}
    alone = {"origin": ABSENT, "referer": ABSENT}
    return Aspect(
        "site",
        good(ABSENT),
        good("same-origin", rule="3"),
        good("none", rule="3"),
        good(named("none, and no more", "none"), rule="3", along=SILENT | {"site": "none"}),
        good(named("same-origin, Origin null", "same-origin"), rule="3", along={"origin": "null"}),
        rare(named("none, another Origin", "none"), rule="3", along={"origin": EVIL, "referer": f"{EVIL}/"}),
        bad("3", "cross-site", "same-site", stake=ALL),
        bad("3", *others, *named_ones(near)),
        bad("3", named("same-site, with X-Requested-With", "same-site"), along={**alone, "custom": "x"}),
        bad("3", named("empty, with X-Requested-With", ""), along={**alone, "custom": "x"}),
        bad("3", named("empty, with a Referer", ""), along={"origin": ABSENT, "referer": lambda e: f"{e.trusted}/"}),
    )


def _almost(origin: str) -> list[Named]:
    """What is nearly this origin, as far as a header can hold it; and with a line break, which `$` overlooks."""
    return [one for one in kit.almost(origin) if one.what.removesuffix("\n").isprintable()]


def _looks_like(w: Any) -> dict[str, str]:
    """Origins that look like the trusted one, which has no port here."""
    host, trusted = w.host, w.trusted
    return {
        "with http": f"http://{host}",
        "another port": f"{trusted}:8443",
        "the usual port": f"{trusted}:443",
        "it as a user": f"{trusted}@kittens.example",
        "a subdomain": f"https://www.{host}",
        "longer in front": f"https://not-{host}",
        "longer in front, no hyphen": f"https://x{host}",
        "longer behind": f"{trusted}x",
        "behind #": f"{EVIL}#{trusted}",
        "behind ?": f"{EVIL}?{trusted}",
        "without scheme": host,
        "a relative scheme": f"//{host}",
        "another scheme": f"ftp://{host}",
        "in quotes": f'"{trusted}"',
        "a developer's": "http://localhost:3000",
        "two": f"{trusted}, {EVIL}",
        "two, the other way": f"{EVIL} {trusted}",
    }


def _origin(w: Any) -> Aspect:
    own: dict[str, Any] = {"trusted": w.trusted, "site": ABSENT}
    with_port: dict[str, Any] = {"trusted": f"{w.trusted}:8443", "site": ABSENT}
    alone = own | {"referer": ABSENT, "custom": ABSENT}
    return Aspect(
        "origin",
        good(named("the trusted one", lambda e: e.trusted), rule="4"),
        good(
            named("it, another Referer", lambda e: e.trusted), rule="4", along={"site": ABSENT, "referer": f"{EVIL}/"}
        ),
        rare(named("it, an empty Referer", lambda e: e.trusted), rule="4", along={"site": ABSENT, "referer": ""}),
        bad("4", EVIL, named("it as a beginning", f"{w.trusted}.kittens.example"), "null", along=alone, stake=ALL),
        bad("4", named("null, and a good Referer", "null"), along=alone | {"referer": f"{w.trusted}/"}),
        bad("4", named("empty, and a good Referer", ""), along=alone | {"referer": f"{w.trusted}/"}),
        bad("4", named("empty, and X-Requested-With", ""), along=alone | {"custom": "x"}),
        bad("4", named("another, and X-Requested-With", EVIL), along=alone | {"custom": "x"}),
        bad("4", "", along=alone),
        bad("4", *named_ones(_looks_like(w)), *_almost(w.trusted), along=alone),
        bad("4", named("with a path", f"{w.trusted}/board"), along=alone),
        bad("4", named("without its port", w.trusted), named("port 84", f"{w.trusted}:84"), along=with_port),
    )


def _referer(w: Any) -> Aspect:
    alone: dict[str, Any] = {"trusted": w.trusted, "site": ABSENT, "origin": ABSENT}
    with_port: dict[str, Any] = {**alone, "trusted": f"{w.trusted}:8443"}
    inside = {"in a query": f"{EVIL}/?from={w.trusted}/", "in a path": f"{EVIL}/{w.trusted}/", "at the end": EVIL}
    near = {f"{one.text}, and a slash": f"{one.what}/" for one in _almost(w.trusted) if "slash" not in one.text}
    pages = {"/", "/board?page=2", "//", "/@kittens.example", f"/?to={EVIL}", "/\u00e9#x"}
    return Aspect(
        "referer",
        good(ABSENT),
        good(named("a page of it", lambda e: f"{e.trusted}/board")),
        good(named("its first page", lambda e: f"{e.trusted}/"), rule="5", along={"site": ABSENT, "origin": ABSENT}),
        rare(
            *(named(f"it and {rest}", lambda e, rest=rest: f"{e.trusted}{rest}") for rest in sorted(pages)),
            named("just it", lambda e: e.trusted),
            rule="5",
            along={"site": ABSENT, "origin": ABSENT},
        ),
        bad(
            "5",
            named("another page", f"{EVIL}/kittens"),
            named("it as a beginning", f"{w.trusted}.kittens.example/"),
            along=alone,
            stake=ALL,
        ),
        bad("5", "", "about:blank", "null", "/", "/board", named("it and a query", f"{w.trusted}?p=1"), along=alone),
        bad("5", named("it and a fragment", f"{w.trusted}#p"), along=alone),
        bad("5", *named_ones({text: f"{one}/" for text, one in _looks_like(w).items()}), along=alone),
        bad("5", *named_ones(inside | near), along=alone),
        bad("5", named("another, and X-Requested-With", f"{EVIL}/"), along={**alone, "custom": "x"}),
        bad("5", named("empty, and X-Requested-With", ""), along={**alone, "custom": "x"}),
        bad("5", named("without its port", f"{w.trusted}/"), named("84", f"{w.trusted}:84/"), along=with_port),
    )


def _others() -> list[Aspect]:
    usual = {"Cookie": "__Host-token=e30.e30.AQID", "User-Agent": "Mozilla/5.0", "Content-Type": "application/json"}
    overriding = dict.fromkeys(("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"), "GET")
    near = (
        "X-Request-Id X-Requested Requested-With X-Requested-With-Me XX-Requested-With X-CSRF-Token X_Requested_With "
        "X-Forwarded-For X-Custom XRequestedWith X Origin-X Sec-Fetch-Mode"
    )
    visit = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-User": "?1"}
    fetched = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    spaced = ("X-Requested-With ", " X-Requested-With", "X-Requested-With\n", "X-Requested- With")
    values = ("fetch", "", "null", "false", "0", "com.example.app")
    return [
        Aspect(
            "custom",
            good(ABSENT),
            good("XMLHttpRequest"),
            good(named("alone", "XMLHttpRequest"), rule="6", along={**SILENT, "custom": "XMLHttpRequest"}),
            rare(*(named(f"{one!r}, alone", one) for one in values), rule="6", along=_but_custom()),
        ),
        Aspect(
            "others",
            good({}),
            good(named("usual", lambda e: {**usual, "Host": _host_of(e.trusted)})),
            rare({"Content-Type": "text/plain"}, {"Origin-Trial": "x"}, {"Host": "10.0.0.7:8080"}),
            rare(named("a visit", lambda e: dict(visit))),
            *(
                bad(
                    "3",
                    named(f"{text}, from elsewhere", lambda e, o=o: dict(o)),
                    along={"site": "cross-site"},
                    stake=ALL,
                )
                for text, o in {"a visit": visit, "a script's": fetched}.items()
            ),
            bad("7", named("none, and nothing else", lambda e: {}), along=SILENT, stake=ALL),
            bad(
                "7",
                named("usual, and nothing else", lambda e: {**usual, "Host": _host_of(e.trusted)}),
                along=SILENT,
                stake=ALL,
            ),
            bad("6", named("another method, and nothing else", lambda e: dict(overriding)), along=SILENT),
            bad("4", named("another Origin's good namesakes", _namesakes), along={**SILENT, "origin": EVIL}, stake=ALL),
            bad(
                "6",
                *(named(f"{one!r}, and nothing else", lambda e, n=one: {n: "x"}) for one in [*near.split(), *spaced]),
                along=SILENT,
            ),
            bad(
                "4",
                named("its own Host", lambda e: {"Host": "kittens.example", "X-Forwarded-Host": "kittens.example"}),
                along={**SILENT, "origin": EVIL},
                stake=ALL,
            ),
            bad("7", named("a cookie Authorization", lambda e: {"Cookie": "Authorization=Bearer abc"}), along=SILENT),
            bad(
                "6",
                named("Referrer, spelled rightly", lambda e: {"Referrer": f"{e.trusted}/"}),
                along=SILENT,
            ),
            bad(
                "3",
                named("Proxy-Authorization", lambda e: {"Proxy-Authorization": "Bearer abc"}),
                along={"site": "cross-site"},
            ),
        ),
    ]


def _host_of(origin: str) -> str:
    return origin.partition("://")[2]


def _namesakes(e: Any) -> dict[str, str]:
    """The trusted origin, in headers that only sound like Origin."""
    names = ("X-Origin", "X-Forwarded-Origin", "Original-Origin", "Access-Control-Allow-Origin", "X-Forwarded-Host")
    return {**dict.fromkeys(names, e.trusted), "Host": _host_of(e.trusted), "X-Forwarded-Proto": "https"}


def _but_custom() -> dict[str, Any]:
    return {name: what for name, what in SILENT.items() if name != "custom"}


def build(e: Any) -> Args:
    """A request, and the trusted origin."""
    asked = {name: getattr(e, aspect) for aspect, name in NAMES.items()}
    headers = {**e.others, **{name: what for name, what in asked.items() if what is not ABSENT}}
    return {"method": e.method, "headers": {e.names(name): what for name, what in headers.items()}}, e.trusted


def oracle(request: dict[str, Any], trusted_origin: str) -> tuple[Any, set[str]]:
    """Whether it may act. If not: the rule that decides, or that a method or an Authorization only comes near to."""
    headers = {name.lower(): value for name, value in request["headers"].items()}
    decided = _decided(request["method"], headers, trusted_origin)
    if decided is None:
        return True, set()
    near = {"1"} if request["method"] != "POST" else set[str]()
    near |= {"2"} if "authorization" in headers else set()
    return False, near or {decided}


def _decided(method: str, headers: dict[str, str], trusted: str) -> str | None:
    """The rule that says no; None, if one says yes."""
    if method in SAFE or re.fullmatch(r"bearer .+", headers.get("authorization", ""), re.IGNORECASE | re.DOTALL):
        return None
    if "sec-fetch-site" in headers:
        return None if headers["sec-fetch-site"] in ("same-origin", "none") else "3"
    if "origin" in headers:
        return None if headers["origin"] == trusted else "4"
    if "referer" in headers:
        return None if f"{headers['referer']}/".startswith(f"{trusted}/") else "5"
    if "x-requested-with" in headers:
        return None
    return "6" if set(headers) - {"cookie", "host", "user-agent", "content-type", "authorization"} else "7"


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same headers with another method, and the same request with another trusted origin."""
    w = world(source)
    post, get = ({"method": method, "headers": {"Origin": w.trusted}} for method in ("POST", "GET"))
    calls: list[tuple[Args, Want]] = [((post, w.trusted), Returns(True)), ((post, EVIL), Refuses())]
    yield kit.in_turn("one request, two trusted origins", *calls)
    yield kit.in_turn("two methods, one origin that is not trusted", ((get, EVIL), Returns(True)), calls[1])


def refused(broken: frozenset[str], args: Args) -> Refuses:
    """The answer to a request that may not act."""
    return Refuses()


@dataclass(frozen=True)
class Guard:
    """A right csrf_ok, of parts that can be got wrong one by one. A rule that answers None goes on to the next."""

    safe: Callable[[str], bool] = lambda method: method in SAFE
    bearer: Callable[[str], bool] = lambda value: value.lower().startswith("bearer ") and len(value) > 7
    names: Callable[[str], str] = str.lower
    site: Callable[[str], bool | None] = lambda value: value in ("same-origin", "none")
    origin: Callable[[str, str], bool | None] = lambda value, trusted: value == trusted
    referer: Callable[[str, str], bool | None] = lambda value, trusted: (value + "/").startswith(trusted + "/")
    custom: Callable[[dict[str, str]], bool] = lambda headers: "x-requested-with" in headers
    there: Callable[[dict[str, str], str], bool] = lambda headers, name: name in headers
    order: tuple[str, ...] = ("site", "origin", "referer")
    refuses: Callable[[dict[str, str]], bool] = lambda headers: False

    def __call__(self, request: dict[str, Any], trusted_origin: str) -> Any:
        """Whether the request may act."""
        headers = {self.names(name): value for name, value in request["headers"].items()}
        if self.safe(request["method"]) or self.bearer(headers.get("authorization", "")):
            return True
        if self.refuses(headers):
            return False
        rules: dict[str, tuple[str, Callable[[str], bool | None]]] = {
            "site": ("sec-fetch-site", self.site),
            "origin": ("origin", lambda value: self.origin(value, trusted_origin)),
            "referer": ("referer", lambda value: self.referer(value, trusted_origin)),
        }
        for name, rule in (rules[one] for one in self.order):
            if self.there(headers, name) and (answer := rule(headers[name])) is not None:
                return answer
        return self.custom(headers)


RIGHT = Guard()

MISTAKES: Mistakes = {
    RETURNS: {
        "The names are made comparable, but not looked up that way: after `.lower()` ask for `origin`, not "
        "`Origin`.": replace(RIGHT, names=str.title),
    },
    "1": {
        "Only POST is checked. PUT, PATCH and DELETE change things too; name the safe methods instead.": replace(
            RIGHT, safe=lambda method: method != "POST"
        ),
        "Some methods are named that change something, and all others let in. Name the safe ones instead.": replace(
            RIGHT, safe=lambda method: method not in UNSAFE
        ),
        "`get` is taken for GET. Methods are compared exactly (RFC 9110 §9.1).": replace(
            RIGHT, safe=lambda method: method.upper() in SAFE
        ),
        "HEAD and OPTIONS are safe methods, too.": replace(RIGHT, safe=lambda method: method == "GET"),
    },
    "2": {
        "Any Authorization header is taken. A browser remembers Basic credentials and adds them by itself.": replace(
            RIGHT, bearer=bool
        ),
        "`Bearer` alone is taken, without a token behind it. There must be a space and at least one character "
        "more.": replace(RIGHT, bearer=lambda value: value.lower().startswith("bearer")),
        "`Bearer` and a space are taken, with nothing behind them. There must be a token.": replace(
            RIGHT, bearer=lambda value: value.lower().startswith("bearer ")
        ),
        "The word Bearer counts in any case (RFC 9110 §11.1).": replace(
            RIGHT, bearer=lambda value: value.startswith("Bearer ") and len(value) > 7
        ),
        "An Authorization header that is no bearer token is refused at once. It proves nothing, neither way: go on to "
        "the next rule.": replace(RIGHT, refuses=lambda headers: "authorization" in headers),
    },
    "3": {
        "When Sec-Fetch-Site is not good it goes on to Origin. The first header that is there decides, also "
        "against.": replace(RIGHT, site=lambda value: True if value in ("same-origin", "none") else None),
        "`same-site` is let in. That is a neighbour, such as another subdomain, and not your own origin.": replace(
            RIGHT, site=lambda value: value in ("same-origin", "same-site", "none")
        ),
        "A part of the words is enough, even an empty one, as by `in` on a text (lesson 03). Give it a tuple of two "
        "words.": replace(RIGHT, site=lambda value: value in "same-origin none"),
        "Everything but `cross-site` is let in, and with it `same-site`, a neighbour. Name what is good.": replace(
            RIGHT, site=lambda value: value != "cross-site"
        ),
        "`none` is refused. It means that no page asked, but the person at the keyboard.": replace(
            RIGHT, site=lambda value: value == "same-origin"
        ),
        "Sec-Fetch-Site is not looked at. It is the one header that no page and no policy can hide.": replace(
            RIGHT, site=lambda value: None
        ),
        "Origin is asked before Sec-Fetch-Site. Then your own form is locked out on a page with Referrer-Policy "
        "no-referrer, for it posts `Origin: null`.": replace(RIGHT, order=("origin", "site", "referer")),
        "Sec-Fetch-Site counts in any case. Its value is exact.": replace(
            RIGHT, site=lambda value: value.lower() in ("same-origin", "none")
        ),
    },
    "4": {
        "Origin is compared by its beginning, and `https://shed.example.kittens.example` begins like yours. An origin "
        "is equal or it is another one.": replace(RIGHT, origin=lambda value, trusted: value.startswith(trusted)),
        "`null` is let in. It is what a page says that hides its origin, for instance by its Referrer-Policy: "
        "it may be anyone's.": replace(RIGHT, origin=lambda value, trusted: value in (trusted, "null")),
        "When Origin does not fit, the Referer or X-Requested-With still lets the request in. The first header that is "
        "there decides, for and against.": replace(RIGHT, origin=lambda value, trusted: value == trusted or None),
        "Upper case is let in. An origin is compared exactly.": replace(
            RIGHT, origin=lambda value, trusted: value.lower() == trusted
        ),
    },
    "5": {
        "It accepts a Referer that goes on with anything behind the trusted origin, even `.kittens.example/`. What "
        "follows must be a slash, or nothing.": replace(
            RIGHT, referer=lambda value, trusted: value.startswith(trusted)
        ),
        "The trusted origin is looked for anywhere in the Referer. An attacker writes it into a query.": replace(
            RIGHT, referer=lambda value, trusted: trusted in value
        ),
        "A page of the trusted origin is refused as a Referer, such as `https://shed.example/board`. A path "
        "may follow.": replace(RIGHT, referer=lambda value, trusted: value == trusted),
        "A Referer that is just the trusted origin, without a slash behind it, is good, too.": replace(
            RIGHT, referer=lambda value, trusted: value.startswith(trusted + "/")
        ),
        "A Referer that does not fit does not decide where there is an X-Requested-With. The first header that is "
        "there decides, for and against.": replace(
            RIGHT, referer=lambda value, trusted: (value + "/").startswith(trusted + "/") or None
        ),
        "The Referer is not looked at.": replace(RIGHT, referer=lambda value, trusted: None),
    },
    "6": {
        "Any header that begins with X- is taken. The rule names one: X-Requested-With.": replace(
            RIGHT, custom=lambda headers: any(name.startswith("x-") for name in headers)
        ),
        "Rule 6 is missing: without the three others, X-Requested-With is enough.": replace(
            RIGHT, custom=lambda headers: False
        ),
        "X-Requested-With counts whatever its value is; adding it at all is what another site can't do.": replace(
            RIGHT, custom=lambda headers: headers.get("x-requested-with") == "XMLHttpRequest"
        ),
        "X-Requested-With counts even if it is empty. Ask whether it is there: `in`.": replace(
            RIGHT, custom=lambda headers: bool(headers.get("x-requested-with"))
        ),
    },
    ("6", "7"): {
        "When no header says where the request comes from, it is let in. In doubt, no.": replace(
            RIGHT, custom=lambda headers: True
        ),
    },
    ("3", "4", "5"): {
        "A header that is there but empty is passed over. Ask `in`: an empty Origin is a wrong one.": replace(
            RIGHT, there=lambda headers, name: bool(headers.get(name))
        ),
    },
    "8": {
        "Header names are found in one spelling only, such as `Origin`. They come in any case (RFC 9110 §5.1): "
        "lower-case all of them first.": replace(
            RIGHT, names=lambda name: name.lower() if name == name.title() else f"not {name}"
        ),
        "Header names are found in small letters only. They come in any case (RFC 9110 §5.1): lower-case all of "
        "them first.": replace(RIGHT, names=str),
    },
}

csrf_ok = Exercise(
    name="csrf_ok",
    points=10,
    spec="RFC 9110 §9.2.1; RFC 6454 §7; W3C Fetch Metadata §2.3",
    hints=(
        "Seven rules, the first that fits decides: so seven times `if …: return …`, in the docstring's order. Before "
        "them comes one line that makes header names comparable.",
        "`headers = {name.lower(): value for name, value in request['headers'].items()}`. Then ask whether a header "
        "is *there* (`in`), not whether it is true: an empty Origin is an Origin, and it is wrong.",
        "`if method in ('GET', 'HEAD', 'OPTIONS'): return True`; "
        "`scheme, _, token = headers.get('authorization', '').partition(' ')`, and "
        "`if scheme.lower() == 'bearer' and token: return True`; `if 'sec-fetch-site' in headers: return "
        "headers['sec-fetch-site'] in ('same-origin', 'none')`; the same for origin with `==`; for referer "
        "`referer == trusted_origin or referer.startswith(trusted_origin + '/')`; at last "
        "`return 'x-requested-with' in headers`.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            wants_of_bad=refused,
            examples=(({"method": "POST", "headers": {"origin": "null"}}, "https://shed.example"),),
        ),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
