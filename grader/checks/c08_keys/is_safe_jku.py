"""is_safe_jku: an address and the allowed origins in, out whether keys may be fetched from there."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from ...judging.aspects import Aspect, Value, bad, from_aspects, good, joined, named, named_ones, rare, written
from ...judging.exercise import RETURNS, Exercise, Mistakes
from ...judging.trial import Args, Trial
from ...judging.verdict import ALL, Stake
from ...judging.wants import Refuses, Returns, Want
from .. import kit

RULES = {
    "1 text": "A header can hold any JSON. What is no str is no address, and the answer is False.",
    "1 characters": "Each character is an ASCII letter, a digit or one of - . _ ~ % : / ? = &. Whatever else there is, "
    "readers disagree about it (RFC 3986 §2; WHATWG URL).",
    "2": "It begins with `https://`, exactly so. Without TLS anybody on the way can put in a key of their own "
    "(RFC 7515 §8).",
    "3 origin": "`https://` and what follows up to the next slash, or the end, is the origin. It is one of the list, "
    "letter for letter. Whatever only looks like it, somebody else may have (RFC 6454 §4).",
    "3 port": "443 is the port of https: with `:443` at the end, just so and once, it is the same origin as without. "
    "Another port is another origin (RFC 6454 §4).",
    "3 free": "What stands behind the slash is free: any path, any query.",
}
ALLOWED = re.compile(r"[A-Za-z0-9\-._~%:/?=&]*")


def world(source: random.Random) -> Any:
    """Three allowed origins."""
    number = source.randrange(100, 10**6)
    host, other = f"keys-{number}.example", f"login.uni-{number}.example"
    origins = [f"https://{host}", f"https://{other}:8443", "https://10.0.0.7"]
    return SimpleNamespace(host=host, other=other, origins=origins, path=f"/{number}/jwks.json")


def aspects(w: Any) -> list[Aspect]:
    """How it begins, the host and port, what follows, what is around all that, and the list."""
    return [_beginning(), _host(w), _port(), _rest(w), _whole(w), _list(w)]


def _beginning() -> Aspect:
    others = "HTTPS:// Https:// httpS:// https:/ https: https// https / // :// s:// ftp:// file:/// xhttps:// httpss://"
    others += " https:xx httpsx:/"  # as long as the right one
    odd = (" https://", "\thttps://", "\x00https://", "ht\ntps://", "https:\\\\", "\ufeffhttps://", "blob;https://")
    return Aspect(
        "beginning",
        good("https://"),
        bad("2", "http://", stake=ALL),
        bad("2", "", "https:/x/", "https:x//", "http://https://", "/https://", *others.split()),
        bad(("1 characters", "2"), *odd),
    )


def _strangers(host: str) -> dict[str, str]:
    """Where somebody else answers, with the allowed host's name somewhere in it."""
    return {
        "mallory.example": "mallory.example",
        "127.0.0.1": "127.0.0.1",
        "169.254.169.254": "169.254.169.254",
        "localhost": "localhost",
        "it before mallory.example": f"{host}.mallory.example",
        "it glued to mallory.example": f"{host}mallory.example",
        "it with a hyphen behind": f"{host}-m",
        "mallory- before it": f"mallory-{host}",
        "mallory before it, glued": f"mallory{host}",
        "it in mallory's path": f"mallory.example/{host}",
        "it in mallory's query": f"mallory.example/?https://{host}",
        "it in mallory's query at once": f"mallory.example?https://{host}",
        "it as mallory's last part": f"mallory.example/https://{host}",
        "it as a user": f"{host}@mallory.example",
        "it as a user with a password": f"{host}:443@mallory.example",
        "it behind an empty user": f"@{host}",
        "it behind a user": f"ada@{host}",
        "it behind #": f"mallory.example#{host}",
        "it behind a backslash": f"mallory.example\\@{host}",
        "a backslash behind it": f"{host}\\.mallory.example",
        "a zero character behind it": f"{host}\0.mallory.example",
    }


