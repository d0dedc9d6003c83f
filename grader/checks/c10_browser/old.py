"""Chapter 10: where a token lives in a browser, and what that exposes it to."""

import re
from collections.abc import Callable
from typing import Any

from jwt_from_scratch.encoding import b64u_encode, json_dumps

from ...judging.legacy.case import Case, Predicate, exercise

# -- cookie_for -------------------------------------------------------------------------------------------------------

_TOKEN_CHARACTER = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What a cookie's name is made of (RFC 6265 §4.1.1)."""


@exercise(
    "cookie_for",
    points=5,
    spec="RFC 6265 §4.1, §4.1.2; draft RFC 6265bis §4.1.3.2",
    hints=(
        "A Set-Cookie value is `name=value`, and then attributes, each behind a semicolon. Which ones does the list "
        "above the exercise ask for, and which one must not be there?",
        "The name begins with `__Host-`, the value is the token and nothing else. `Secure` and `HttpOnly` are single "
        "words, `Path` and `SameSite` have a value.",
        'One f-string: `return f"__Host-token={token}; Path=/; Secure; HttpOnly; SameSite=Lax"`.',
    ),
)
def cookie_for(case: Case) -> None:
    """The Set-Cookie header's value for a token."""
    for _ in range(4):
        token = _some_token(case)
        case.satisfies(token, _good_cookie(token), "return the value of a Set-Cookie header")
    case.mistake(
        lambda token: f"Set-Cookie: {_cookie(token)}",
        "The header's name is in it. Return the value only, what stands behind `Set-Cookie:`.",
    )
    case.mistake(lambda token: token, "It returns the bare token. A cookie has a name: `__Host-token=` and the token.")
    case.mistake(
        lambda token: f"__Host-token={token}",
        "There are no attributes. Without Secure and Path=/ a browser throws away what is called `__Host-`; without "
        "HttpOnly scripts read it, and without SameSite other sites use it.",
    )
    case.mistake(
        lambda token: _cookie(token, name="token"),
        "The name has no prefix. With `__Host-` in front of it a browser refuses the cookie unless it is Secure, for "
        "this host alone and for the whole of it.",
    )
    case.mistake(
        lambda token: _cookie(token, name="__Secure-token"),
        "`__Secure-` asks for Secure and no more. `__Host-` also sees to Path=/ and that there is no Domain.",
    )
    case.mistake(
        lambda token: _cookie(token, name="__host-token"),
        "Write the prefix as `__Host-`, with a capital H: there are browsers that compare it exactly.",
    )
    case.mistake(
        lambda token: _cookie(token, "Path=/", "HttpOnly", "SameSite=Lax"),
        "Secure is missing. A cookie without it also travels over plain http, and a browser refuses `__Host-` for it.",
    )
    case.mistake(
        lambda token: _cookie(token, "Path=/", "Secure", "SameSite=Lax"),
        "HttpOnly is missing, so every script in the page can read the token from document.cookie.",
    )
    case.mistake(
        lambda token: _cookie(token, "Path=/", "Secure", "HttpOnly"),
        "SameSite is missing. Then each browser decides for itself: Chromium sends a fresh cookie even with another "
        "site's form.",
    )
    case.mistake(
        lambda token: _cookie(token, "Path=/", "Secure", "HttpOnly", "SameSite=None"),
        "SameSite=None asks for the cookie to be sent along from every site. Take Lax or Strict.",
    )
    case.mistake(
        lambda token: _cookie(token, "Secure", "HttpOnly", "SameSite=Lax"),
        "Path=/ is missing. `__Host-` demands it; without, the browser throws the cookie away.",
    )
    case.mistake(
        lambda token: _cookie(token, "Domain=shed.example", *_ATTRIBUTES),
        "There is a Domain. It would hand the cookie to every subdomain, so `__Host-` forbids it.",
    )
    case.mistake(
        lambda token: _cookie(f'"{token}"'),
        "There are quotation marks around the token. A browser keeps them as a part of the value.",
    )
    case.mistake(
        lambda token: _cookie(token).replace(";", ","),
        "Attributes are separated by semicolons, not by commas.",
    )
    case.mistake(
        lambda token: _cookie(token, "Max-Age=0", *_ATTRIBUTES),
        "Max-Age=0 deletes the cookie. Leave Max-Age out, or count seconds from now.",
    )
    case.mistake(
        lambda token: {"__Host-token": token, "secure": True, "httponly": True, "samesite": "Lax", "path": "/"},
        "It returns a dict. A header's value is text: `name=value; Attribute; Attribute=value`.",
    )


_ATTRIBUTES = ("Path=/", "Secure", "HttpOnly", "SameSite=Lax")


def _cookie(token: str, *attributes: str, name: str = "__Host-token") -> str:
    return "; ".join([f"{name}={token}", *(attributes or _ATTRIBUTES)])


def _some_token(case: Case) -> str:
    """A token's form with random content: HS256 to RS256 in length."""
    claims = {"sub": f"user-{case.random.randrange(10**6)}", "exp": 1_900_000_000 + case.random.randrange(10**6)}
    parts = [json_dumps({"alg": "HS256", "typ": "JWT"}), json_dumps(claims)]
    return ".".join(map(b64u_encode, [*parts, case.random.randbytes(case.random.choice((32, 64, 256)))]))


def _good_cookie(token: str) -> Predicate:
    def predicate(value: Any) -> bool | str:
        if not isinstance(value, str):
            return f"it must be text, not {type(value).__name__}"
        if value.lower().startswith("set-cookie"):
            return "the header's own name must not be in it"
        if not value.isascii() or not value.isprintable():
            return "a header's value is one line of printable ASCII"
        pair, *rest = value.split(";")
        name, equals, content = (part.strip() for part in pair.partition("="))
        said = {key.strip().lower(): text.strip() for key, _, text in (part.partition("=") for part in rest)}
        return _cookie_fault(name if equals or name == token else "", content, token) or _attribute_fault(said) or True

    return predicate


def _cookie_fault(name: str, content: str, token: str) -> str:
    if content == "" and name == token:
        return "it is the token alone; a cookie has a name, too"
    if not name or not _TOKEN_CHARACTER.fullmatch(name):
        return "it must begin with a name, an equals sign and the token"
    if not name.startswith("__Host-") or name == "__Host-":
        return f"the name must be `__Host-` and something behind it, but it is `{name[:40]}`"
    if content == token:
        return ""
    if content.startswith((f"{token} ", f"{token},")):
        return f"behind the token must come a semicolon, not a {'space' if content[len(token)] == ' ' else 'comma'}"
    if content.strip("\"'") == token:
        return "there must be no quotation marks around the token"
    return "between the first equals sign and the first semicolon must stand the token"


def _attribute_fault(said: dict[str, str]) -> str:
    """What is wrong with the attributes, read as a browser reads them: names and words in any case, unknown ones
    ignored, the last of two counts."""
    there = {
        "Secure": "secure" in said,
        "HttpOnly": "httponly" in said,
        "Path=/": said.get("path") == "/",
        "SameSite=Lax or SameSite=Strict": said.get("samesite", "").lower() in ("lax", "strict"),
    }
    if missing := [name for name, it in there.items() if not it]:
        none = " (SameSite=None is neither)" if said.get("samesite", "").lower() == "none" else ""
        return f"it must have {', '.join(missing)}{none}"
    if "domain" in said:
        return "Domain must not be there"
    if not re.fullmatch(r"[1-9][0-9]*", said.get("max-age", "1")):
        return "Max-Age, if it is there, must be a number of seconds above 0"
    return ""


# -- csrf_ok ----------------------------------------------------------------------------------------------------------

_SAFE = ("GET", "HEAD", "OPTIONS")


@exercise(
    "csrf_ok",
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
)
def csrf_ok(case: Case) -> None:
    """Whether a request comes from where it may come from."""
    number = case.random.randrange(1000, 10**6)
    host = f"shed-{number}.example"
    trusted = case.random.choice((f"https://{host}", f"https://{host}:8443"))
    _own_requests(case, trusted)
    _foreign_requests(case, trusted, host)
    _csrf_mistakes(case)