def _host(w: Any) -> Aspect:
    host, other = w.host, w.other
    spelled = {
        "a subdomain": f"www.{host}",
        "its first e an escape": host.replace("e", "%65", 1),
        "its dots escapes": host.replace(".", "%2e"),
        "its dots escapes in capitals": host.replace(".", "%2E"),
        "@ as an escape": f"{host}%40mallory.example",
        "a dot behind it": f"{host}.",
        "a dot before it": f".{host}",
        "a query behind it": f"{host}?p=1",
        "nothing": "",
        "a slash before it": f"/{host}",
        "https:// before it": f"https://{host}",
        "a list of two": f"{host}&{other}",
        "without its top domain": host.rpartition(".")[0],
        "another top domain": f"{host.rpartition('.')[0]}.example2",
        "the other one without its port": other,
        "Cyrillic e": host.replace("e", "\u0435", 1),
        "a full-width dot": host.replace(".", "\uff0e"),
        "a full-width k": host.replace("k", "\uff4b"),
        "a soft hyphen in it": f"{host[:3]}\u00ad{host[3:]}",
        "a tab in it": f"{host[:3]}\t{host[3:]}",
    }
    addresses = ("10.7", "167772167", "0x0a000007", "012.0.0.7", "10.0.0.07", "10.0.0.70", "110.0.0.7", "10x0x0x7")
    return Aspect(
        "host",
        good(named("of the list", host)),
        good("10.0.0.7", rule="3 origin"),
        rare(
            *("jwks_old.example", "a~b%20.example", "xn--bcher-kva.example", "localhost"),
            rule="3 origin",
            along={"list": lambda e: [_own(e)]},
        ),
        good(named("of the list with port 8443", f"{other}:8443"), rule="3 port"),
        *(_other_host(text, one, ALL) for text, one in _strangers(host).items()),
        *(_other_host(text, one) for text, one in spelled.items()),
        *(_other_host(one, one) for one in (*addresses, "[::ffff:10.0.0.7]", "[", "10.0.0.7]", "[]", "[10.0.0.7]")),
        *(_other_host(one.text, one.what) for one in kit.almost(host) if one.text != "with a slash behind"),
    )


def _other_host(text: str, host: str, stake: Stake | None = None) -> list[Value]:
    rules = ("3 origin",) if ALLOWED.fullmatch(host) else ("1 characters", "3 origin")
    return bad(rules, named(text, host), **({"stake": stake} if stake else {}))


def _port() -> Aspect:
    near = ": :0443 :443:443 :443. :4430 :44 :43 :443x :99999 :https ::443 :80 :443% :443? .443 443 :%34 :443: :1443"
    return Aspect(
        "port",
        good(named("none", "")),
        good(":443", rule="3 port"),
        rare(named(":443, and no path", ":443"), rule="3 port", along={"rest": ""}),
        bad("3 port", ":444", ":8443", stake=ALL, along={"host": lambda e: e.world.host}),
        bad("3 port", *near.split(), along={"host": lambda e: e.world.host}),
        bad(("1 characters", "3 port"), ":+443", ": 443", ":443 ", ":\uff14\uff14\uff13", ":\u0664\u0664\u0663"),
        bad("3 port", named(":443 in place of its own", ":443"), along={"host": lambda e: e.world.other}),
        bad("3 port", named(":8444 in place of its own", ":8444"), along={"host": lambda e: e.world.other}),
        full=0,
    )


def _rest(w: Any) -> Aspect:
    every = "/" + "".join(c for c in map(chr, range(128)) if ALLOWED.fullmatch(c))
    odd = "/ // /a//b /../x /:443 /:8443/ /? /keys?p=signin&n=1 /?a=b?c /%2e%00%0a /~a/-_. /v2/K"
    further = {
        "another address": "/go?to=https://mallory.example/jwks.json",
        "another host": "/mallory.example/jwks.json",
        "an address behind two slashes": "//mallory.example/",
        "an http address": "/?u=http://x",
        "long": "/" + "a" * 3000,
        "all characters that may be there": every,
    }
    strange = [chr(n) for n in range(128) if not ALLOWED.fullmatch(chr(n))]
    strange += "\x80\xa0\xad\xaa\xb2\xe9\u0131\u017f\u0661\u212a\u2028\u200b\uff0f\uff11\U0001f511\ufeff"
    return Aspect(
        "rest",
        good(named("a path", w.path)),
        good("/.well-known/jwks.json", rule="3 free"),
        good("", rule="3 origin"),
        rare(*odd.split(), *named_ones(further), rule="3 free"),
        bad("1 characters", *(named(f"{c!r} in the path", f"/a{c}b") for c in strange)),
        bad("1 characters", "/\n", "/\r\n", "/ ", "/ HTTP/1.1", "/\r\nX: y", "/#keys", "/@m", "/?a=\ud800"),
        bad(("1 characters", "3 origin"), *"\n #\\;\0", "\\x", "#/", "\t/", "@/", "#@mallory.example/"),
        bad(("1 characters", "3 origin"), "?@m.example/", "#@m.example", "@m.example", "\\@m.example", stake=ALL),
        bad("3 origin", "?", "?/", "?a=/x", "&", "%", "%2f", "%00/", "=/", "~", "_/", "-/"),
    )