def _own_requests(case: Case, trusted: str) -> None:
    def good(method: str, why: str, rare: bool = False, **headers: str) -> None:
        request = _request(case, method, headers)
        case.equal((request, trusted), True, why=_because(why, request), rare=rare)

    evil = "https://kittens.example"
    safe = "A safe method changes nothing, so it may come from anywhere (RFC 9110 §9.2.1)."
    for method in _SAFE:
        good(method, safe, Sec_Fetch_Site="cross-site", Referer=f"{evil}/")
    good("GET", safe)
    good("GET", safe, Sec_Fetch_Site="none")
    bearer = "A browser never adds a bearer token by itself: whoever sends it has it."
    good("POST", bearer, Authorization="Bearer eyJhbGciOiJIUzI1NiJ9.e30.AQID")
    good("POST", bearer, Authorization="Bearer e30.e30.AQID", Sec_Fetch_Site="cross-site", Origin=evil)
    any_case = "The word Bearer counts in any case (RFC 9110 §11.1)."
    good("DELETE", any_case, rare=True, Authorization="bearer abc", Origin="null")
    good("PUT", any_case, rare=True, Authorization="BEARER abc", Origin=evil)
    own = "Sec-Fetch-Site says that it comes from our own page, or from the person at the keyboard."
    good("POST", own, Sec_Fetch_Site="same-origin", Origin=trusted, Referer=f"{trusted}/")
    good("PATCH", own, Sec_Fetch_Site="none")
    first = "Sec-Fetch-Site comes before Origin: with Referrer-Policy no-referrer, our own form posts Origin: null."
    good("POST", first, Sec_Fetch_Site="same-origin", Origin="null")
    equal = "Origin is the trusted one."
    good("POST", equal, Origin=trusted)
    good("DELETE", equal, Origin=trusted, Referer=f"{trusted}/board?page=2")
    good("PUT", "Origin comes before Referer.", Origin=trusted, Referer="")
    referer = "There is no Origin, and the Referer is a page of the trusted origin."
    for path in ("/", "/board?page=2", f"/board/{case.random.randrange(99)}"):
        good("POST", referer, Referer=trusted + path)
    good("POST", "The Referer may be just the trusted origin.", rare=True, Referer=trusted)
    custom = "No page of another origin can add a header of its own without asking first (a CORS preflight)."
    good("POST", custom, X_Requested_With="XMLHttpRequest")
    good("PATCH", custom, X_Requested_With="fetch", Authorization="Basic YWRhOnB3")
    good("POST", "X-Requested-With is there; its value says nothing.", rare=True, X_Requested_With="")


def _foreign_requests(case: Case, trusted: str, host: str) -> None:
    def bad(why: str, method: str = "POST", vital: bool = False, **headers: str) -> None:
        request = _request(case, method, headers)
        case.refuses((request, trusted), why=_because(why, request), vital=vital)

    evil = case.random.choice(("https://kittens.example", "http://127.0.0.1:8000", "https://m.example:444"))
    ride = "Another site's page sent this, and the cookie rode along."
    bad(ride, vital=True, Sec_Fetch_Site="cross-site", Origin=evil, Referer=f"{evil}/")
    bad(ride, vital=True, Origin=evil, Referer=f"{evil}/")
    bad(ride, vital=True, Referer=f"{evil}/kittens")
    silent = "Nothing says where it comes from. In doubt, no."
    bad(silent, vital=True)
    bad(silent, method="DELETE")
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "get"):
        bad(f"{method} is none of GET, HEAD and OPTIONS.", method=method, Sec_Fetch_Site="cross-site", Origin=evil)
    neighbour = "same-site is a neighbour: another origin. Only same-origin and none are good."
    bad(neighbour, vital=True, Sec_Fetch_Site="same-site", Origin=f"https://blog.{host}")
    bad("The browser says cross-site. No later header makes up for that.", Sec_Fetch_Site="cross-site", Origin=trusted)
    bad("Sec-Fetch-Site decides, and X-Requested-With is not asked.", Sec_Fetch_Site="same-site", X_Requested_With="x")
    for value in ("", "Same-Origin", "same-origin, cross-site", "sameorigin", "origin"):
        bad("Sec-Fetch-Site is there and is neither same-origin nor none.", Sec_Fetch_Site=value, Referer=f"{trusted}/")
    bad("null is the origin of a page that hides where it is: anyone's.", vital=True, Origin="null")
    bad("Origin is wrong, and so the Referer is not asked.", Origin="null", Referer=f"{trusted}/")
    bad("Origin is wrong, and so X-Requested-With is not asked.", Origin=evil, X_Requested_With="XMLHttpRequest")
    bad("An empty Origin is an Origin, and a wrong one.", Origin="", Referer=f"{trusted}/")
    alike = "It looks alike, but an origin is equal or it is another one (RFC 6454 §5)."
    bad(alike, vital=True, Origin=f"{trusted}.kittens.example")
    for origin in _lookalikes(trusted, host):
        bad(alike, Origin=origin)
    inside = "The Referer only begins like, or contains, the trusted origin. Behind it must come a slash, or nothing."
    bad(inside, vital=True, Referer=f"{trusted}.kittens.example/")
    for referer in (*_lookalikes(trusted, host), f"{evil}/?from={trusted}/", f"{evil}/{trusted}/", "about:blank", ""):
        bad(inside, Referer=referer.removesuffix("/") + "/" if "://" in referer else referer)
    bad("A Referer of another site is not made good by X-Requested-With.", Referer=f"{evil}/", X_Requested_With="x")
    basic = "A browser remembers Basic credentials and adds them by itself, just like a cookie."
    bad(basic, Authorization="Basic YWRhOnB3", Sec_Fetch_Site="cross-site", Origin=evil)
    for value in ("Bearer", "Bearer ", "Bearertoken", "Token Bearer abc", ""):
        bad("This is not the word Bearer, a space and a token.", Authorization=value, Origin=evil)
    bad("A cookie called Authorization is still a cookie.", Cookie="Authorization=Bearer abc", Origin=evil)


def _lookalikes(trusted: str, host: str) -> list[str]:
    other = trusted.removesuffix(":8443") if trusted.endswith(":8443") else trusted + ":8443"
    return [
        trusted.replace("https://", "http://"),
        other,
        trusted + "@kittens.example",
        trusted.replace(host, f"www.{host}"),
        trusted.replace(host, f"not-{host}"),
        f"https://kittens.example#{trusted}",
        trusted[:-1],
    ]


def _request(case: Case, method: str, headers: dict[str, str]) -> dict[str, Any]:
    """A request with these headers among usual ones, in some order, their names in some case."""
    usual = {"Cookie": "__Host-token=e30.e30.AQID", "Host": "shed.example", "User-Agent": "Mozilla/5.0"}
    further = case.random.choice(([], [], ["Cookie"], [*usual]))
    everything = list(({name: usual[name] for name in further} | headers).items())
    case.random.shuffle(everything)
    spell = case.random.choice((str, str, str.lower, str.upper))
    return {"method": method, "headers": {spell(name.replace("_", "-")): value for name, value in everything}}


def _because(why: str, request: dict[str, Any]) -> str:
    """The reason, and the headers that matter: a table has no room for them."""
    told = [f"{name}: {value}" for name, value in request["headers"].items() if name.lower() not in _UNTOLD]
    return f"{why} The request: {request['method']}, {', '.join(told) or 'nothing that tells where it is from'}."


_UNTOLD = ("host", "user-agent", "cookie")