def _whole(w: Any) -> Aspect:
    kinds: dict[str, Callable[[str], Any]] = {
        "bytes": str.encode,
        "in a list": lambda url: [url],
        "in a tuple": lambda url: (url,),
        "in an object": lambda url: {"url": url},
        "as a name": lambda url: {url: True},
        "the letters in a list": list,
    }
    others = [*kit.falsy(""), True, 443, 1.5]
    return Aspect(
        "kind",
        good(named("a str", lambda e: lambda url: url)),
        bad("1 text", *(named(text, lambda e, make=make: make) for text, make in kinds.items())),
        bad("1 text", *(named(f"{one!r} in its place", lambda e, one=one: lambda url: one) for one in others)),
        bad("2", named("empty", lambda e: lambda url: "")),
    )


def _list(w: Any) -> Aspect:
    many = [f"https://keys-{n}.example{n}" for n in range(50)]
    near = [f"https://{w.host}{end}" for end in (":444", ".mallory.example", "x")]
    return Aspect(
        "list",
        good(named("three", lambda e: list(w.origins))),
        good(named("three, backwards", lambda e: w.origins[::-1])),
        rare(named("many", lambda e: many + w.origins), named("its own alone", lambda e: [_own(e)])),
        bad("3 origin", named("empty", lambda e: []), stake=ALL),
        bad("3 origin", named("without its own", lambda e: [one for one in w.origins if one != _own(e)]), stake=ALL),
        bad("3 origin", named("with others that begin like it", lambda e: near), along={"host": lambda e: w.host}),
    )


def _own(e: Any) -> str:
    return f"https://{e.host}"


def build(e: Any) -> Args:
    """An address, and the list."""
    return e.kind(f"{e.beginning}{e.host}{e.port}{e.rest}"), e.list


def oracle(url: Any, allowed_origins: list[str]) -> tuple[Any, set[str]]:
    """Whether it is safe, and all rules that are broken. Which half of rule 3 it is, the host decides."""
    if not isinstance(url, str):
        return False, {"1 text"}
    broken = set() if ALLOWED.fullmatch(url) else {"1 characters"}
    if not url.startswith("https://"):
        return False, broken | {"2"}
    origin = "/".join(url.split("/")[:3])
    if origin.removesuffix(":443") not in allowed_origins:
        names = [re.escape(one.rpartition(":")[0] if one.count(":") > 1 else one) for one in allowed_origins]
        port = names and re.fullmatch(f"({'|'.join(names)})(:[^@.a-z]*|:443[.x]|:https|[.]?443)", origin)
        broken.add("3 port" if port else "3 origin")
    return not broken, broken


def in_turn(source: random.Random) -> Iterator[Trial]:
    """The same address with other lists, and another address with the same host's name in it."""
    w = world(source)
    url, other = f"https://{w.host}{w.path}", f"https://{w.host}.m.example{w.path}"
    calls: list[tuple[Args, Want]] = [((url, w.origins), Returns(True)), ((url, ["https://10.0.0.7"]), Refuses())]
    yield kit.in_turn("one address, two lists", *calls)
    yield kit.in_turn("two addresses, one list", calls[0], ((other, w.origins), Refuses()))


def refused(broken: frozenset[str], args: Args) -> Refuses:
    """The answer to a bad address."""
    return Refuses()


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


@dataclass(frozen=True)
class Safe:
    """A right is_safe_jku, of parts that can be got wrong one by one."""

    text: Callable[[Any], Any] = lambda url: url if isinstance(url, str) else None
    characters: Callable[[str], bool] = lambda url: bool(ALLOWED.fullmatch(url))
    begins: Callable[[str], bool] = lambda url: url.startswith("https://")
    origin: Callable[[str], str] = lambda url: _origin(url).removesuffix(":443")
    equal: Callable[[str, str], bool] = lambda theirs, ours: theirs == ours
    ours: Callable[[list[str]], list[str]] = lambda origins: origins

    def __call__(self, url: Any, allowed_origins: list[str]) -> Any:
        """Whether it is safe."""
        url = self.text(url)
        if url is None or not self.characters(url) or not self.begins(url):
            return False
        return any(self.equal(self.origin(url), one) for one in self.ours(allowed_origins))