def _csrf(
    request: dict[str, Any],
    trusted: str,
    safe: Callable[[str], bool] = lambda method: method in _SAFE,
    bearer: Callable[[str], bool] = lambda value: value.lower().startswith("bearer ") and len(value) > 7,
    names: Callable[[str], str] = str.lower,
    site: Callable[[str], bool | None] = lambda value: value in ("same-origin", "none"),
    origin: Callable[[str, str], bool | None] = lambda value, trusted: value == trusted,
    referer: Callable[[str, str], bool | None] = lambda value, trusted: (value + "/").startswith(trusted + "/"),
    custom: Callable[[dict[str, str]], bool] = lambda headers: "x-requested-with" in headers,
    there: Callable[[dict[str, str], str], bool] = lambda headers, name: name in headers,
    order: tuple[str, ...] = ("site", "origin", "referer"),
) -> bool:
    """The rules; a mistake changes one of them. A rule that answers None goes on to the next."""
    headers = {names(name): value for name, value in request["headers"].items()}
    if safe(request["method"]) or bearer(headers.get("authorization", "")):
        return True
    rules: dict[str, tuple[str, Callable[[str], bool | None]]] = {
        "site": ("sec-fetch-site", site),
        "origin": ("origin", lambda value: origin(value, trusted)),
        "referer": ("referer", lambda value: referer(value, trusted)),
    }
    for name, rule in (rules[one] for one in order):
        if there(headers, name) and (answer := rule(headers[name])) is not None:
            return answer
    return custom(headers)


def _csrf_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[..., bool]:
        return lambda request, trusted_origin: _csrf(request, trusted_origin, **changes)

    case.mistake(
        wrong(origin=lambda value, trusted: value.startswith(trusted)),
        "Origin is compared by its beginning, and `https://shed.example.kittens.example` begins like yours. An origin "
        "is equal or it is another one.",
    )
    case.mistake(
        wrong(referer=lambda value, trusted: value.startswith(trusted)),
        "The Referer may go on with anything behind the trusted origin, even `.kittens.example/`. What follows must be "
        "a slash, or nothing.",
    )
    case.mistake(
        wrong(
            referer=lambda value, trusted: value.startswith(trusted),
            origin=lambda value, trusted: value.startswith(trusted),
        ),
        "Origin and Referer are both compared by their beginning. Anyone can own a name that begins like yours.",
    )
    case.mistake(
        wrong(referer=lambda value, trusted: trusted in value),
        "The trusted origin is looked for anywhere in the Referer. An attacker writes it into a query.",
    )
    case.mistake(
        wrong(referer=lambda value, trusted: value == trusted),
        "The Referer is a page's address, so a path follows the origin: `https://shed.example/board`.",
    )
    case.mistake(
        wrong(referer=lambda value, trusted: value.startswith(trusted + "/")),
        "A Referer that is just the trusted origin, without a slash behind it, is good, too.",
    )
    case.mistake(
        wrong(origin=lambda value, trusted: value.rpartition("://")[2] == trusted.rpartition("://")[2]),
        "Only the hosts are compared. `http://` and `https://` are two origins (RFC 6454 §5).",
    )
    case.mistake(
        wrong(origin=lambda value, trusted: value.split(":")[:2] == trusted.split(":")[:2]),
        "The port is not compared, but another port is another origin (RFC 6454 §5).",
    )
    case.mistake(
        wrong(origin=lambda value, trusted: value in (trusted, "null")),
        "`null` is let in. It is what a page says that hides its origin, for instance by its Referrer-Policy: "
        "it may be anyone's.",
    )
    case.mistake(
        wrong(origin=lambda value, trusted: None if value in ("", "null") else value == trusted),
        "With Origin empty or `null` it goes on to the later rules. It is there and it is wrong: False.",
    )
    case.mistake(
        wrong(origin=lambda value, trusted: value == trusted or None),
        "When Origin does not fit, it goes on and asks the Referer or X-Requested-With. The first header that is "
        "there decides, for and against.",
    )
    case.mistake(
        wrong(site=lambda value: True if value in ("same-origin", "none") else None),
        "When Sec-Fetch-Site is not good it goes on to Origin. The first header that is there decides, also against.",
    )
    case.mistake(
        wrong(site=lambda value: value in ("same-origin", "same-site", "none")),
        "`same-site` is let in. That is a neighbour, such as another subdomain, and not your own origin.",
    )
    case.mistake(
        wrong(site=lambda value: value in "same-origin none"),
        "`in` on a text finds parts, and the empty text is in every text (lesson 03). Give it a tuple of two words.",
    )
    case.mistake(
        wrong(site=lambda value: value != "cross-site"),
        "Everything but `cross-site` is let in, and with it `same-site`, a neighbour. Name what is good.",
    )
    case.mistake(
        wrong(site=lambda value: value == "same-origin"),
        "`none` is refused. It means that no page asked, but the person at the keyboard.",
    )
    case.mistake(
        wrong(site=lambda value: None),
        "Sec-Fetch-Site is not looked at. It is the one header that no page and no policy can hide.",
    )
    case.mistake(
        wrong(order=("origin", "site", "referer")),
        "Origin is asked before Sec-Fetch-Site. Then your own form is locked out on a page with Referrer-Policy "
        "no-referrer, for it posts `Origin: null`.",
    )
    case.mistake(lambda request, trusted_origin: True, "It lets everything in, also another site's form.")
    case.mistake(lambda request, trusted_origin: False, "It refuses everything, also what comes from your own page.")
    case.mistake(
        lambda request, trusted_origin: (
            _csrf(request, trusted_origin)
            and (request["method"] in _SAFE or "basic" not in str(request["headers"]).lower())
        ),
        "An Authorization header that is no bearer token is refused at once. It proves nothing, neither way: go on to "
        "the next rule.",
    )
    case.mistake(
        wrong(names=lambda name: name.lower() if name == name.title() else f"not {name}"),
        "Header names are looked up in one spelling. They come in any case (RFC 9110 §5.1): lower-case all of them.",
    )
    case.mistake(
        wrong(names=str),
        "Header names are looked up in one spelling. They come in any case (RFC 9110 §5.1): lower-case them first.",
    )
    case.mistake(
        wrong(names=str.title),
        "The names are made comparable, but not looked up that way: after `.lower()` ask for `origin`, not `Origin`.",
    )
    case.mistake(
        wrong(safe=lambda method: method != "POST"),
        "Only POST is checked. PUT, PATCH and DELETE change things too; name the safe methods instead.",
    )
    case.mistake(
        wrong(safe=lambda method: method.upper() in _SAFE),
        "The method is made upper-case. Methods are compared exactly (RFC 9110 §9.1); `get` is not GET.",
    )
    case.mistake(
        wrong(safe=lambda method: method == "GET"),
        "HEAD and OPTIONS are safe methods, too.",
    )
    case.mistake(
        wrong(safe=lambda method: False),
        "GET, HEAD and OPTIONS are refused. Nobody could follow a link to your page.",
    )
    case.mistake(
        wrong(bearer=bool),
        "Any Authorization header is taken. A browser remembers Basic credentials and adds them by itself.",
    )
    case.mistake(
        wrong(bearer=lambda value: value.lower().startswith("bearer")),
        "`Bearer` alone is taken, without a token behind it. There must be a space and at least one character more.",
    )
    case.mistake(
        wrong(bearer=lambda value: value.startswith("Bearer ") and len(value) > 7),
        "The word Bearer counts in any case (RFC 9110 §11.1).",
    )
    case.mistake(
        wrong(bearer=lambda value: False),
        "A bearer token in the Authorization header is not honoured. A page of another site can't add one to a form.",
    )
    case.mistake(
        wrong(custom=lambda headers: True),
        "When no header says where the request comes from, it is let in. In doubt, no.",
    )
    case.mistake(
        wrong(custom=lambda headers: False),
        "Rule 6 is missing: without the three others, X-Requested-With is enough.",
    )
    case.mistake(
        wrong(custom=lambda headers: headers.get("x-requested-with") == "XMLHttpRequest"),
        "X-Requested-With counts whatever its value is; adding it at all is what another site can't do.",
    )
    case.mistake(
        wrong(custom=lambda headers: bool(headers.get("x-requested-with"))),
        "X-Requested-With counts even if it is empty. Ask whether it is there: `in`.",
    )
    case.mistake(
        wrong(there=lambda headers, name: bool(headers.get(name))),
        "A header that is there but empty is passed over. Ask `in`: an empty Origin is a wrong one.",
    )


# -- storage_risks ----------------------------------------------------------------------------------------------------