RIGHT = Safe()


@dataclass(frozen=True)
class Parsed:
    """As many write it with urlsplit: it lowers, drops and forgives."""

    careful: bool = True
    users: bool = True

    def __call__(self, url: Any, allowed_origins: list[str]) -> Any:
        """Whether it is safe, in this reader's opinion."""
        try:
            parts = urlsplit(url)
            port = "" if parts.port in (None, 443) else f":{parts.port}"
            if not self.users and "@" in parts.netloc:
                return False
            return parts.scheme == "https" and f"https://{parts.hostname}{port}" in allowed_origins
        except (ValueError, TypeError, AttributeError):
            if self.careful:
                return False
            raise


def _as_text(only: Callable[[str, list[str]], Any]) -> Callable[..., Any]:
    return lambda url, allowed_origins: isinstance(url, str) and only(url, allowed_origins)


_EACH = ("1 characters", "2", "3 origin", "3 port")
MISTAKES: Mistakes = {
    RETURNS: {
        "Usual addresses are refused. A path may follow the origin, and the origin alone is compared; and letters, "
        "digits and - . _ ~ % : / ? = & may all be there.": replace(RIGHT, origin=lambda url: url),
    },
    "1 characters": {
        "The characters are not looked at, or not all. A backslash, a tab, an @ or a # makes two readers see two "
        "addresses.": replace(RIGHT, characters=lambda url: True),
        "Only @, \\ and # are refused; control characters, other scripts and more remain. Name what is "
        "allowed.": replace(RIGHT, characters=lambda url: not re.search(r"[@\\#]", url)),
        "A plus and a comma are let in, as by `+-.` in a regular expression: a range that has both in it. Put the `-` "
        "first or last, or write `\\-`.": replace(
            RIGHT, characters=lambda url: bool(re.fullmatch(r"[A-Za-z0-9+-._~%:/?=&]*", url))
        ),
        "[ \\ ] ^ and the backtick are let in, which stand between Z and a, as by `[A-z]`. Write `[A-Za-z]`.": replace(
            RIGHT, characters=lambda url: bool(re.fullmatch(r"[A-z0-9\-._~%:/?=&]*", url))
        ),
        r"Other scripts' letters and digits are let in, as by `\w`, `\d` and `isalnum`. Write `[A-Za-z0-9]`.": replace(
            RIGHT, characters=lambda url: bool(re.fullmatch(r"[\w\-.~%:/?=&]*", url))
        ),
        "A line break at the end is let in, as by `$` in a regular expression. Use `re.fullmatch`.": replace(
            RIGHT, characters=lambda url: bool(re.match(r"[A-Za-z0-9\-._~%:/?=&]*$", url))
        ),
    },
    ("1 characters", "2"): {
        "White space around the address is let in. What is judged must be what is fetched, to the last "
        "character.": replace(RIGHT, text=lambda url: url.strip() if isinstance(url, str) else None),
    },
    "2": {
        "http is allowed. Keys come over TLS or not at all (RFC 7515 §4.1.2).": replace(
            RIGHT,
            begins=lambda url: url.startswith(("https://", "http://")),
            origin=lambda url: _origin(url.replace("http://", "https://", 1)).removesuffix(":443"),
        ),
        "`https:/x/host` is let in. Only where the text begins with `https://` is `split('/')[2]` the host.": replace(
            RIGHT,
            begins=lambda url: url.split("/")[0] == "https:" and url.count("/") > 1,
            origin=lambda url: f"https://{url.split('/')[2]}".removesuffix(":443"),
        ),
        "`https://` is taken in any case. One meaning, one spelling.": replace(
            RIGHT,
            begins=lambda url: url.lower().startswith("https://"),
            origin=lambda url: _origin("https" + url[5:]).removesuffix(":443"),
        ),
    },
    "3 origin": {
        "Only the beginning is compared. Behind the allowed origin must come a slash, or nothing.": replace(
            RIGHT, origin=lambda url: url, equal=lambda theirs, ours: theirs.startswith(ours)
        ),
        "A host that *ends* like an allowed one is let in, such as `mallory-good.example`. Compare the whole "
        "origin.": replace(RIGHT, equal=lambda theirs, ours: theirs.endswith(ours.removeprefix("https://"))),
        "Subdomains are let in. `www.good.example` is another origin, and somebody else may have it.": replace(
            RIGHT,
            equal=lambda theirs, ours: theirs == ours or theirs.endswith("." + ours.removeprefix("https://")),
        ),
        "A dot of the allowed origin stands for any character, as in a regular expression. Compare with `==`.": replace(
            RIGHT, equal=lambda theirs, ours: bool(re.fullmatch(ours, theirs))
        ),
        "A dot at the end of the host is dropped. To browsers and certificates it is another name.": replace(
            RIGHT, origin=lambda url: _origin(url).removesuffix(":443").rstrip(".")
        ),
        "A query right behind the host is let in. Behind the origin comes a slash, or nothing.": replace(
            RIGHT, origin=lambda url: _origin(url.partition("?")[0]).removesuffix(":443")
        ),
    },
    "3 port": {
        "An address with `:443` is refused where the one without it is allowed. 443 is the port of https: with it and "
        "without it is the same origin.": replace(RIGHT, origin=_origin),
        "`:443` is taken out wherever it stands, or as often as it stands there. Drop it once, at the end.": replace(
            RIGHT, origin=lambda url: _origin(url).replace(":443", "")
        ),
    },
    _EACH: {
        "An address is compared by its beginning, and `https://good.example.mallory.example` and "
        "`https://good.example@mallory.example` begin like yours.": _as_text(
            lambda url, allowed: url.startswith(tuple(allowed))
        ),
        "Python's URL parsers forgive: they lower, drop tabs, line breaks and user names, and ignore a fragment. Look "
        "at the text itself before you have it read, and compare what is written there.": Parsed(),
        "Some texts end in an exception, as they do in urlsplit, or at its port. The answer is False.": Parsed(
            careful=False
        ),
        "A user name is noticed; upper case, tabs, line breaks and a fragment still pass, as by urlsplit. Look at the "
        "characters first.": Parsed(users=False),
    },
    ("3 origin", "3 port"): {
        "Only the first origin of the list counts. The address may be of any of them.": replace(
            RIGHT, ours=lambda origins: origins[:1]
        ),
        "Only the first origin of the list counts, and an empty list has none, which is an IndexError. The address may "
        "be of any of them.": replace(RIGHT, ours=lambda origins: [origins[0]]),
    },
    "3 free": {
        "A query is refused. Behind the origin's slash everything is free: some issuers have one.": replace(
            RIGHT, characters=lambda url: bool(ALLOWED.fullmatch(url)) and "?" not in url
        ),
        "An address inside the query is refused. The request goes to an allowed origin; that it is not sent on from "
        "there is the fetcher's duty.": replace(
            RIGHT, characters=lambda url: bool(ALLOWED.fullmatch(url)) and url.count("://") == 1
        ),
        "Not every path is allowed, such as one with another name at its end. Each issuer chooses its own.": replace(
            RIGHT, characters=lambda url: bool(ALLOWED.fullmatch(url)) and url.endswith("/jwks.json")
        ),
    },
}