@exercise(
    "storage_risks",
    points=5,
    spec="RFC 6265 §8.2; draft RFC 6265bis §5.6.7, §8.8",
    hints=(
        "Two questions: who sends it along by itself (only cookies), and who can read it? The rest is a sorted list.",
        "Split the text at `;`. The first part says which storage it is. Of the others, stripped and lower-cased, "
        "three matter: `httponly`, `samesite=lax` and `samesite=strict`.",
        "Begin with `risks = ['ride-along']`. A cookie adds `neighbour`; `link` unless Strict; `form` unless Lax or "
        "Strict; `theft` unless HttpOnly. The others all add `theft`, and url adds `leak`. Anything else is a "
        "ValueError. `return sorted(risks)`.",
    ),
)
def storage_risks(case: Case) -> None:
    """Which attacks reach a token that is kept there."""
    why = {
        "localStorage": "A script in the page reads localStorage, and no request sends it along by itself.",
        "memory": "A script can't see the variable, but it can replace fetch and wait: that is theft, too.",
        "url": "An address stands in logs and in the history, and a script reads it.",
    }
    for storage, reason in why.items():
        case.equal(storage, _risks(storage), why=reason)
    for http_only in ("", "HttpOnly"):
        for same_site in ("", "SameSite=Lax", "SameSite=Strict", "SameSite=None", "SameSite=Always"):
            for further in ([], ["Secure"], ["Secure", "Path=/"]):
                attributes = [one for one in (http_only, same_site, *further) if one]
                storage = _written(case, attributes)
                case.equal(storage, _risks(storage), why=_cookie_reason(http_only, same_site))
    unknown = "This is none of the four storages."
    for storage in ("", "cookies; HttpOnly", "sessionStorage", "HttpOnly; SameSite=Lax", "indexedDB"):
        case.raises(storage, ValueError, why=unknown)
    exact = "The storage's own name is compared exactly; only attributes come in any case."
    case.raises("localstorage", ValueError, why=exact)
    _storage_mistakes(case)


def _written(case: Case, attributes: list[str]) -> str:
    case.random.shuffle(attributes)
    spell = case.random.choice((str, str, str.lower, str.upper))
    return case.random.choice(("; ", "; ", ";", " ; ")).join(["cookie", *map(spell, attributes)])


def _cookie_reason(http_only: str, same_site: str) -> str:
    first = "HttpOnly hides a cookie from scripts." if http_only else "Without HttpOnly a script reads the cookie."
    second = {
        "SameSite=Lax": "Lax lets another site's link send it, and not its form.",
        "SameSite=Strict": "Strict lets no other site send it; a neighbour is the same site.",
        "SameSite=None": "None lets every site send it.",
    }.get(same_site, "Without a valid SameSite, do not count on the browser: another site's form may send it.")
    return f"{first} {second}"


def _risks(
    storage: str,
    kinds: Callable[[str], str] = str.strip,
    words: Callable[[str], str] = lambda word: word.strip().lower(),
    link: tuple[str, ...] = ("samesite=strict",),
    form: tuple[str, ...] = ("samesite=strict", "samesite=lax"),
    theft: tuple[str, ...] = ("httponly",),
    neighbour: tuple[str, ...] = (),
    ride: tuple[str, ...] = (),
    stolen: tuple[str, ...] = ("localStorage", "memory", "url"),
    logged: tuple[str, ...] = ("url",),
    other: Callable[[], list[str]] | None = None,
) -> list[str]:
    """The rules; a mistake changes one of them. For a cookie each risk has the words that take it away."""
    kind, *rest = storage.split(";")
    said, kind = {words(one) for one in rest}, kinds(kind)
    if kind == "cookie":
        rules = {"form": form, "link": link, "neighbour": neighbour, "ride-along": ride, "theft": theft}
        return sorted(risk for risk, cures in rules.items() if not said & set(cures))
    if kind not in ("localStorage", "memory", "url"):
        if other is not None:
            return other()
        raise ValueError("no such storage")
    found = {"leak": kind in logged, "ride-along": kind not in ride, "theft": kind in stolen}
    return sorted(risk for risk, there in found.items() if there)