_UPPSALA = ["https://keys.uppsala.example"]

is_safe_jku = Exercise(
    name="is_safe_jku",
    points=10,
    spec="RFC 7515 §4.1.2, §8; RFC 6454 §4; RFC 3986 §3.2",
    hints=(
        "Don't list what is bad; say what a good address looks like, letter by letter. Where in the text does the "
        "origin end, for every reader?",
        "Three steps: a str of the allowed characters only (`re.fullmatch`); it begins with `https://`; what stands "
        "between that and the next slash, without a `:443` at the end, makes an origin that is in the list.",
        "`if not isinstance(url, str) or not re.fullmatch(r'[A-Za-z0-9._~%:/?=&-]+', url): return False`; "
        "`if not url.startswith('https://'): return False`; "
        "`host = url[len('https://'):].split('/')[0].removesuffix(':443')`; "
        "`return 'https://' + host in allowed_origins`.",
    ),
    rules=RULES,
    source=joined(
        from_aspects(
            world,
            aspects,
            build,
            oracle,
            wants_of_bad=refused,
            examples=(
                ("https://keys.uppsala.example/v2/jwks.json", _UPPSALA),
                ("https://keys.uppsala.example@mallory.example/", _UPPSALA),
            ),
        ),
        written(in_turn),
    ),
    mistakes=MISTAKES,
)