def _storage_mistakes(case: Case) -> None:
    def wrong(**changes: Any) -> Callable[[str], Any]:
        return lambda storage: _risks(storage, **changes)

    case.mistake(
        wrong(form=("samesite=strict",)),
        "Lax does keep another site's form from sending the cookie. What it lets through is the link.",
    )
    case.mistake(
        wrong(link=("samesite=strict", "samesite=lax")),
        "Lax still sends the cookie when somebody follows another site's link. Only Strict does not.",
    )
    case.mistake(
        wrong(neighbour=("samesite=strict",)),
        "A neighbour is the same *site*, only another origin, so not even Strict keeps the cookie from it.",
    )
    case.mistake(
        wrong(neighbour=("samesite=strict", "samesite=lax")),
        "A neighbour is the same *site*, only another origin, so SameSite does not keep the cookie from it.",
    )
    case.mistake(
        wrong(ride=("httponly",)),
        "HttpOnly hides the cookie from a script; it does not stop the script from using it. ride-along stays.",
    )
    case.mistake(
        wrong(theft=()),
        "HttpOnly does stop the theft: document.cookie does not show such a cookie.",
    )
    case.mistake(
        wrong(theft=("httponly", "secure")),
        "Secure keeps a cookie off plain http. A script in the page reads it all the same.",
    )
    case.mistake(
        wrong(theft=("httponly", "samesite=strict", "samesite=lax")),
        "SameSite decides about requests from elsewhere. A script inside the page still reads document.cookie.",
    )
    case.mistake(
        wrong(stolen=("localStorage", "url")),
        "A variable in memory can be stolen, too: a script replaces fetch and reads the next request's header.",
    )
    case.mistake(
        wrong(stolen=("memory", "url")),
        "localStorage is safe from other sites, but any script in the page reads it.",
    )
    case.mistake(
        wrong(stolen=("localStorage", "memory")),
        "A script reads the page's address, `location.search`, as well: theft.",
    )
    case.mistake(wrong(logged=()), "An address is written into logs and into the history: leak.")
    case.mistake(
        wrong(ride=("localStorage", "memory", "url")),
        "Wherever the token is, a script in the page can press the page's own button. ride-along is everywhere.",
    )
    case.mistake(
        lambda storage: _risks(storage + ("" if "samesite=" in storage.lower() else "; SameSite=Lax")),
        "Without SameSite it counts on the browser to take Lax. Chromium does so after two minutes only, and others "
        "do not.",
    )
    case.mistake(
        wrong(
            words=str.strip, form=("SameSite=Strict", "SameSite=Lax"), link=("SameSite=Strict",), theft=("HttpOnly",)
        ),
        "Attributes come in upper and lower case. Make them lower-case before you compare.",
    )
    case.mistake(
        wrong(words=str.lower),
        "There may be spaces around an attribute. Strip each one.",
    )
    case.mistake(
        wrong(kinds=str),
        "There may be a space before the first semicolon, too: `cookie ; …`. Strip the storage's name as well.",
    )
    case.mistake(
        wrong(kinds=str, words=str.lower),
        "There may be spaces around the storage's name and around each attribute. Strip every part.",
    )
    case.mistake(
        wrong(kinds=lambda kind: "localStorage" if kind.strip().lower() == "localstorage" else kind.strip()),
        "The storage's own name is taken in any case. It is compared exactly; only attributes come in any case.",
    )
    case.mistake(
        wrong(other=list),
        "An unknown storage gets an empty list, and that says: no risk at all. Raise ValueError.",
    )
    case.mistake(
        wrong(other=lambda: ["ride-along"]),
        "An unknown storage is answered with a guess. Raise ValueError.",
    )
    case.mistake(
        wrong(kinds=lambda kind: "cookie" if kind.startswith("cookie") else kind.strip()),
        "`cookies` is taken for `cookie`. Compare the whole word in front of the first semicolon.",
    )
    case.mistake(
        lambda storage: list(reversed(_risks(storage))),
        "The list is not sorted: `sorted(…)` puts the words in alphabetical order.",
    )
    case.mistake(
        lambda storage: set(_risks(storage)),
        "It returns a set. `sorted(…)` makes a list of it, in order.",
    )
